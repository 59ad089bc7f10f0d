package pipelines_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func inspect(t *testing.T, p *pipelines.Plan, s *pipelines.Store) pipelines.View {
	t.Helper()
	v, err := pipelines.Inspect(p, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// lines is "id status why" of each step.
func lines(v pipelines.View) []string {
	var l []string
	for _, s := range v.Steps {
		l = append(l, strings.TrimSpace(s.ID+" "+string(s.Status)+" "+s.Why))
	}
	return l
}

func TestWhy(t *testing.T) {
	t.Parallel()
	s := open(t)
	var c chain
	table := func(name string, version int, params any, seed uint64) *pipelines.Plan {
		b := pipelines.NewBuilder("p")
		b.Add("step", op{name: name, version: version, params: params, out: ports(port("x", "k"))}, seed)
		return build(t, b)
	}
	deep := func(v any) any {
		return map[string]any{"phases": []any{map[string]any{"lr": v}}, "net": "cnn", "big": 1e20, "off": false}
	}
	run(t, s, table("op", 1, deep(0.002), 5), pipelines.Options{})
	for _, c := range []struct {
		name, want string
		plan       *pipelines.Plan
	}{
		{"the same", "step cached", table("op", 1, deep(0.002), 5)},
		{"value", "step run phases.0.lr 0.002 -> 0.003", table("op", 1, deep(0.003), 5)},
		{"type", "step run phases.0.lr 0.002 -> auto", table("op", 1, deep("auto"), 5)},
		{"gone", "step run no phases.0.lr (was 0.002)", table("op", 1, deep(nil), 5)},
		{"new", "step run no big (was 1e+20), new ema 0.9, no net (was cnn), no off (was false), and 1 more",
			table("op", 1, map[string]float64{"ema": 0.9}, 5)},
		{"version", "step run op version 1 -> 2", table("op", 2, deep(0.002), 5)},
		{"seed", "step run seed 5 -> 6", table("op", 1, deep(0.002), 6)},
		{"other op", "step run never made", table("other", 1, deep(0.002), 5)},
	} {
		got := strings.Join(lines(inspect(t, c.plan, s)), "; ")
		if got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.name, got, c.want)
		}
	}

	// the nearest of several, not the latest
	run(t, s, table("op", 1, map[string]any{"a": 1, "b": 1}, 5), pipelines.Options{})
	run(t, s, table("op", 1, map[string]any{"a": 2, "b": 2}, 5), pipelines.Options{})
	if got, want := lines(inspect(t, table("op", 1, map[string]any{"a": 1, "b": 3}, 5), s))[0], "step run b 1 -> 3"; got != want {
		t.Errorf("nearest: got %s, want %s", got, want)
	}

	// inputs
	s = open(t)
	run(t, s, c.plan(t, rates{0.1, 2}, 1), pipelines.Options{})
	want := []string{"table cached", "train.fold0 run epochs 2 -> 3", "train.fold1 run epochs 2 -> 3", "blend run new input parts"}
	if d := cmp.Diff(want, lines(inspect(t, c.plan(t, rates{0.1, 3}, 1), s))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestInspectWaitsForSources(t *testing.T) {
	t.Parallel()
	s := open(t)
	u := &upload{text: "1", holds: true}
	p := u.plan(t)
	want := []string{"get run never made", "use pending waits for get", "upload effect waits for use"}
	if d := cmp.Diff(want, lines(inspect(t, p, s))); d != "" {
		t.Errorf("before (-want +got):\n%s", d)
	}
	run(t, s, p, pipelines.Options{})
	want = []string{"get cached", "use cached", "upload effect never made"}
	if d := cmp.Diff(want, lines(inspect(t, p, s))); d != "" {
		t.Errorf("without effects (-want +got):\n%s", d)
	}
	r := run(t, s, p, pipelines.Options{Effects: true})
	v := inspect(t, p, s)
	want = []string{"get cached", "use cached", "upload effect done before; a run asks whether it still holds"}
	if d := cmp.Diff(want, lines(v)); d != "" {
		t.Errorf("after (-want +got):\n%s", d)
	}
	for i, step := range v.Steps {
		if step.Key != r.Steps[i].Key {
			t.Errorf("%s: the view's key is %s, the run's %s", step.ID, step.Key, r.Steps[i].Key)
		}
	}
	if v.Count(pipelines.StatusCached) != 2 {
		t.Errorf("counted %d cached", v.Count(pipelines.StatusCached))
	}
}

func TestViewJSONAndDOT(t *testing.T) {
	t.Parallel()
	s := open(t)
	var c chain
	run(t, s, c.plan(t, rates{0.1, 2}, 1), pipelines.Options{})
	v := inspect(t, c.plan(t, rates{0.2, 2}, 1), s)
	j, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "view.json", string(j)+"\n")
	v.Pipeline = `odd "name" \`
	golden(t, "view.dot", v.DOT())
	u := &upload{}
	golden(t, "view_pending.dot", inspect(t, u.plan(t), s).DOT())
}
