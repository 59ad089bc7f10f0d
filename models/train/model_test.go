package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/weight"
)

func TestSaveLoad(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	c := barsConfig(e)
	c.Net.Arch = "mnist_bn" // has running statistics
	c.Phases = c.Phases[:1]
	data := bars(40, 16, 1)
	m, b := mustFit(t, c, data)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path, e)
	if err != nil {
		t.Fatal(err)
	}
	if loaded.Net.Arch != "mnist_bn" || loaded.Input != c.Input || loaded.Classes != 3 || loaded.Recipe != m.Recipe {
		t.Errorf("want what was trained, got %+v", loaded)
	}
	sameHistory(t, m.History, loaded.History)
	if !bytes.Equal(modelBytes(t, loaded), b) {
		t.Error("saved again, the file differs")
	}
	want := predict(t, m, data, 16)
	if got := predict(t, loaded, data, 16); !equal(want, got) {
		t.Error("the loaded model predicts otherwise")
	}
}

func predict(t *testing.T, m *Model, d Dataset, maxBatch int) []float32 {
	t.Helper()
	p, err := m.Predict(t.Context(), d.Epoch(t.Context(), 0), maxBatch)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func equal(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestPredictBatches: rows are probabilities, in the order of the images,
// however the batches are cut.
func TestPredictBatches(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	c.Phases = c.Phases[:1]
	data := bars(37, 16, 1) // 16, 16, 5
	m, _ := mustFit(t, c, data)
	want := predict(t, m, data, 16)
	for row := range data.Len() {
		sum := 0.0
		for _, p := range want[row*3 : row*3+3] {
			sum += float64(p)
		}
		if math.Abs(sum-1) > 1e-5 {
			t.Errorf("row %d sums to %v", row, sum)
		}
	}
	for _, maxBatch := range []int{1, 5, 16, 64} {
		got := predict(t, m, data, maxBatch)
		if len(got) != len(want) {
			t.Fatalf("at most %d at once: want %d values, got %d", maxBatch, len(want), len(got))
		}
		for i := range want {
			if math.Abs(float64(got[i]-want[i])) > 1e-5 {
				t.Errorf("at most %d at once: value %d: want %v, got %v", maxBatch, i, want[i], got[i])
			}
		}
	}
}

func TestPredictErrors(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	c.Phases = c.Phases[:1]
	data := bars(40, 16, 1)
	m, _ := mustFit(t, c, data)
	if _, err := m.Predict(t.Context(), data.Epoch(t.Context(), 0), 0); err == nil {
		t.Error("batches of 0 images were accepted")
	}
	broken := errors.New("broken")
	bad := altered{data, func(_, batch int, b *Batch) error {
		if batch == 1 {
			return broken
		}
		return nil
	}}
	if _, err := m.Predict(t.Context(), bad.Epoch(t.Context(), 0), 16); !errors.Is(err, broken) || !strings.Contains(err.Error(), "image 16") {
		t.Errorf("want the dataset's error with the image, got %v", err)
	}
	short := altered{data, func(_, _ int, b *Batch) error { b.X = b.X[1:]; return nil }}
	if _, err := m.Predict(t.Context(), short.Epoch(t.Context(), 0), 16); err == nil || !strings.Contains(err.Error(), "want 4096 values, got 4095") {
		t.Errorf("want an error with the sizes, got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stop := altered{data, func(_, batch int, b *Batch) error { cancel(); return nil }}
	if _, err := m.Predict(ctx, stop.Epoch(t.Context(), 0), 16); !errors.Is(err, context.Canceled) {
		t.Errorf("want the context's error, got %v", err)
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	c := barsConfig(e)
	c.Phases = c.Phases[:1]
	m, _ := mustFit(t, c, bars(40, 16, 1))
	good := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(good); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		label  string
		change func(f *weight.File)
		want   string
	}{
		{"not a model", func(f *weight.File) { f.Meta = nil }, `want a file of format "podium model 1", got ""`},
		{"broken metadata", func(f *weight.File) { f.Meta["model"] = "{" }, "want a file of format"},
		{"unknown arch", func(f *weight.File) { f.Meta["model"] = `{"arch":"x","input":[16,16,1],"classes":3}` }, `"x"`},
		{"absurd input", func(f *weight.File) { f.Meta["model"] = `{"arch":"linear","input":[65536,65536,9],"classes":3}` }, "at most"},
		{"other classes", func(f *weight.File) { f.Meta["model"] = `{"arch":"linear","input":[16,16,1],"classes":4}` },
			`want shape [256 4], got [256 3]`},
		{"large head", func(f *weight.File) {
			f.Meta["model"] = `{"arch":"small_cnn","cut":"last_conv","head":["dense 65536","dense 65536"],"input":[512,512,3],"classes":2}`
		}, "tensors missing"},
		{"no such cut", func(f *weight.File) { f.Meta["model"] = `{"arch":"small_cnn","cut":"x","input":[32,32,3],"classes":2}` }, `no layer "x"`},
		{"negative input", func(f *weight.File) { f.Meta["model"] = `{"arch":"linear","input":[16,16,1],"classes":3,"extra":-1}` }, "got -1 and 0"},
		{"boxes of a whole net", func(f *weight.File) { f.Meta["model"] = `{"arch":"linear","input":[16,16,1],"classes":3,"boxes":1}` }, "is whole"},
		{"tensor missing", func(f *weight.File) { f.Tensors = f.Tensors[1:] }, "tensors missing"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			f, err := weight.Load(good)
			if err != nil {
				t.Fatal(err)
			}
			tt.change(f)
			path := filepath.Join(t.TempDir(), "bad.safetensors")
			if err := weight.Save(path, f.Tensors, f.Meta); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(path, e); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("want an error with %q and the path, got %v", tt.want, err)
			}
		})
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none"), e); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("want a not-exist error, got %v", err)
	}
}
