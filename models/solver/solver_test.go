package solver_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/solver"
)

// golden is testdata/golden.json, written by testdata/golden.py.
type golden struct {
	Cases []struct {
		Name   string
		Config struct {
			WeightDecay float64 `json:"weight_decay"`
			Factor      float64
			Momentum    float64
			Beta1       float64
			Beta2       float64
			Eps         float64
		}
		Start [][]float32
		Steps []struct {
			LR, Scale   float64
			Grads, Want [][]float32
		}
	}
}

// state has the two parameters of the golden cases: a weight [3,5] and its bias.
func state(t *testing.T) *graph.State {
	t.Helper()
	s := graph.NewState(ref.New(), 1)
	n := graph.NewNet(s, graph.Train, 1)
	n.Dense(n.Flatten(n.Input(1, 1, 3)), graph.Dense{Name: "fc", Units: 5, Bias: true})
	if n.Err() != nil {
		t.Fatal(n.Err())
	}
	return s
}

// trained are the state's parameters as a net trains them whose bias is in a group
// of its own.
func trained(s *graph.State) []graph.Trained {
	var out []graph.Trained
	for _, p := range s.Trainable() {
		group := ""
		if p.Name == "fc.bias" {
			group = "biases"
		}
		out = append(out, graph.Trained{Param: p, Group: group})
	}
	return out
}

// pair is a parameter and a gradient.
type pair struct{ value, grad engine.T }

func (p pair) Value() G.Value         { return p.value }
func (p pair) Grad() (G.Value, error) { return p.grad, nil }

func model(s *graph.State) ([]G.ValueGrad, []engine.T) {
	var out []G.ValueGrad
	var grads []engine.T
	for _, p := range s.Trainable() {
		g := s.Engine().Tensor(p.Value.Shape()...)
		grads = append(grads, g)
		out = append(out, pair{p.Value, g})
	}
	return out, grads
}

