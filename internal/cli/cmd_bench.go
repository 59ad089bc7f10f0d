package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
)

type benchOptions struct {
	cases     []string
	device    string
	precision cpu.Precision
	repeat    int
	threads   int
	csv       string
	photos    string
	ops       bool
	rows      int
	weights   string
}

func benchCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "bench", group: groupLocal,
		usage: "measure this machine: " + strings.Join(benchNames(), ", "),
		about: "Every case runs the code that podium run runs. Absolute times hold only beside the machine's own peak:\n" +
			"look at fma-peak of the same run. Minima and medians of --repeat times, after a warm-up; cases that take seconds\n" +
			"are done at most 5 or 10 times. GFLOP/s count convolutions and dense layers, whichever way they are computed.\n" +
			"state-farm-pseudo, a round of pseudo-labels at State Farm's size, is done once and only where --case names it.",
		examples: []string{"podium bench", "podium bench --case sgemm-1024 --precision bf16 --json", "podium bench --case resnet50-train-b8 --ops"},
		flags: []ucli.Flag{
			&ucli.StringSliceFlag{Name: "case", Usage: "only these `NAMES`, separated by commas; may be repeated"},
			&ucli.StringFlag{Name: "device", Value: "cpu", Usage: "`DEVICE` to measure: cpu"},
			precisionFlag(),
			&ucli.IntFlag{Name: "repeat", Value: 20, Usage: "measure each case `N` times"},
			&ucli.IntFlag{Name: "threads", Usage: "compute on `N` threads; default: all"},
			&ucli.BoolFlag{Name: "ops", Usage: "say where the time of each net goes, operation by operation"},
			&ucli.StringFlag{Name: "csv", Usage: "convert `FILE` in csv-to-arrow instead of a generated table"},
			&ucli.IntFlag{Name: "rows", Usage: "`N` test rows in state-farm-pseudo, the others in proportion; default: 79726"},
			&ucli.StringFlag{Name: "photos", Usage: "take the 512 photos train/LABEL.N.jpg of the zip `FILE` instead of generated ones"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			precision, err := cpu.ParsePrecision(c.String("precision"))
			if err != nil {
				return err
			}
			home, err := e.home()
			if err != nil {
				return err
			}
			return runBench(c.Context, p, benchOptions{rows: c.Int("rows"), weights: home.Models(),
				cases: c.StringSlice("case"), device: c.String("device"), precision: precision,
				repeat: c.Int("repeat"), threads: c.Int("threads"), csv: c.String("csv"), photos: c.String("photos"), ops: c.Bool("ops"),
			})
		},
	})
}

// benchRow is one case: a line of `bench --json`. What does not apply is null.
type benchRow struct {
	Case      string   `json:"case"`
	Batch     *int     `json:"batch"`
	MsMin     *float64 `json:"ms_min"`
	MsMedian  *float64 `json:"ms_median"`
	CPUMs     *float64 `json:"cpu_ms_median"` // of all cores together; null where the system does not say
	ImagesPS  *float64 `json:"images_per_s"`  // by the median
	GFLOPS    *float64 `json:"gflops"`        // by the minimum
	PeakRSSMB *float64 `json:"peak_rss_mb"`   // of the process during the case, making the net included; null where the system does not say
	// PeakAnonMB is without mapped files, and Extrapolated the seconds that all of the
	// data would take; both of state-farm-pseudo only.
	PeakAnonMB   *float64 `json:"peak_anonymous_mb"`
	Extrapolated *float64 `json:"extrapolated_s"`
	Note         string   `json:"note,omitempty"`
	Device       string   `json:"device"`
	Precision    string   `json:"precision"`
	Threads      int      `json:"threads"`
}

