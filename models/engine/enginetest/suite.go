package enginetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// suite checks calls of one engine.
type suite struct {
	*testing.T
	engine engine.Engine
	tol    float64
	round  func(float32) float32 // of factors
	rng    *rand.Rand            // of the running case
}

// operand is one tensor of a call.
type operand struct {
	name     string
	start    []float32 // what it holds before the call; NaN for a pure output
	out      bool      // the call writes it
	optional bool      // the call does without it
	rules    bool      // its size rules, so that a smaller one is no error
	exact    bool      // the result is chosen or copied, so no rounding is allowed
	factor   bool      // of a product
	terms    float64   // size of the terms of a sum; 0 means that of the result
}

func in(name string, v []float32) operand    { return operand{name: name, start: v} }
func inout(name string, v []float32) operand { return operand{name: name, start: v, out: true} }

func out(name string, n int) operand {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(math.NaN())
	}
	return operand{name: name, start: v, out: true}
}

func (o operand) multiplied() operand      { o.factor = true; return o }
func (o operand) exactly() operand         { o.exact = true; return o }
func (o operand) of(terms float64) operand { o.terms = terms; return o }
func (o operand) ruling() operand          { o.rules = true; return o }
func (o operand) ifAny() operand           { o.optional = true; return o }

// call is one method with its operands: run gets them in order.
type call func(e engine.Engine, t []engine.T) error

// check runs a case: the call on the reference, then all that the package
// comment says on the engine.
func (s *suite) check(name string, run call, ops ...operand) {
	s.Helper()
	s.Run(name, func(t *testing.T) {
		t.Helper()
		want := results(t, ref.New(), exactly(ref.New(), ops), run, ops)
		got := results(t, s.engine, exactly(s.engine, ops), run, ops)
		if s.round != nil {
			rounded := results(t, ref.New(), exactly(ref.New(), ops), run, s.rounded(ops))
			if far(got, rounded, ops) < far(got, want, ops) {
				want = rounded
			}
		}
		s.compare(t, "", ops, got, want)
		again := results(t, s.engine, exactly(s.engine, ops), run, ops)
		for i, o := range ops {
			if j := diff(got[i], again[i]); j >= 0 {
				t.Errorf("%s[%d]: got %v, then %v from the same call", o.name, j, got[i][j], again[i][j])
			}
		}
		s.inViews(t, run, ops, want)
		s.wrongOperands(t, run, ops)
	})
}

// far is the sum of the distances of the outputs.
func far(a, b [][]float32, ops []operand) (sum float64) {
	for i, o := range ops {
		if o.out {
			for j, v := range a[i] {
				sum += math.Abs(float64(v) - float64(b[i][j]))
			}
		}
	}
	return sum
}

// rounded is the operands as the engine takes them.
func (s *suite) rounded(ops []operand) []operand {
	if s.round == nil {
		return ops
	}
	all := slices.Clone(ops)
	for i, o := range all {
		if o.factor {
			all[i].start = slices.Clone(o.start)
			for j, v := range o.start {
				all[i].start[j] = s.round(v)
			}
		}
	}
	return all
}

// draw gives the suite fresh numbers for a case.
func (s *suite) draw(path ...any) { s.rng = seed.Rand(1, append([]any{s.Name()}, path...)...) }

// random is n values from the normal distribution.
func (s *suite) random(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(s.rng.NormFloat64())
	}
	return v
}

// positive is n positive values.
func (s *suite) positive(n int) []float32 {
	v := s.random(n)
	for i := range v {
		v[i] = v[i]*v[i] + 0.1
	}
	return v
}

// exactly makes tensors of the operands' sizes.
func exactly(e engine.Engine, ops []operand) []engine.T {
	ts := make([]engine.T, len(ops))
	for i, o := range ops {
		ts[i] = e.Tensor(len(o.start))
	}
	return ts
}

