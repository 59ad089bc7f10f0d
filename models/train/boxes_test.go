package train

import (
	"context"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine"
)

// boxed is bars with a box of each image, the third part of them without, and an
// extra input that tells the class of every second image.
func boxed(images, batch int, root uint64) *Memory {
	m := bars(images, batch, root)
	m.Extra, m.Boxes, m.HasBox = make([]float32, 4*images), make([]float32, 4*images), make([]float32, images)
	for i, class := range m.Labels {
		tell := class
		if i%2 == 0 {
			tell = 3
		}
		m.Extra[4*i+tell] = 1
		if i%3 == 0 {
			m.Boxes[4*i+i%4] = float32(math.NaN())
			continue
		}
		m.HasBox[i] = 1
		copy(m.Boxes[4*i:], [][]float32{{0, 8, 16, 1}, {8, 0, 1, 16}, {0, 0, 16, 16}}[class])
	}
	return m
}

// boxesConfig is cutConfig with both.
func boxesConfig(e engine.Engine, phases ...Phase) Config {
	c := cutConfig(e, phases...)
	c.Extra, c.Boxes = 4, 0.01
	return c
}

// everyBatch gives the images of m in batches of n, in their order, without targets.
func everyBatch(m *Memory, n int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		for at := 0; at < m.Len(); at += n {
			to := min(at+n, m.Len())
			w, k := len(m.X)/m.Len(), len(m.Extra)/m.Len()
			if !yield(Batch{X: m.X[at*w : to*w], Extra: m.Extra[at*k : to*k], N: to - at}, nil) {
				return
			}
		}
	}
}

// TestBoxes: a net learns classes and boxes at once, from masked rows too, and its
// file holds all of it.
func TestBoxes(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	data := boxed(96, 16, 1)
	m, _ := mustFit(t, boxesConfig(e, Phase{Epochs: 30, Batch: 16, LR: 0.02}), data)
	if m.Boxes != 0.01 || m.Extra != 4 {
		t.Errorf("%+v", m)
	}
	proba, boxes, err := m.PredictBoxes(t.Context(), everyBatch(data, 13), 5)
	if err != nil {
		t.Fatal(err)
	}
	right, off := 0, 0.0
	for i, class := range data.Labels {
		if likeliest(proba[3*i:3*i+3]) == class {
			right++
		}
		for j := range 4 {
			if data.HasBox[i] == 1 {
				off += math.Abs(float64(boxes[4*i+j]-data.Boxes[4*i+j])) / 256
			}
		}
	}
	if right < 90 || off > 2 {
		t.Errorf("%d of 96 classes right, boxes off by %.2f on average", right, off)
	}

	file := filepath.Join(t.TempDir(), "model.safetensors")
	if err := m.Save(file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(file, e)
	if err != nil {
		t.Fatal(err)
	}
	p, b, err := loaded.PredictBoxes(t.Context(), everyBatch(data, 96), 96)
	if err != nil || !near(p, proba) || !near(b, boxes) {
		t.Errorf("loaded, the model predicts otherwise; %v", err)
	}
	if _, err := FindLR(t.Context(), boxesConfig(e, Phase{Epochs: 1, Batch: 16, LR: 1}), data, FindOptions{Steps: 10}); err != nil {
		t.Error(err)
	}
	alone, err := loaded.Predict(t.Context(), everyBatch(data, 96), 96)
	if err != nil || !slices.Equal(alone, p) {
		t.Errorf("without boxes the probabilities are others; %v", err)
	}
}

func near(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Abs(float64(x-y)) < 1e-4*(1+math.Abs(float64(y))) })
}

