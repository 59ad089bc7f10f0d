package pipelines_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

func key(t *testing.T, o op, seed uint64, in ...pipelines.InputRecord) string {
	t.Helper()
	k, err := pipelines.Fingerprint(o, seed, in)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// tree is a random tree of parameters, of which leaf number change, counted
// across the tree, is another one.
func tree(r *rand.Rand, depth int, change *int) any {
	n := 1 + r.IntN(3)
	switch kind := r.IntN(4); {
	case depth > 0 && kind == 0:
		m := map[string]any{}
		for i := range n {
			m[fmt.Sprintf("k%d", i)] = tree(r, depth-1, change)
		}
		return m
	case depth > 0 && kind == 1:
		var l []any
		for range n {
			l = append(l, tree(r, depth-1, change))
		}
		return l
	}
	v := []any{r.IntN(5), r.Float64(), fmt.Sprint(r.IntN(9)), r.IntN(2) == 0, nil}[r.IntN(5)]
	if *change--; *change == -1 {
		return []any{"changed"}
	}
	return v
}

func TestFingerprintOfParams(t *testing.T) {
	t.Parallel()
	changed := 0
	for i := range 300 {
		draw := func(change int) string {
			m := map[string]any{}
			r := seed.Rand(uint64(i), "params")
			for j := range 4 {
				m[fmt.Sprint(j)] = tree(r, 2, &change)
			}
			return key(t, op{name: "a", params: m}, 1)
		}
		base := draw(-10)
		if draw(-10) != base {
			t.Fatalf("tree %d: equal parameters, other key", i)
		}
		for leaf := range 4 { // there are at least four
			changed++
			if draw(leaf) == base {
				t.Fatalf("tree %d: leaf %d changed, same key", i, leaf)
			}
		}
	}
	if changed != 1200 {
		t.Errorf("changed %d leaves", changed)
	}
}

func TestFingerprintIgnoresOrderOfKeysOnly(t *testing.T) {
	t.Parallel()
	type ab struct {
		A int `json:"a"`
		B int `json:"b"`
	}
	type ba struct {
		B int `json:"b"`
		A int `json:"a"`
	}
	want := key(t, op{name: "o", params: ab{1, 2}}, 3)
	if got := key(t, op{name: "o", params: ba{2, 1}}, 3); got != want {
		t.Error("the order of struct fields counts")
	}
	if got := key(t, op{name: "o", params: map[string]any{"b": 2, "a": 1}}, 3); got != want {
		t.Error("a map and a struct of the same JSON differ")
	}
	if key(t, op{name: "o", params: []int{1, 2}}, 3) == key(t, op{name: "o", params: []int{2, 1}}, 3) {
		t.Error("the order of a list does not count")
	}
	const big = 1<<62 + 1 // not exact as float64
	if key(t, op{name: "o", params: uint64(big)}, 3) == key(t, op{name: "o", params: uint64(big + 1)}, 3) {
		t.Error("large integers are rounded")
	}
}

func TestFingerprintOfAllElse(t *testing.T) {
	t.Parallel()
	a := pipelines.InputRecord{To: "x", Step: "s", Port: "p", Key: "1"}
	b := pipelines.InputRecord{To: "y", Step: "s", Port: "p", Key: "2"}
	with := func(change func(r *pipelines.InputRecord)) pipelines.InputRecord {
		c := a
		change(&c)
		return c
	}
	seen := map[string]string{}
	for name, k := range map[string]string{
		"base":         key(t, op{name: "o"}, 1, a, b),
		"op name":      key(t, op{name: "p"}, 1, a, b),
		"op version":   key(t, op{name: "o", version: 2}, 1, a, b),
		"seed":         key(t, op{name: "o"}, 2, a, b),
		"one input":    key(t, op{name: "o"}, 1, a),
		"input order":  key(t, op{name: "o"}, 1, b, a),
		"input to":     key(t, op{name: "o"}, 1, with(func(r *pipelines.InputRecord) { r.To = "z" }), b),
		"input port":   key(t, op{name: "o"}, 1, with(func(r *pipelines.InputRecord) { r.Port = "q" }), b),
		"input key":    key(t, op{name: "o"}, 1, with(func(r *pipelines.InputRecord) { r.Key = "3" }), b),
		"empty params": key(t, op{name: "o", params: map[string]int{}}, 1, a, b),
	} {
		if other, ok := seen[k]; ok {
			t.Errorf("%s and %s have the same key", name, other)
		}
		seen[k] = name
	}
	// steps may be called what one likes
	if key(t, op{name: "o"}, 1, with(func(r *pipelines.InputRecord) { r.Step = "other" }), b) != key(t, op{name: "o"}, 1, a, b) {
		t.Error("the name of the step that an input comes from counts")
	}
}

// TestFingerprintStays pins one key: a change of the form makes every artifact
// on every disk useless, so it must not come by accident. The figure is that of
// printf '%s' '{"Form":1,...}' | sha256sum.
func TestFingerprintStays(t *testing.T) {
	t.Parallel()
	got := key(t, op{name: "train", version: 3, params: rates{LR: 0.001, Epochs: 2}}, 7,
		pipelines.InputRecord{To: "images", Step: "s", Port: "rows", Key: "abc"})
	if want := "cad1d1af0680127c4c7264fe4dc7644fd27c2ddee30d94b38052b57240d445b3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
