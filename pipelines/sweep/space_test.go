package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

func TestParseSpace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sets  []string
		log   bool
		space Space
		fixed []string
	}{
		{[]string{"a=1,2,3"}, true, Space{{Key: "a", Choices: []string{"1", "2", "3"}}}, nil},
		{[]string{"a=1, x ,3", "b=7"}, false, Space{{Key: "a", Choices: []string{"1", "x", "3"}}}, []string{"b=7"}},
		{[]string{"a=0.001..0.1"}, true, Space{{Key: "a", Range: &Range{From: 0.001, To: 0.1, Log: true}}}, nil},
		{[]string{"a=0..0.5", "b=2..9"}, true, Space{{Key: "a", Range: &Range{To: 0.5}}, {Key: "b", Range: &Range{From: 2, To: 9, Whole: true}}}, nil},
		{[]string{"a=-1..1.0"}, true, Space{{Key: "a", Range: &Range{From: -1, To: 1}}}, nil},
		{[]string{"a=1e-5..1e-2"}, false, Space{{Key: "a", Range: &Range{From: 1e-5, To: 1e-2}}}, nil},
		{[]string{"a=[1, 2], [3, 4]", "b={x: 1, y: 2}", `c="x,y"`, "d=../mine.yaml"}, false,
			Space{{Key: "a", Choices: []string{"[1, 2]", "[3, 4]"}}}, []string{"b={x: 1, y: 2}", `c="x,y"`, "d=../mine.yaml"}},
		{[]string{"nonsense", "a=1,2"}, false, Space{{Key: "a", Choices: []string{"1", "2"}}}, []string{"nonsense"}},
	} {
		space, fixed, err := ParseSpace(c.sets, c.log)
		if diff := cmp.Diff(c.space, space); diff != "" || !slices.Equal(fixed, c.fixed) || err != nil {
			t.Errorf("%q: fixed %q, %v\n%s", c.sets, fixed, err, diff)
		}
	}
}

func TestParseSpaceErrors(t *testing.T) {
	t.Parallel()
	for sets, want := range map[string]string{
		"a=1":                  "no --set has several values",
		"a=1,,2":               "want a value between the commas",
		"a=1,2,1":              "1 is there twice",
		"a=2..1":               "want a range that rises",
		"a=1..1":               "want a range that rises",
		"a=-1e308..1e308":      "want a range that rises",
		"a=1..Inf":             "want a range that rises",
		"a=NaN..1":             "want a range that rises",
		"a=1,2 a=3,4":          "--set a is there twice",
		"target.metric=auc,f1": "CVs of another target do not compare",
		"competition=a,b":      "CVs of another competition do not compare",
	} {
		_, _, err := ParseSpace(strings.Fields(sets), false)
		if err == nil || !strings.Contains(err.Error(), want) || fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" {
			t.Errorf("%s: got %v, want %q and a hint", sets, err, want)
		}
	}
}

// What is drawn lies in the space, survives being written down, and comes back as the
// point that it was, as far as the digits go.
func TestPoints(t *testing.T) {
	t.Parallel()
	for _, p := range append(mixed, Parameter{Key: "edge", Range: &Range{From: 0.123456, To: 0.123457}}) {
		for i := range 1000 {
			u := (float64(i) + 0.5) / 1000
			value := p.at(u)
			if !p.has(value) {
				t.Fatalf("%s at %v: %s is outside", p.Key, u, value)
			}
			back := p.unit(value)
			if back < 0 || back > 1 || p.at(min(back, 0.9999999)) != value && p.Size() > 0 {
				t.Errorf("%s at %v: %s comes back as %v", p.Key, u, value, back)
			}
			if n := p.Size(); p.Key != "edge" && (back-u > 0.5/float64(max(n, 1))+0.001 || u-back > 0.5/float64(max(n, 1))+0.001) {
				t.Errorf("%s at %v: comes back at %v", p.Key, u, back)
			}
		}
	}
	if got := fmt.Sprint([]string{mixed[0].at(0.5), mixed[1].at(0), mixed[1].at(0.999), mixed[2].at(0.4), mixed[3].at(0.25)}); got != "[0.003162 2 60 b 5]" {
		t.Error(got)
	}
	if got := (Space{mixed[1], mixed[2]}).Size(); got != 59*3 || mixed.Size() != 0 {
		t.Errorf("sizes %d and %d", got, mixed.Size())
	}
}

func FuzzParseSpace(f *testing.F) {
	for _, s := range []string{"a=1,2", "a=0.1..2", "a=1..9", "a=[1,2],3", "a='x,y',z", "=", "a=..", "a=1e308..1e309", "a=]],1", "a=-5..5"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, set string, log bool) {
		space, _, err := ParseSpace([]string{set}, log)
		if err != nil || len(space) == 0 {
			return
		}
		p := space[0]
		for _, u := range []float64{0, 0.3, 0.999999} {
			value := p.at(u)
			if !p.has(value) {
				t.Errorf("%q at %v: %q is outside of %v", set, u, value, p)
			}
			if back := p.unit(value); !(back >= 0 && back <= 1) {
				t.Errorf("%q at %v: %q comes back at %s", set, u, value, strconv.FormatFloat(back, 'g', -1, 64))
			}
		}
	})
}