// TestBoxesFrom: a training goes on from a model with the same inputs and outputs, with
// another weight of boxes too, and from no other.
func TestBoxesFrom(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	phase := Phase{Epochs: 1, Batch: 16, LR: 0.01}
	data := boxed(32, 16, 1)
	m, _ := mustFit(t, boxesConfig(e, phase), data)
	file := filepath.Join(t.TempDir(), "model.safetensors")
	if err := m.Save(file); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(c *Config){
		"want a model with 0 extra values, got one with 4":         func(c *Config) { c.Extra = 0 },
		"want a model with boxes: false, got one with boxes: true": func(c *Config) { c.Boxes = 0 },
	} {
		c := boxesConfig(e, phase)
		c.From = file
		change(&c)
		if _, err := Fit(t.Context(), c, data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	c := boxesConfig(e, phase)
	c.From, c.Boxes, c.Checkpoint = file, 0.02, t.TempDir()
	if m, _ := mustFit(t, c, data); m.Boxes != 0.02 {
		t.Errorf("%+v", m)
	}
	c.Boxes = 0.03
	if _, err := Fit(t.Context(), c, data); err == nil || !strings.Contains(err.Error(), "of another training: its Boxes is 0.02, want 0.03") {
		t.Error(err)
	}
}

// TestBoxesErrors: what does not go together is refused before anything is computed,
// and batches that lack something are named.
func TestBoxesErrors(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	phase := Phase{Epochs: 1, Batch: 16, LR: 0.01}
	for want, change := range map[string]func(c *Config){
		"a second input and boxes are of one that is cut": func(c *Config) { c.Net = Net{Arch: "mnist_bn"} },
		"no features to predict boxes from":               func(c *Config) { c.Net.Head, c.Extra = []string{"heat"}, 0 },
		"no features to join another input to":            func(c *Config) { c.Net.Head, c.Boxes = []string{"heat"}, 0 },
		"want a second input of 0":                        func(c *Config) { c.Extra = -1 },
		"want a weight of at least 0":                     func(c *Config) { c.Boxes = math.NaN() },
		"the head [conv 3] wants an image, the cut fc1 of mnist_bn gives 256 features": func(c *Config) {
			c.Net.Cut, c.Net.Head = "fc1", []string{"conv 3"}
		},
	} {
		c := boxesConfig(e, phase)
		change(&c)
		if _, err := Fit(t.Context(), c, boxed(32, 16, 1)); err == nil || !strings.Contains(err.Error(), want) || fault.KindOf(err) != fault.Usage {
			t.Errorf("want an error of usage with %q, got %v", want, err)
		}
	}
	for want, change := range map[string]func(m *Memory){
		"want 64, got 0":                  func(m *Memory) { m.Extra = nil },
		"want 64 values of them, got 0":   func(m *Memory) { m.Boxes = nil },
		"want a mask of 16 values, got 0": func(m *Memory) { m.HasBox = nil },
	} {
		data := boxed(32, 16, 1)
		change(data)
		if _, err := Fit(t.Context(), boxesConfig(e, phase), data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	m, _ := mustFit(t, cutConfig(e, phase), bars(32, 16, 1))
	if _, _, err := m.PredictBoxes(t.Context(), everyBatch(bars(3, 3, 1), 3), 3); err == nil || !strings.Contains(err.Error(), "want a net that was trained on boxes") {
		t.Error(err)
	}
	if _, err := m.Heat(); err == nil || !strings.Contains(err.Error(), "has no heat maps") {
		t.Error(err)
	}
}

// mapsOf collects the heat maps of all images.
func mapsOf(ctx context.Context, t *testing.T, h *Heat, in iter.Seq2[Batch, error], maxBatch int) (out []float32) {
	t.Helper()
	for b, err := range h.Maps(ctx, in, maxBatch) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b.X...)
	}
	return out
}

// TestHeat: the maps of a net of the course's kind are probabilities at each place, and
// brighter for the class at hand.
func TestHeat(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	c := cutConfig(e, Phase{Epochs: 20, Batch: 16, LR: 0.02})
	c.Net.Cut, c.Net.Head = "maxpool1", []string{"bn", "conv 8 bn", "maxpool 1x2", "conv 8", "drop 0.1", "heat"}
	data := bars(64, 16, 1)
	m, _ := mustFit(t, c, data)
	h, err := m.Heat()
	if err != nil {
		t.Fatal(err)
	}
	if h.Shape() != [3]int{6, 3, 3} {
		t.Fatalf("maps of %v", h.Shape())
	}
	got := mapsOf(t.Context(), t, h, everyBatch(data, 64), 7)
	if len(got) != 64*6*3*3 || !near(got, mapsOf(t.Context(), t, h, everyBatch(data, 5), 64)) {
		t.Errorf("%d values", len(got))
	}
	own, others := 0.0, 0.0
	for place := range 64 * 6 * 3 {
		sum := 0.0
		for class, v := range got[3*place : 3*place+3] {
			sum += float64(v)
			if class == data.Labels[place/18] {
				own += float64(v)
			} else {
				others += float64(v) / 2
			}
		}
		if math.Abs(sum-1) > 1e-5 {
			t.Fatalf("place %d: the classes sum to %v", place, sum)
		}
	}
	if own < 2*others {
		t.Errorf("mean of the class at hand %.3f, of another %.3f", own/64/18, others/64/18)
	}
}
