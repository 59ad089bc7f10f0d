package sweep

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// mixed has a parameter of every kind.
var mixed = Space{
	{Key: "lr", Range: &Range{From: 1e-4, To: 1e-1, Log: true}},
	{Key: "epochs", Range: &Range{From: 2, To: 60, Whole: true}},
	{Key: "net", Choices: []string{"a", "b", "c"}},
	{Key: "rotate", Range: &Range{From: 0, To: 20}},
}

// Densities are those of Optuna: testdata/parzen.py.
func TestParzenAgainstOptuna(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/parzen.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Points, At [][]string
		LogDensity []float64 `json:"log_density"`
	}
	if err := json.Unmarshal(b, &cases); err != nil || len(cases) < 5 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		var points [][]float64
		for _, values := range c.Points {
			points = append(points, mixed.units(values))
		}
		e := newParzen(mixed, points)
		for i, values := range c.At {
			got := e.logDensity(mixed.units(values))
			if math.Abs(got-c.LogDensity[i]) > 1e-9 {
				t.Errorf("%d points, at %v: got %v, want %v", len(points), values, got, c.LogDensity[i])
			}
		}
	}
}

// What is drawn follows the density: of a whole number and a choice, whose shares can
// be counted.
func TestParzenSamplesFollowDensity(t *testing.T) {
	t.Parallel()
	space := Space{{Key: "epochs", Range: &Range{From: 2, To: 9, Whole: true}}, mixed[2]}
	e := newParzen(space, [][]float64{space.units([]string{"3", "b"}), space.units([]string{"4", "b"}), space.units([]string{"9", "a"})})
	rng := seed.Rand(1)
	counts := map[[2]string]float64{}
	const n = 200_000
	for range n {
		v := space.at(e.sample(rng))
		counts[[2]string{v[0], v[1]}]++
	}
	total := 0.0
	for _, epochs := range []string{"2", "3", "4", "5", "6", "7", "8", "9"} {
		for _, net := range []string{"a", "b", "c"} {
			want := math.Exp(e.logDensity(space.units([]string{epochs, net})))
			total += want
			got := counts[[2]string{epochs, net}] / n
			if math.Abs(got-want) > 5*math.Sqrt(want/n) {
				t.Errorf("epochs %s, net %s: drawn %.5f of the time, want %.5f", epochs, net, got, want)
			}
		}
	}
	if math.Abs(total-1) > 1e-9 {
		t.Errorf("all shares together are %v", total)
	}
}