// results uploads what the operands hold, makes the call and downloads them all.
func results(t *testing.T, e engine.Engine, ts []engine.T, run call, ops []operand) [][]float32 {
	t.Helper()
	for i, o := range ops {
		must(t, e.Upload(ts[i], o.start))
	}
	if err := run(e, ts); err != nil {
		t.Fatalf("%s: %v", e.Name(), err)
	}
	must(t, e.Sync())
	got := make([][]float32, len(ops))
	for i, o := range ops {
		got[i] = make([]float32, len(o.start))
		must(t, e.Download(got[i], ts[i]))
	}
	return got
}

// compare judges all operands after a call: outputs by the reference, inputs by
// what they held before.
func (s *suite) compare(t *testing.T, where string, ops []operand, got, want [][]float32) {
	t.Helper()
	for i, o := range ops {
		if !o.out {
			if j := diff(got[i], o.start); j >= 0 {
				t.Errorf("%s%s[%d]: the call changed an input from %v to %v", where, o.name, j, o.start[j], got[i][j])
			}
			continue
		}
		scale := max(rms(want[i]), o.terms)
		for j, w := range want[i] {
			bound := s.tol * (math.Abs(float64(w)) + scale)
			if o.exact {
				bound = 0
			}
			if d := math.Abs(float64(got[i][j]) - float64(w)); !(d <= bound) {
				t.Errorf("%s%s[%d]: got %v, want %v within %.2g", where, o.name, j, got[i][j], w, bound)
				break // one is enough to look for the cause
			}
		}
	}
}

// inViews makes the call on views of larger tensors.
func (s *suite) inViews(t *testing.T, run call, ops []operand, want [][]float32) {
	t.Helper()
	const before, after = 4, 19
	whole, views := make([]engine.T, len(ops)), make([]engine.T, len(ops))
	filled := make([][]float32, len(ops))
	for i, o := range ops {
		n := len(o.start)
		filled[i] = make([]float32, before+n+after)
		for j := range filled[i] {
			filled[i][j] = 1e30 // shows in a sum that reaches too far
		}
		whole[i] = s.engine.Tensor(len(filled[i]))
		must(t, s.engine.Upload(whole[i], filled[i]))
		views[i] = s.engine.View(whole[i], before, n)
	}
	s.compare(t, "in a view: ", ops, results(t, s.engine, views, run, ops), want)
	for i, o := range ops {
		must(t, s.engine.Download(filled[i], whole[i]))
		for j, v := range filled[i] {
			if (j < before || j >= before+len(o.start)) && v != 1e30 {
				t.Errorf("%s: the call wrote element %d of a view of %d elements", o.name, j-before, len(o.start))
				break
			}
		}
	}
}

// wrongOperands makes the call with each operand too small, then missing.
func (s *suite) wrongOperands(t *testing.T, run call, ops []operand) {
	t.Helper()
	ts := exactly(s.engine, ops)
	for i, o := range ops {
		n, right := len(o.start), ts[i]
		if n > 1 && !o.rules {
			ts[i] = s.engine.Tensor(n - 1)
			err := run(s.engine, ts)
			if err == nil {
				t.Errorf("%s of %d elements, want %d: no error", o.name, n-1, n)
			} else if msg := err.Error(); !strings.Contains(msg, fmt.Sprint(n)) || !strings.Contains(msg, fmt.Sprint(n-1)) {
				t.Errorf("%s of %d elements, want %d: the error names not both: %v", o.name, n-1, n, err)
			}
		}
		ts[i] = nil
		if err := run(s.engine, ts); o.optional != (err == nil) {
			t.Errorf("no %s, which is optional: %v: got error %v", o.name, o.optional, err)
		}
		ts[i] = right
	}
}

// refuse wants an error of a call.
func (s *suite) refuse(name string, err error) {
	s.Helper()
	if err == nil {
		s.Errorf("%s: no error", name)
	}
}

// diff is the first index where a and b differ in their bits, -1 for none.
func diff(a, b []float32) int {
	for i := range a {
		if math.Float32bits(a[i]) != math.Float32bits(b[i]) {
			return i
		}
	}
	return -1
}

func rms(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum / float64(max(len(v), 1)))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tensors is a list operand: those from lo to hi.
func tensors(t []engine.T, lo, hi int) []engine.T { return slices.Clone(t[lo:hi]) }
