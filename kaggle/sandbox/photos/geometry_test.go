package photos_test

import (
	"math"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

func near(a, b photos.Point, by float64) bool {
	return math.Abs(a.X-b.X) <= by && math.Abs(a.Y-b.Y) <= by
}

func TestTurn(t *testing.T) {
	t.Parallel()
	for i := -3000; i <= 3000; i++ {
		turns := float64(i) / 997
		want := photos.Point{X: math.Cos(2 * math.Pi * turns), Y: math.Sin(2 * math.Pi * turns)}
		if got := photos.Turn(turns); !near(got, want, 1e-9) {
			t.Fatalf("%v turns: %v, want %v", turns, got, want)
		}
	}
}

func TestAffine(t *testing.T) {
	t.Parallel()
	m := photos.Place(photos.Point{X: 30, Y: -7}, 0.15, -2, 3)
	n := photos.Place(photos.Point{X: 1, Y: 2}, 0.6, 0.5, 0.5)
	p := photos.Point{X: 1.25, Y: -0.5}
	if got, want := m.Then(n).Apply(p), n.Apply(m.Apply(p)); !near(got, want, 1e-12) {
		t.Errorf("then: %v, want %v", got, want)
	}
	if got := m.Inverse().Apply(m.Apply(p)); !near(got, p, 1e-12) {
		t.Errorf("there and back: %v, want %v", got, p)
	}
	quarter := photos.Place(photos.Point{}, 0.25, 1, 1) // from right to down
	if got := quarter.Apply(photos.Point{X: 1}); !near(got, photos.Point{Y: 1}, 1e-9) {
		t.Errorf("a quarter of a turn takes (1,0) to %v", got)
	}
	grid := m.Grid()
	for _, q := range []photos.Point{{X: 0, Y: 0}, {X: 400, Y: 300}, {X: 17, Y: 250}} {
		u, v := grid.At(int(q.X), int(q.Y))
		if got := (photos.Point{X: float64(u) / photos.Unit, Y: float64(v) / photos.Unit}); !near(got, m.Inverse().Apply(q), 0.01) {
			t.Errorf("grid at %v: %v, want %v", q, got, m.Inverse().Apply(q))
		}
	}
}

// A limb of straight points is a bar with round ends.
func TestLimb(t *testing.T) {
	t.Parallel()
	p := photos.Limb([]photos.Point{{X: 10, Y: 20}, {X: 30, Y: 20}, {X: 50, Y: 20}}, []float64{5, 5, 5})
	want := 40*10 + math.Pi*25
	if got := math.Abs(area(p)); math.Abs(got-want) > 0.01*want {
		t.Errorf("area %.2f, want %.2f", got, want)
	}
}

// area is that of a path that does not cross itself.
func area(p photos.Path) float64 {
	sum := 0.0
	for i, a := range p {
		b := p[(i+1)%len(p)]
		sum += a.X*b.Y - b.X*a.Y
	}
	return sum / 2
}
