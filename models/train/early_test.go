package train

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/engine"
)

var accuracyMetric = mustMetric("accuracy")

func mustMetric(name string) metric.Metric {
	m, err := metric.ByName(name)
	if err != nil {
		panic(err)
	}
	return m
}

// guesses are bars under labels that have nothing to do with them, so that scores go
// up and down and phases stop early.
func guesses(images int) *Memory {
	m := bars(images, 7, 2)
	r := seed.Rand(4, "guesses")
	for i := range m.Labels {
		m.Labels[i] = r.IntN(3)
	}
	return m
}

// patient is a training of which phases stop early.
func patient(e engine.Engine, ema float64) Config {
	c := barsConfig(e)
	c.Phases = []Phase{
		{Epochs: 6, Batch: 16, LR: 0.05, EMA: ema, Patience: 1},
		{Epochs: 5, Batch: 16, Optimizer: "momentum", LR: 0.02, EMA: ema, Patience: 2},
		{Epochs: 1, Batch: 16, LR: 0.001},
	}
	c.Validate, c.Metric = guesses(21), mustMetric("logloss")
	return c
}

// TestPatience: a phase ends when its patience does, its result are the weights of
// its best epoch, and the next one goes on from them.
func TestPatience(t *testing.T) {
	t.Parallel()
	for _, ema := range []float64{0, 0.9} {
		c := patient(newEngine(t), ema)
		all := c.Phases
		data := bars(40, 16, 1)
		done := 0
		for n := 1; n <= 2; n++ {
			c.Phases = all[:n]
			var numbers []int
			m, _ := mustFit(t, c, numbered{data, &numbers})
			history := m.History[done:] // of the last phase
			p := c.Phases[n-1]
			at := 0
			for i, h := range history {
				if h.Score < history[at].Score {
					at = i
				}
			}
			if n == 1 && len(history) == p.Epochs || len(history) > p.Epochs {
				t.Fatalf("phase %d took all of its epochs, the test shows nothing: %+v", n, history)
			}
			if len(history) < p.Epochs && len(history) != at+1+p.Patience {
				t.Errorf("phase %d, best in epoch %d, stopped after %d", n, at+1, len(history))
			}
			proba := predict(t, m, inOrder{c.Validate.(*Memory)}, 8)
			if got, err := scored(c.Metric, proba, c.Validate.(*Memory).Labels, 3); err != nil || math.Abs(got-history[at].Score) > 1e-6 {
				t.Errorf("phase %d: the model scores %v, its best epoch %v; %v", n, got, history[at].Score, err)
			}
			want := []int{0, 1, 2, 3, 4, 5}[:done]
			for i := range history {
				want = append(slices.Clip(want), []int{0, 6}[n-1]+i)
			}
			if !slices.Equal(numbers, want) {
				t.Errorf("phase %d: asked for epochs %v, want %v", n, numbers, want)
			}
			done = len(m.History)
		}
	}
}

// inOrder gives a dataset's images in their order, one epoch.
type inOrder struct{ *Memory }

func (d inOrder) Epoch(context.Context, int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		pixels := len(d.X) / d.Len()
		for i := range d.Len() {
			if !yield(Batch{X: d.X[i*pixels : (i+1)*pixels], N: 1}, nil) {
				return
			}
		}
	}
}

// numbered notes which epochs it is asked for.
type numbered struct {
	*Memory
	numbers *[]int
}

func (d numbered) EpochFrom(ctx context.Context, epoch, batch int) iter.Seq2[Batch, error] {
	*d.numbers = append(*d.numbers, epoch)
	return d.Memory.EpochFrom(ctx, epoch, batch)
}

func (d numbered) Epoch(ctx context.Context, epoch int) iter.Seq2[Batch, error] {
	return d.EpochFrom(ctx, epoch, 0)
}

// TestStoppedWhileJudged ends ctx between the end of an epoch and its score, and
// within the scoring: no step is done again, and the model is the same.
func TestStoppedWhileJudged(t *testing.T) {
	t.Parallel()
	c := patient(newEngine(t), 0.9)
	data := numbered{bars(40, 16, 1), new([]int)}
	reference, want := mustFit(t, c, data)
	c.Warn = func(err error) { t.Errorf("warned: %v", err) }
	for stop := range 3 * len(reference.History) {
		c.Checkpoint, c.Every = t.TempDir(), -1
		ctx, cancel := context.WithCancel(t.Context())
		at := 0
		c.Validate = &hooked{Skipper: guesses(21), before: func(n int) {
			if at == stop {
				cancel()
			}
			at++
		}}
		_, err := Fit(ctx, c, data)
		if stop < 3*(len(reference.History)-1) && !errors.Is(err, context.Canceled) {
			t.Fatalf("batch %d of the scoring: got %v", stop, err)
		}
		cancel()
		*data.numbers = nil
		c.Validate = guesses(21)
		m, got := mustFit(t, c, data)
		if !bytes.Equal(got, want) {
			t.Errorf("stopped in batch %d of the scoring: the model differs", stop)
		}
		sameHistory(t, reference.History, m.History)
		if done := stop/3 + 1; len(*data.numbers) > len(reference.History)-done {
			t.Errorf("stopped in batch %d of the scoring: epochs %v done again", stop, *data.numbers)
		}
	}
}

func TestPatienceErrors(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	for want, change := range map[string]func(*Config){
		"phase 1: want a patience of at least 0 epochs, got -1":          func(c *Config) { c.Phases[0].Patience = -1 },
		"a phase with patience wants images to validate on, got none":    func(c *Config) { c.Validate = nil },
		"a phase with patience wants a metric of 3 classes, got \"\"":    func(c *Config) { c.Metric = metric.Metric{} },
		"a phase with patience wants a metric of 3 classes, got \"auc\"": func(c *Config) { c.Metric = mustMetric("auc") },
		"a phase with patience wants a metric of 3 classes, got \"mae\"": func(c *Config) { c.Metric = mustMetric("mae") },
		"there are images to validate on, but no phase with patience":    func(c *Config) { c.Phases = c.Phases[2:] },
	} {
		c := patient(e, 0)
		change(&c)
		if _, err := Fit(t.Context(), c, bars(40, 16, 1)); err == nil || fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	c := patient(e, 0)
	c.Validate = altered{guesses(21), func(_, _ int, b *Batch) error { b.X = b.X[1:]; return nil }}
	if _, err := Fit(t.Context(), c, bars(40, 16, 1)); err == nil || !strings.Contains(err.Error(), "train: epoch 1: validate: 7 images of 16x16x1 want") {
		t.Errorf("got %v", err)
	}
}
