package cli

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// opTimes is what the operations of a net took, each at its fastest: on a busy
// machine the turns differ, the operations of their best turns do not.
type opTimes struct {
	ops  []graph.Op
	took []time.Duration // 0: no kernel, the operation is a view
}

// watch lets x tell its times.
func (o *opTimes) watch(x *graph.Executor) {
	o.ops = x.Ops()
	o.took = make([]time.Duration, len(o.ops))
	x.Trace = func(i int, took time.Duration) { o.least(i, took) }
}

func (o *opTimes) least(i int, took time.Duration) {
	if o == nil {
		return
	}
	if o.took[i] == 0 || took < o.took[i] {
		o.took[i] = took
	}
}

// solver is the index of one more operation, the update of the parameters.
func (o *opTimes) solver() int {
	if o == nil {
		return 0
	}
	o.ops, o.took = append(o.ops, graph.Op{Kind: "solver"}), append(o.took, 0)
	return len(o.ops) - 1
}

// opRow is an operation, or all of a kind: a line of `bench --ops --json`.
type opRow struct {
	Case   string   `json:"case"`
	Layer  string   `json:"layer"`
	Op     string   `json:"op"`
	Ms     float64  `json:"ms"`
	Share  float64  `json:"share"`  // of the sum over all operations
	GFLOPS *float64 `json:"gflops"` // null where there are no products
	count  int
}

// rows are the operations, or, with byKind, one row for those of a kind, in
// the order of the time that they take.
func (o *opTimes) rows(name string, byKind bool) []opRow {
	type key struct{ layer, kind string }
	var total time.Duration
	sums, flops := map[key]time.Duration{}, map[key]float64{}
	count := map[key]int{}
	for i, op := range o.ops {
		if o.took[i] == 0 {
			continue
		}
		k := key{op.Layer, op.Kind}
		if byKind {
			k.layer = ""
		}
		total += o.took[i]
		sums[k] += o.took[i]
		flops[k] += op.FLOPs
		count[k]++
	}
	var out []opRow
	for k, took := range sums {
		row := opRow{Case: name, Layer: k.layer, Op: k.kind, Ms: float64(took) / 1e6, Share: float64(took) / float64(total), count: count[k]}
		if f := flops[k]; f > 0 {
			rate := f / took.Seconds() / 1e9
			row.GFLOPS = &rate
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b opRow) int {
		return cmp.Or(cmp.Compare(b.Ms, a.Ms), cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Op, b.Op))
	})
	return out
}

// slowest is how many operations are shown one by one.
const slowest = 25

// print writes where a case's time goes: by kind, then the slowest operations.
func (o *opTimes) print(p *Printer, name string) error {
	if p.JSON() {
		for _, row := range o.rows(name, false) {
			if err := p.Line(row); err != nil {
				return err
			}
		}
		return nil
	}
	kinds := newTable(name, ">operations", ">ms", ">%", ">GFLOP/s")
	for _, r := range o.rows(name, true) {
		kinds.add(append([]string{r.Op, strconv.Itoa(r.count)}, r.figures()...)...)
	}
	single := newTable("slowest layers", "operation", ">ms", ">%", ">GFLOP/s")
	rows := o.rows(name, false)
	for _, r := range rows[:min(slowest, len(rows))] {
		single.add(append([]string{r.Layer, r.Op}, r.figures()...)...)
	}
	return p.Result(nil, func(w io.Writer) error {
		for _, t := range []*table{kinds, single} {
			if err := t.write(w); err != nil {
				return err
			}
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r opRow) figures() []string {
	rate := "-"
	if r.GFLOPS != nil {
		rate = strconv.FormatFloat(*r.GFLOPS, 'f', 1, 64)
	}
	return []string{strconv.FormatFloat(r.Ms, 'f', 3, 64), strconv.FormatFloat(100*r.Share, 'f', 1, 64), rate}
}
