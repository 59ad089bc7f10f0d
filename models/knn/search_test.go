package knn

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

func threads(t testing.TB, n int) engine.Engine {
	t.Helper()
	e, err := cpu.New(cpu.Options{Threads: n})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// listed are rows in memory.
func listed(x []float32, size int) Rows {
	return Rows{N: len(x) / size, Size: size, Row: func(i int, into []float32) { copy(into, x[i*size:]) }}
}

// scikit-learn finds the same, in blocks of any size.
func TestNearestAgainstScikitLearn(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/neighbours.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		K, Size int
		Rows    []float32
		Groups  []int
		All     [][]int32
		Grouped [][]int32
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]engine.Engine{"ref": ref.New(), "cpu": threads(t, 2)} {
		for _, block := range []int{0, 1, 16, 37, 149} {
			for want, groups := range map[*[][]int32][]int{&golden.All: nil, &golden.Grouped: golden.Groups} {
				s := Search{K: golden.K, Engine: e, Groups: groups, block: block}
				got, err := s.Nearest(t.Context(), listed(golden.Rows, golden.Size))
				if err != nil {
					t.Fatal(err)
				}
				for i, row := range *want {
					if found := got[i*golden.K : (i+1)*golden.K]; !slices.Equal(found, row) {
						t.Fatalf("%s, blocks of %d, %d groups: row %d: got %v, want %v", name, block, len(groups), i, found, row)
					}
				}
			}
		}
	}
}

// drawnRows are rows with repetitions and zeros among them, so that many are
// equally near.
func drawnRows(n, size int) []float32 {
	r := seed.Rand(seed.Derive(3, "rows"))
	x := make([]float32, n*size)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	for i := range n {
		switch i % 7 {
		case 3:
			copy(x[i*size:(i+1)*size], x[i/2*size:])
		case 5:
			clear(x[i*size : (i+1)*size])
		}
	}
	return x
}

// Threads share the work and change nothing, whatever is equally near.
func TestThreadsChangeNothing(t *testing.T) {
	t.Parallel()
	rows := listed(drawnRows(301, 65), 65)
	var first []int32
	for n := 1; n <= 4; n++ {
		got, err := Search{K: 10, Engine: threads(t, n), block: 64}.Nearest(t.Context(), rows)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		if !slices.Equal(got, first) {
			t.Errorf("%d threads find others than one", n)
		}
	}
	for i := range rows.N {
		of := first[i*10 : (i+1)*10]
		if slices.Contains(of, int32(i)) || slices.Contains(of, -1) {
			t.Fatalf("row %d: %v", i, of)
		}
	}
}

// Equals stand by number: those of a row of zeros are the first rows.
func TestEquallyNear(t *testing.T) {
	t.Parallel()
	x := []float32{1, 0, 1, 0, 0, 0, 2, 0, 0, 1, 1e-30, 0, 1e30, 0}
	got, err := Search{K: 3, Engine: threads(t, 1), block: 2}.Nearest(t.Context(), listed(x, 2))
	if err != nil {
		t.Fatal(err)
	}
	want := []int32{1, 3, 5 /**/, 0, 3, 5 /**/, 0, 1, 3 /**/, 0, 1, 5 /**/, 0, 1, 2 /**/, 0, 1, 3 /**/, 0, 1, 3}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNearestRefuses(t *testing.T) {
	t.Parallel()
	e := threads(t, 2)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	bad := drawnRows(40, 4)
	bad[21*4], bad[38*4+1] = float32(math.NaN()), float32(math.Inf(1))
	for want, c := range map[string]struct {
		ctx  context.Context
		s    Search
		rows Rows
	}{
		"row 21 has a value that is not finite": {t.Context(), Search{K: 2}, listed(bad, 4)},
		"want at least one neighbour":           {t.Context(), Search{}, listed(bad, 4)},
		"a group for each of 40 rows, got 3":    {t.Context(), Search{K: 2, Groups: []int{1, 2, 3}}, listed(bad, 4)},
		context.Canceled.Error():                {stopped, Search{K: 2}, listed(drawnRows(40, 4), 4)},
	} {
		c.s.Engine = e
		if _, err := c.s.Nearest(c.ctx, c.rows); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if got, err := (Search{K: 2, Engine: e}).Nearest(t.Context(), Rows{Size: 3}); err != nil || len(got) != 0 {
		t.Errorf("no rows: %v, %v", got, err)
	}
}

func ExampleSearch_Nearest() {
	e, err := cpu.New(cpu.Options{Threads: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	x := []float32{1, 0 /**/, 0, 1 /**/, 2, 0.1 /**/, 0.1, 3}
	found, err := Search{K: 2, Engine: e}.Nearest(context.Background(), listed(x, 2))
	fmt.Println(found, err)
	// Output: [2 3 3 2 0 3 1 2] <nil>
}

func BenchmarkNearest(b *testing.B) {
	for _, n := range []int{8192, 79726} {
		const size = 1280
		b.Run(fmt.Sprintf("%dx%d", n, size), func(b *testing.B) {
			drawn := drawnRows(1009, size) // each row is one of these, begun elsewhere
			rows := Rows{N: n, Size: size, Row: func(i int, into []float32) {
				from := i * 16127 % (1008 * size)
				copy(into, drawn[from:from+size])
			}}
			s := Search{K: 30, Engine: threads(b, 2)}
			for b.Loop() {
				if _, err := s.Nearest(b.Context(), rows); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(n)*size*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