func runBench(ctx context.Context, p *Printer, o benchOptions) error {
	chosen, err := o.check()
	if err != nil {
		return err
	}
	t := newTable("case", ">batch", ">ms min", ">ms median", ">images/s", ">GFLOP/s", ">peak MB", "device", "precision", ">threads")
	var notes []string
	for _, c := range chosen {
		rows, ops, err := benchOne(ctx, p, o, c)
		if err != nil {
			return err
		}
		if ops != nil {
			if err := ops.print(p, c.name); err != nil {
				return err
			}
		}
		for _, row := range rows {
			if p.JSON() {
				if err := p.Line(row); err != nil {
					return err
				}
				continue
			}
			t.add(row.cells()...)
			if row.Note != "" {
				notes = append(notes, row.Case+": "+row.Note)
			}
		}
	}
	if p.JSON() {
		return nil
	}
	return p.Result(nil, func(w io.Writer) error {
		err := t.write(w)
		for _, n := range notes {
			_, werr := fmt.Fprintln(w, n)
			err = errors.Join(err, werr)
		}
		return err
	})
}

// benchOne measures a case on an engine of its own, whose memory goes with it.
func benchOne(ctx context.Context, p *Printer, o benchOptions, c benchCase) ([]benchRow, *opTimes, error) {
	machine, err := openMachine(o.threads, o.precision)
	if err != nil {
		return nil, nil, err
	}
	defer machine.close()
	machine.csv, machine.photos, machine.trace, machine.rows, machine.weights = o.csv, o.photos, o.ops, o.rows, o.weights
	bar := p.Progress().Begin(c.name)
	told := func(done, of int) { bar.Set(float64(done)/float64(of), "") }
	var rows []benchRow
	var ops *opTimes
	if c.long != nil {
		rows, err = c.long(ctx, machine, told)
	} else {
		var m measured
		if m, err = c.measure(ctx, machine, o.repeat, told); err == nil {
			rows, ops = []benchRow{m.row(c, machine)}, m.ops
		}
	}
	if err != nil {
		bar.Fail("")
		return nil, nil, fmt.Errorf("bench %s: %w", c.name, err)
	}
	bar.Drop()
	return rows, ops, nil
}

// check finds the cases and refuses what cannot be measured.
func (o benchOptions) check() ([]benchCase, error) {
	if o.device != "cpu" {
		return nil, fault.New(fault.Usage, "podium bench --device cpu", "bench: no engine for the device %q in this version", o.device)
	}
	if o.repeat < 1 || o.threads < 0 || o.rows < 0 {
		return nil, fault.New(fault.Usage, "podium bench --repeat 20", "bench: want --repeat of at least 1, --threads and --rows of at least 0")
	}
	var names []string
	for _, list := range o.cases {
		names = append(names, strings.Split(list, ",")...)
	}
	if len(names) == 0 {
		return slices.DeleteFunc(slices.Clone(benchCases), func(c benchCase) bool { return c.long != nil }), nil
	}
	var chosen []benchCase
	for _, name := range names {
		i := slices.IndexFunc(benchCases, func(c benchCase) bool { return c.name == strings.TrimSpace(name) })
		if i < 0 {
			hint := "cases are " + strings.Join(benchNames(), ", ")
			if near := nearest.Word(name, benchNames()); near != "" {
				hint = "podium bench --case " + near
			}
			return nil, fault.New(fault.Usage, hint, "bench: unknown case %q", name)
		}
		chosen = append(chosen, benchCases[i])
	}
	return chosen, nil
}

func (r benchRow) cells() []string {
	figure := func(x *float64, decimals int) string {
		if x == nil {
			return "-"
		}
		return strconv.FormatFloat(*x, 'f', decimals, 64)
	}
	batch := "-"
	if r.Batch != nil {
		batch = strconv.Itoa(*r.Batch)
	}
	peak := r.PeakRSSMB
	if peak == nil {
		peak = r.PeakAnonMB
	}
	return []string{r.Case, batch, figure(r.MsMin, 2), figure(r.MsMedian, 2), figure(r.ImagesPS, 1), figure(r.GFLOPS, 1),
		figure(peak, 0), r.Device, r.Precision, strconv.Itoa(r.Threads)}
}
