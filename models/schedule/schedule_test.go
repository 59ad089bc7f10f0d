package schedule

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// TestGolden compares with PyTorch's schedulers; testdata/golden.py wrote the file.
func TestGolden(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Name     string
			LR       float64
			Steps    int
			WarmUp   float64 `json:"warm_up"`
			StartDiv float64 `json:"start_div"`
			FinalDiv float64 `json:"final_div"`
			Floor    float64
			Every    int
			Factor   float64
			Want     []float64
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) < 8 {
		t.Fatalf("golden.json has %d cases, want at least 8", len(golden.Cases))
	}
	for i, c := range golden.Cases {
		s, err := New(c.Name, Config{LR: c.LR, Steps: c.Steps, WarmUp: c.WarmUp, StartDiv: c.StartDiv,
			FinalDiv: c.FinalDiv, Floor: c.Floor, Every: c.Every, Factor: c.Factor})
		if err != nil {
			t.Fatalf("case %d %s: %v", i, c.Name, err)
		}
		for step, want := range c.Want {
			// PyTorch's cosine is a recursion, its rounding adds up.
			if got := s.LR(step); math.Abs(got-want) > 1e-12+1e-9*want {
				t.Errorf("case %d %s: step %d: want %v, got %v", i, c.Name, step, want, got)
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	same := func(name string, short, long Config) {
		t.Helper()
		a, errA := New(name, short)
		b, errB := New(name, long)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		for step := range short.Steps {
			if a.LR(step) != b.LR(step) {
				t.Errorf("%s: step %d: %v with defaults, %v written out", name, step, a.LR(step), b.LR(step))
			}
		}
	}
	same("one_cycle", Config{LR: 0.1, Steps: 50}, Config{LR: 0.1, Steps: 50, WarmUp: 0.3, StartDiv: 25, FinalDiv: 1e4})
	same("step", Config{LR: 0.1, Steps: 50}, Config{LR: 0.1, Steps: 50, Every: 17, Factor: 0.1})
	same("", Config{LR: 0.1, Steps: 50}, Config{LR: 0.1, Steps: 50})
}

// TestShape holds for every schedule and also for very few steps: rates are
// positive and never above LR, LR is reached, and what lies outside the
// schedule is the first or the last rate.
func TestShape(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		for _, warmUp := range []float64{0, 0.25, 0.9} {
			for _, steps := range []int{1, 2, 3, 4, 5, 10, 97} {
				s, err := New(name, Config{LR: 0.01, Steps: steps, WarmUp: warmUp})
				if err != nil {
					t.Fatal(err)
				}
				label := fmt.Sprintf("%s, %d steps, warm-up %v", name, steps, warmUp)
				checkShape(t, label, s, 0.01, steps)
			}
		}
	}
}

func checkShape(t *testing.T, label string, s Schedule, lr float64, steps int) {
	t.Helper()
	top := 0.0
	for step := range steps {
		got := s.LR(step)
		if !(got > 0) || got > lr*(1+1e-12) {
			t.Errorf("%s: step %d: want a rate in (0, %v], got %v", label, step, lr, got)
		}
		top = max(top, got)
	}
	// The peak of one_cycle may lie between two steps, which matters when they
	// are few.
	if steps >= 10 && top < lr*0.95 {
		t.Errorf("%s: the largest rate is %v, want about %v", label, top, lr)
	}
	if s.LR(-3) != s.LR(0) || s.LR(steps) != s.LR(steps-1) || s.LR(steps+9) != s.LR(steps-1) {
		t.Errorf("%s: rates outside the schedule are not those at its ends", label)
	}
}

func TestWarmUp(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"constant", "cosine", "step"} {
		s, err := New(name, Config{LR: 1, Steps: 40, WarmUp: 0.25})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.LR(0); got != 0.1 {
			t.Errorf("%s: first rate of a warm-up over 10 steps: want 0.1, got %v", name, got)
		}
		if got := s.LR(9); got != 1 {
			t.Errorf("%s: last rate of the warm-up: want 1, got %v", name, got)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	good := Config{LR: 0.1, Steps: 10}
	tests := []struct {
		label, name string
		change      func(*Config)
		want, hint  string
	}{
		{"near miss", "onecycle", func(*Config) {}, `unknown schedule "onecycle"`, `did you mean "one_cycle"?`},
		{"far miss", "polynomial", func(*Config) {}, `unknown schedule "polynomial"`, "there are constant, one_cycle, cosine, step"},
		{"no rate", "constant", func(c *Config) { c.LR = 0 }, "want lr > 0", ""},
		{"NaN rate", "constant", func(c *Config) { c.LR = math.NaN() }, "want lr > 0, got NaN", ""},
		{"infinite rate", "constant", func(c *Config) { c.LR = math.Inf(1) }, "want lr > 0", ""},
		{"no steps", "cosine", func(c *Config) { c.Steps = 0 }, "want at least 1 step, got 0", ""},
		{"warm-up", "one_cycle", func(c *Config) { c.WarmUp = 1 }, "warm-up share", ""},
		{"divisor", "one_cycle", func(c *Config) { c.FinalDiv = 0.5 }, "divisors", ""},
		{"floor", "cosine", func(c *Config) { c.Floor = 0.2 }, "floor", ""},
		{"every", "step", func(c *Config) { c.Every = -1 }, "between drops", ""},
		{"factor", "step", func(c *Config) { c.Factor = 2 }, "factor", ""},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			t.Parallel()
			c := good
			tt.change(&c)
			_, err := New(tt.name, c)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("want an error with %q, got %v", tt.want, err)
			}
			if fault.KindOf(err) != fault.Usage {
				t.Errorf("want kind Usage, got %v", fault.KindOf(err))
			}
			if !strings.Contains(fault.HintOf(err), tt.hint) {
				t.Errorf("want a hint with %q, got %q", tt.hint, fault.HintOf(err))
			}
		})
	}
}

func ExampleNew() {
	s, err := New("one_cycle", Config{LR: 0.01, Steps: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range []int{0, 15, 29, 65, 99} {
		fmt.Printf("step %2d: %.2g\n", step, s.LR(step))
	}
	// Output:
	// step  0: 0.0004
	// step 15: 0.0055
	// step 29: 0.01
	// step 65: 0.0048
	// step 99: 4e-08
}
