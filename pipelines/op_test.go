package pipelines_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// op is an Op for tests. Without run it writes its name, parameters and what it
// has read into each output.
type op struct {
	name    string
	version int
	params  any
	in, out []pipelines.Port
	run     func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error)
	ran     *atomic.Int64
}

func (o op) Name() string              { return o.name }
func (o op) Version() int              { return max(1, o.version) }
func (o op) Params() any               { return o.params }
func (o op) Inputs() []pipelines.Port  { return o.in }
func (o op) Outputs() []pipelines.Port { return o.out }

func (o op) Run(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
	if o.ran != nil {
		o.ran.Add(1)
	}
	if o.run != nil {
		return o.run(ctx, env, in)
	}
	text := fmt.Sprintf("%s v%d %v seed %d\n", o.name, o.Version(), o.params, env.Seed)
	for _, port := range o.in {
		for _, i := range in.All(port.Name) {
			b, err := os.ReadFile(i.Path)
			if err != nil {
				return pipelines.Report{}, err
			}
			text += port.Name + " " + i.Step + "/" + i.Port + ": " + strings.ReplaceAll(string(b), "\n", "\n  ") + "\n"
		}
	}
	for _, port := range o.out {
		if err := write(env.Path(port.Name), text); err != nil {
			return pipelines.Report{}, err
		}
	}
	return pipelines.Report{}, nil
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// source is an op whose outputs are named by their content.
type source struct{ op }

func (source) ContentKeyed() bool { return true }

// effect is an op that changes the world.
type effect struct {
	op
	holds func(earlier *pipelines.Artifact) (bool, error)
}

func (e effect) StillHolds(_ context.Context, earlier *pipelines.Artifact) (bool, error) {
	return e.holds(earlier)
}

func port(name string, kind pipelines.Kind) pipelines.Port {
	return pipelines.Port{Name: name, Kind: kind}
}

func ports(p ...pipelines.Port) []pipelines.Port { return p }

// rates are parameters of a step.
type rates struct {
	LR     float64 `json:"lr"`
	Epochs int     `json:"epochs"`
}

// chain is table -> train0, train1 -> blend, with counts of what ran.
type chain struct {
	table, train, blend atomic.Int64
}

func (c *chain) plan(t testing.TB, r rates, seed uint64) *pipelines.Plan {
	t.Helper()
	b := pipelines.NewBuilder("digits")
	table := b.Add("table", op{name: "csv", out: ports(port("rows", "table")), ran: &c.table}, 0)
	var proba []pipelines.Edge
	for i := range 2 {
		train := b.Add(fmt.Sprintf("train.fold%d", i), op{name: "train", params: struct {
			rates
			Fold int `json:"fold"`
		}{r, i}, in: ports(port("images", "table")), out: ports(port("proba", "proba")), ran: &c.train}, seed,
			table.Out("rows").To("images"))
		proba = append(proba, train.Out("proba").To("parts"))
	}
	b.Add("blend", op{name: "mean", in: ports(pipelines.Port{Name: "parts", Kind: "proba", Many: true}),
		out: ports(pipelines.Port{Name: "mean", Kind: "proba", File: "sub/mean.txt"}), ran: &c.blend}, 0, proba...)
	return build(t, b)
}

func build(t testing.TB, b *pipelines.Builder) *pipelines.Plan {
	t.Helper()
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func open(t testing.TB) *pipelines.Store {
	t.Helper()
	s, err := pipelines.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tick is a clock that goes on by a second each time it is read.
func tick() func() time.Time {
	var n atomic.Int64
	start := time.Date(2026, 11, 23, 12, 45, 0, 0, time.UTC)
	return func() time.Time { return start.Add(time.Duration(n.Add(1)) * time.Second) }
}

func local(s *pipelines.Store) *pipelines.Local {
	return &pipelines.Local{Store: s, Tool: "test", Now: tick()}
}

// run runs p and fails the test on an error.
func run(t testing.TB, s *pipelines.Store, p *pipelines.Plan, o pipelines.Options) pipelines.Result {
	t.Helper()
	r, err := local(s).Run(t.Context(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// states lists how each step ended: "table done, train cached".
func states(r pipelines.Result) string {
	var words []string
	for _, s := range r.Steps {
		words = append(words, s.ID+" "+string(s.State))
	}
	return strings.Join(words, ", ")
}
