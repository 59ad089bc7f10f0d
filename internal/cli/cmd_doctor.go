package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

type doctorOptions struct {
	competition string // "": none
	sandbox     bool
}

func doctorCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "doctor", args: "[COMP]", group: groupLocal, max: 1,
		usage: "look for what would keep podium from working, and say what mends it",
		about: "Looks at the credentials, the way to the server, the clock, the disk, the processor and GPU libraries and,\n" +
			"with COMP, at the rules, the deadline, the day's limit and the room for the files of a competition. Ends with 1\n" +
			"if something is not ok.\n\n" +
			"Nobody needs Kaggle for the sandbox: without credentials and without COMP what is missing on the way to\n" +
			"Kaggle is a note, not a failure, and with --sandbox it is not looked at.",
		examples: []string{"podium doctor", "podium doctor titanic", "podium doctor digit-recognizer --sandbox --json"},
		flags:    []ucli.Flag{sandboxFlag()},
		run: func(c *ucli.Context, p *Printer) error {
			return runDoctor(c.Context, e, p, doctorOptions{competition: c.Args().First(), sandbox: c.Bool("sandbox")})
		},
	})
}

// The states of a finding.
const (
	stateOK   = "ok"
	stateNote = "note"
	stateBad  = "not ok"
)

// finding is one line of doctor.
type finding struct {
	Check string  `json:"check"`
	State string  `json:"state"` // "ok", "note" or "not ok"
	Text  string  `json:"text"`
	Fix   *string `json:"fix"` // a command, or what else mends it; null if nothing is to be mended
}

// doctor gathers findings.
type doctor struct {
	e        *env
	findings []finding
}

func (d *doctor) add(state, check, fix, format string, args ...any) {
	d.findings = append(d.findings, finding{check, state, oneLine(fmt.Sprintf(format, args...)), textOrNil(oneLine(fix))})
}

func (d *doctor) ok(check, format string, args ...any) { d.add(stateOK, check, "", format, args...) }

func (d *doctor) note(check, fix, format string, args ...any) {
	d.add(stateNote, check, fix, format, args...)
}

func (d *doctor) bad(check, fix, format string, args ...any) {
	d.add(stateBad, check, fix, format, args...)
}

// failed is a finding of an error, which is not ok where it matters and a note
// elsewhere.
func (d *doctor) failed(check string, err error, matters bool) {
	state := stateNote
	if matters {
		state = stateBad
	}
	d.add(state, check, fault.HintOf(err), "%s", err)
}

func runDoctor(ctx context.Context, e *env, p *Printer, o doctorOptions) error {
	if o.competition != "" {
		slug, err := kaggle.Slug(o.competition)
		if err != nil {
			return err
		}
		o.competition = slug
	}
	bar := p.Progress().Begin("looking around")
	d := &doctor{e: e}
	d.machine()
	var client *kaggle.Client
	if o.sandbox {
		s, err := e.startSandbox(ctx, p, o.competition)
		if err != nil {
			d.failed("sandbox", err, true)
		} else {
			defer s.close()
			client = s.Client
			d.ok("sandbox", "it starts")
		}
	} else {
		client = d.kaggle(ctx, o.competition != "")
	}
	if client != nil && o.competition != "" {
		d.competition(ctx, client, o.competition)
	}
	bar.Drop()
	if err := ctx.Err(); err != nil {
		return err
	}
	bad := 0
	for _, f := range d.findings {
		if f.State == stateBad {
			bad++
		}
	}
	var err error
	if bad > 0 {
		err = fault.New(fault.Failed, "", "doctor: %d of %d checks are not ok", bad, len(d.findings))
	}
	printed := p.Result(map[string]any{"ok": bad == 0, "checks": d.findings}, func(w io.Writer) error { return printFindings(w, d.findings) })
	return errors.Join(err, printed)
}

// printFindings writes a line for each finding, and under it what mends it.
func printFindings(w io.Writer, all []finding) error {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%-6s  %-13s %s\n", f.State, f.Check, f.Text)
		if f.Fix != nil {
			fmt.Fprintf(&b, "%-6s  %-13s   -> %s\n", "", "", *f.Fix)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
