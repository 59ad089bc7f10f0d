package pipelines_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

func TestPlanOrder(t *testing.T) {
	t.Parallel()
	one := op{name: "one", in: ports(port("x", "k")), out: ports(port("y", "k"))}
	first := op{name: "first", out: ports(port("y", "k"))}
	b := pipelines.NewBuilder("p")
	from := func(step string) pipelines.Edge { return pipelines.Ref{Step: step, Port: "y"}.To("x") }
	// c needs b, which is added later; d needs nothing
	b.Add("c", one, 0, from("b"))
	b.Add("d", first, 0)
	b.Add("b", one, 0, from("a"))
	b.Add("a", first, 0)
	var got []string
	for _, n := range build(t, b).Nodes() {
		got = append(got, n.ID)
	}
	if want := "d a b c"; strings.Join(got, " ") != want {
		t.Errorf("order %v, want %s", got, want)
	}
}

// A part of a plan has what its steps need, in the same order, and no more.
func TestPlanUpto(t *testing.T) {
	t.Parallel()
	var c chain
	whole := c.plan(t, rates{0.002, 3}, 7)
	for _, x := range []struct{ want, upto string }{
		{"table", "table"}, {"table train.fold1", "train.fold1"}, {"table train.fold0 train.fold1", "train.fold1 train.fold0"},
		{"table train.fold0 train.fold1 blend", "blend"},
	} {
		part, err := whole.Upto(strings.Fields(x.upto)...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range part.Nodes() {
			got = append(got, n.ID)
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("upto %s: %v, want %s", x.upto, got, x.want)
		}
		if _, ok := part.Node("blend"); ok != strings.HasSuffix(x.want, "blend") {
			t.Errorf("upto %s: the part finds blend: %v", x.upto, ok)
		}
	}
	if _, err := whole.Upto("trian"); err == nil {
		t.Error("a step that is not there has a part")
	}
	s := open(t)
	part, err := whole.Upto("train.fold0")
	if err != nil {
		t.Fatal(err)
	}
	run(t, s, part, pipelines.Options{})
	if got, want := states(run(t, s, whole, pipelines.Options{})), "table cached, train.fold0 cached, train.fold1 done, blend done"; got != want {
		t.Errorf("after the part: %s, want %s", got, want)
	}
}

func TestPlanErrors(t *testing.T) {
	t.Parallel()
	in, out := ports(port("x", "table")), ports(port("y", "table"))
	src := op{name: "src", out: out}
	use := op{name: "use", in: in, out: out}
	ref := func(step, port string) pipelines.Ref { return pipelines.Ref{Step: step, Port: port} }
	for _, c := range []struct {
		name, want string
		add        func(b *pipelines.Builder)
	}{
		{"empty", "there is no step", func(*pipelines.Builder) {}},
		{"duplicate id", "step a: there are two", func(b *pipelines.Builder) { b.Add("a", src, 0); b.Add("a", src, 0) }},
		{"malformed id", `step "a/b": want an id of letters, digits, _ with . and - between`, func(b *pipelines.Builder) { b.Add("a/b", src, 0) }},
		{"unknown step", `step u: input x: there is no step "no"`, func(b *pipelines.Builder) { b.Add("u", use, 0, ref("no", "y").To("x")) }},
		{"unknown output", `step u: input x: step a has no output "z"`, func(b *pipelines.Builder) { b.Add("a", src, 0); b.Add("u", use, 0, ref("a", "z").To("x")) }},
		{"unknown input", `step u: use has no input "w"`, func(b *pipelines.Builder) {
			b.Add("a", src, 0)
			b.Add("u", use, 0, ref("a", "y").To("x"), ref("a", "y").To("w"))
		}},
		{"wrong kind", "step u: input x: want kind table, got proba from a/y", func(b *pipelines.Builder) {
			b.Add("a", op{name: "src", out: ports(port("y", "proba"))}, 0)
			b.Add("u", use, 0, ref("a", "y").To("x"))
		}},
		{"missing input", "step u: input x is missing", func(b *pipelines.Builder) { b.Add("u", use, 0) }},
		{"missing many", "step u: input x is missing", func(b *pipelines.Builder) {
			b.Add("u", op{name: "use", in: ports(pipelines.Port{Name: "x", Kind: "table", Many: true}), out: out}, 0)
		}},
		{"input twice", "step u: input x is joined 2 times", func(b *pipelines.Builder) {
			b.Add("a", src, 0)
			b.Add("u", use, 0, ref("a", "y").To("x"), ref("a", "y").To("x"))
		}},
		{"cycle", "steps wait for each other: u -> v -> u", func(b *pipelines.Builder) {
			b.Add("a", src, 0)
			b.Add("u", use, 0, ref("v", "y").To("x"))
			b.Add("v", use, 0, ref("u", "y").To("x"))
		}},
		{"itself", "steps wait for each other: u -> u", func(b *pipelines.Builder) { b.Add("u", use, 0, ref("u", "y").To("x")) }},
		{"no output", "step a: src has no output", func(b *pipelines.Builder) { b.Add("a", op{name: "src"}, 0) }},
		{"file outside", `step a: output "y" of src is there twice or its file is outside the artifact`, func(b *pipelines.Builder) {
			b.Add("a", op{name: "src", out: ports(pipelines.Port{Name: "y", File: "../y"})}, 0)
		}},
		{"the manifest", `step a: output "manifest.json" of src is there twice or its file is outside the artifact`, func(b *pipelines.Builder) {
			b.Add("a", op{name: "src", out: ports(port("manifest.json", "k"))}, 0)
		}},
		{"parameters", "step a: parameters of src are not JSON: json: unsupported value: NaN", func(b *pipelines.Builder) {
			b.Add("a", op{name: "src", out: out, params: math.NaN()}, 0)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := pipelines.NewBuilder("p")
			c.add(b)
			_, err := b.Build()
			if want := "plan p: " + c.want; err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestPlanErrorsAreAllReported(t *testing.T) {
	t.Parallel()
	b := pipelines.NewBuilder("p")
	b.Add("a b", op{name: "src"}, 0)
	b.Add("u", op{name: "use", in: ports(port("x", "k")), out: ports(port("y", "k"))}, 0)
	_, err := b.Build()
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || len(joined.Unwrap()) != 3 {
		t.Errorf("got %v, want three errors", err)
	}
}