func TestPyTorch(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all golden
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for i, c := range all.Cases {
		t.Run(fmt.Sprintf("%d %s", i, c.Name), func(t *testing.T) {
			t.Parallel()
			s := state(t)
			e := s.Engine()
			config := solver.Config{
				LR: 1, WeightDecay: c.Config.WeightDecay, Momentum: c.Config.Momentum,
				Beta1: c.Config.Beta1, Beta2: c.Config.Beta2, Eps: c.Config.Eps,
			}
			if c.Config.Factor != 0 {
				config.Groups = map[string]float64{"biases": c.Config.Factor}
			}
			sv, err := solver.New(c.Name, s.Engine(), trained(s), config)
			if err != nil {
				t.Fatal(err)
			}
			m, grads := model(s)
			for i, p := range s.Trainable() {
				check(t, e.Upload(p.Value, c.Start[i]))
			}
			for k, step := range c.Steps {
				for i, g := range grads {
					check(t, e.Upload(g, step.Grads[i]))
				}
				sv.SetLR(step.LR)
				sv.SetScale(step.Scale)
				check(t, sv.Step(m))
				for i, p := range s.Trainable() {
					got := make([]float32, p.Size())
					check(t, e.Download(got, p.Value))
					for j, w := range step.Want[i] {
						if d := math.Abs(float64(got[j] - w)); !(d <= 2e-6) {
							t.Fatalf("step %d: %s[%d] is %v, in PyTorch %v", k+1, p.Name, j, got[j], w)
						}
					}
				}
			}
			if sv.Steps() != len(c.Steps) {
				t.Errorf("%d steps counted, want %d", sv.Steps(), len(c.Steps))
			}
		})
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestResume: a solver that is given another one's tensors and steps goes on
// exactly as that one does.
func TestResume(t *testing.T) {
	t.Parallel()
	for _, name := range solver.Names() {
		a, b := state(t), state(t)
		e := a.Engine()
		sa, err := solver.New(name, a.Engine(), trained(a), solver.Config{LR: 0.1})
		check(t, err)
		ma, ga := model(a)
		step := func(sv *solver.Solver, m []G.ValueGrad, grads []engine.T, k int) {
			for i, g := range grads {
				host := make([]float32, g.Shape().TotalSize())
				for j := range host {
					host[j] = float32(math.Sin(float64(1 + i + 3*j + 7*k)))
				}
				check(t, e.Upload(g, host))
			}
			check(t, sv.Step(m))
		}
		step(sa, ma, ga, 1)
		step(sa, ma, ga, 2)

		sb, err := solver.New(name, b.Engine(), trained(b), solver.Config{LR: 0.1})
		check(t, err)
		check(t, b.CopyFrom(a))
		for i, from := range sa.State() {
			to := sb.State()[i]
			if from.Name != to.Name {
				t.Fatalf("tensor %d is named %q and %q", i, from.Name, to.Name)
			}
			host := make([]float32, from.Value.Shape().TotalSize())
			check(t, e.Download(host, from.Value))
			check(t, e.Upload(to.Value, host))
		}
		sb.SetSteps(sa.Steps())
		mb, gb := model(b)
		step(sa, ma, ga, 3)
		step(sb, mb, gb, 3)
		for i, p := range a.Params() {
			x, y := make([]float32, p.Size()), make([]float32, p.Size())
			check(t, e.Download(x, p.Value))
			check(t, e.Download(y, b.Params()[i].Value))
			if d := cmp.Diff(x, y); d != "" {
				t.Errorf("%s: %s after the third step:\n%s", name, p.Name, d)
			}
		}
	}
}

func TestStateNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"adam":     {"adam.m.fc.weight", "adam.m.fc.bias", "adam.v.fc.weight", "adam.v.fc.bias"},
		"nesterov": {"nesterov.velocity.fc.weight", "nesterov.velocity.fc.bias"},
		"sgd":      nil,
	} {
		sv, err := solver.New(name, ref.New(), trained(state(t)), solver.Config{LR: 1})
		check(t, err)
		var got []string
		for _, n := range sv.State() {
			got = append(got, n.Name)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got:\n%s", name, d)
		}
	}
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		config solver.Config
		want   string
		hint   string
	}{
		{"adan", solver.Config{LR: 1}, `solver "adan": want one of adam, sgd, momentum, nesterov`, "did you mean adam?"},
		{"lbfgs", solver.Config{LR: 1}, `solver "lbfgs": want one of adam, sgd, momentum, nesterov`, "solvers: adam, sgd, momentum, nesterov"},
		{"sgd", solver.Config{}, "solver sgd: lr: want a number above 0, got 0", ""},
		{"sgd", solver.Config{LR: math.NaN()}, "solver sgd: lr: want a number above 0, got NaN", ""},
		{"sgd", solver.Config{LR: math.Inf(1)}, "solver sgd: lr: want a number above 0, got +Inf", ""},
		{"sgd", solver.Config{LR: 1, WeightDecay: -1}, "solver sgd: weight decay: want a number 0 or above, got -1", ""},
		{"sgd", solver.Config{LR: 1, Momentum: 0.9}, "solver sgd: momentum: not an option of this solver, got 0.9", "leave momentum out"},
		{"momentum", solver.Config{LR: 1, Momentum: 1}, "solver momentum: momentum: want a number in (0, 1), got 1", ""},
		{"momentum", solver.Config{LR: 1, Beta1: 0.9}, "solver momentum: beta1: not an option of this solver, got 0.9", "leave beta1 out"},
		{"adam", solver.Config{LR: 1, Beta2: 1}, "solver adam: beta2: want a number in [0, 1), got 1", ""},
		{"adam", solver.Config{LR: 1, Eps: -1}, "solver adam: eps: want a number above 0, got -1", ""},
		{"adam", solver.Config{LR: 1, Groups: map[string]float64{"head": 1}}, `solver adam: group "head": want a group of the net, got one that no parameter has`, ""},
		{"adam", solver.Config{LR: 1, Groups: map[string]float64{"biases": -1}}, `solver adam: group "biases": want a factor of 0 or above, got -1`, ""},
	} {
		_, err := solver.New(c.name, ref.New(), trained(state(t)), c.config)
		if err == nil || err.Error() != c.want || fault.KindOf(err) != fault.Usage || fault.HintOf(err) != c.hint {
			t.Errorf("got  %v (%v, hint %q)\nwant %s (hint %q)", err, fault.KindOf(err), fault.HintOf(err), c.want, c.hint)
		}
	}
	if _, err := solver.New("sgd", ref.New(), nil, solver.Config{LR: 1}); err == nil {
		t.Error("no parameters are no error")
	}
}

type broken struct{ pair }

var errBroken = errors.New("no gradient")

func (broken) Grad() (G.Value, error) { return nil, errBroken }

func TestStepErrors(t *testing.T) {
	t.Parallel()
	s := state(t)
	sv, err := solver.New("sgd", s.Engine(), trained(s), solver.Config{LR: 1})
	check(t, err)
	m, _ := model(s)
	other, _ := model(state(t))
	small := []G.ValueGrad{m[0], pair{s.Trainable()[1].Value, s.Engine().Tensor(4)}}
	for _, c := range []struct {
		model []G.ValueGrad
		want  string
	}{
		{m[:1], "solver sgd: step: want 2 parameters, got 1"},
		{other, `solver sgd: step: parameter 0: want "fc.weight" of the state, got another tensor`},
		{[]G.ValueGrad{m[1], m[0]}, `solver sgd: step: parameter 0: want "fc.weight" of the state, got another tensor`},
		{[]G.ValueGrad{broken{m[0].(pair)}, m[1]}, `solver sgd: step: gradient of "fc.weight": no gradient`},
		{small, `solver sgd: step: gradient of "fc.bias": want 5 elements, got shape (4)`},
	} {
		if err := sv.Step(c.model); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	sv.SetScale(0)
	if err := sv.Step(m); err == nil || err.Error() != "solver sgd: step 1: want a gradient scale above 0, got 0" {
		t.Errorf("got %v", err)
	}
	if sv.Steps() != 0 {
		t.Errorf("%d steps counted after errors", sv.Steps())
	}
}
