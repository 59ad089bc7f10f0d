package graph

import (
	"slices"
	"testing"
)

// TestPlan checks the plan of every case: what is in use at the same time lies
// apart, and the memory is close to what is in use at the worst moment.
func TestPlan(t *testing.T) {
	t.Parallel()
	for _, c := range append(slices.Clone(netCases), everything) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _, x := c.train(t, newRef(t), 1)
			checkPlan(t, x)
			checkPlan(t, c.eval(t, s))
		})
	}
}

func checkPlan(t *testing.T, x *Executor) {
	t.Helper()
	pl := x.plan
	for i, a := range pl.buffers {
		if end := a.offset + a.size; a.offset%align != 0 || !a.grad && end > pl.arena || a.grad && end > pl.grads {
			t.Errorf("buffer %d [%d, %d) does not fit its block or is not aligned", i, a.offset, end)
		}
		for j, b := range pl.buffers[:i] {
			inTime := a.first <= b.last && b.first <= a.last
			inSpace := a.offset < b.offset+b.size && b.offset < a.offset+a.size
			if a.grad == b.grad && inSpace && (inTime || a.grad) {
				t.Errorf("buffers %d and %d lie in the same place at the same time", i, j)
			}
		}
	}
	for v, b := range pl.bufferOf {
		if b >= 0 && pl.buffers[b].size < x.program.values[v].shape.TotalSize() {
			t.Errorf("value %s is larger than its buffer", x.program.values[v].name)
		}
	}
	if bound := pl.lowerBound(len(x.program.steps)); pl.arena > bound*5/4 {
		t.Errorf("arena of %d elements, %d are in use at most", pl.arena, bound)
	}
}

// lowerBound is the least arena that any placement of these buffers could have:
// the most memory in use at one step.
func (pl *plan) lowerBound(steps int) int {
	most := 0
	for i := -1; i <= steps; i++ {
		sum := 0
		for _, b := range pl.buffers {
			if !b.grad && b.first <= i && i <= b.last {
				sum += b.size
			}
		}
		most = max(most, sum)
	}
	return most
}

// TestInPlace: dropout, ReLU's gradient and gradient sums write over operands
// that nothing needs any more, and over no others.
func TestInPlace(t *testing.T) {
	t.Parallel()
	x := everything.compile(t, NewState(newRef(t), 1), Train, true)
	inPlace := map[string]bool{}
	for i, st := range x.program.steps {
		out := x.plan.bufferOf[st.out[0]]
		for k, v := range st.in {
			if st.op.view || x.plan.bufferOf[v] != out {
				continue
			}
			inPlace[st.op.kind] = true
			if !slices.Contains(st.op.places(0), k) {
				t.Errorf("%s writes over operand %d", st.op, k)
			}
			for _, later := range x.program.steps[i+1:] {
				if slices.Contains(later.in, v) {
					t.Errorf("%s writes over operand %d, which %s needs", st.op, k, later.op)
				}
			}
		}
	}
	for _, kind := range []string{"dropout backward", "relu backward", "gradient sum", "add"} {
		if !inPlace[kind] {
			t.Errorf("%s is never done in place", kind)
		}
	}
}

// TestTakeOver gives single steps operands that they may, or must not, write
// over.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	inPlace := &op{kind: "in place", reuse: [][]int{{0}}}
	either := &op{kind: "in place of either", reuse: [][]int{{0, 1}}}
	view := &op{kind: "view", view: true}
	plain := &op{kind: "plain"}
	for _, c := range []struct {
		name  string
		steps []step
		want  bool // the result of the step that can is in place of value 1
	}{
		{"not needed any more", []step{{plain, []int{0}, []int{1}}, {inPlace, []int{1}, []int{2}}}, true},
		{"needed by the next step", []step{{plain, []int{0}, []int{1}}, {inPlace, []int{1}, []int{2}}, {plain, []int{1}, []int{3}}}, false},
		{"needed later", []step{{plain, []int{0}, []int{1}}, {inPlace, []int{1}, []int{2}}, {plain, []int{2}, []int{3}}, {plain, []int{1}, []int{4}}}, false},
		{"a view of it is needed", []step{{plain, []int{0}, []int{1}}, {view, []int{1}, []int{3}}, {inPlace, []int{1}, []int{2}}, {plain, []int{3}, []int{4}}}, false},
		{"twice", []step{{plain, []int{0}, []int{1}}, {inPlace, []int{1, 1}, []int{2}}}, false},
		{"twice, either place", []step{{plain, []int{0}, []int{1}}, {either, []int{1, 1}, []int{2}}}, false},
		{"the second of two", []step{{plain, []int{0}, []int{1}}, {plain, []int{1}, []int{3}}, {either, []int{3, 1}, []int{2}}, {plain, []int{3}, []int{4}}}, true},
		{"beside a view of it", []step{{plain, []int{0}, []int{1}}, {view, []int{1}, []int{3}}, {inPlace, []int{1, 3}, []int{2}}}, false},
		{"a result of the run", []step{{plain, []int{0}, []int{1}}, {inPlace, []int{1}, []int{2}}, {plain, []int{2}, []int{5}}}, false},
	} {
		p := &program{steps: c.steps, values: slices.Repeat([]value{{shape: []int{8}}}, 6)}
		p.values[0].fed = true
		keep := 5
		if c.name == "a result of the run" {
			keep = 1
		}
		pl := newPlan(p, []int{keep}, nil)
		if got := pl.bufferOf[2] == pl.bufferOf[1]; got != c.want {
			t.Errorf("%s: in place %v, want %v", c.name, got, c.want)
		}
	}
}

// TestOpsStayApart: two operations that look alike are two nodes, although
// gorgonia merges nodes by their hashes.
func TestOpsStayApart(t *testing.T) {
	t.Parallel()
	n := NewNet(NewState(newRef(t), 1), Train, 1)
	x := n.Flatten(n.Input(1, 1, 3))
	first, err := n.apply(sumOp("add", "twin"), x, x)
	if err != nil {
		t.Fatal(err)
	}
	second, err := n.apply(sumOp("add", "twin"), x, x)
	if err != nil {
		t.Fatal(err)
	}
	if first == second || first.Hashcode() == second.Hashcode() {
		t.Error("gorgonia merged two operations")
	}
}
