package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// recipes are trainings that resume must not change: everything that has a
// state is in one of them.
func recipes(e engine.Engine) map[string]Config {
	two := barsConfig(e)
	deep := barsConfig(e)
	deep.Net.Arch = "mnist_bn"
	deep.Phases = []Phase{{Epochs: 2, Batch: 16, LR: 1e-3, Schedule: "one_cycle", EMA: 0.9}}
	mixed := barsConfig(e)
	mixed.Phases[1].EMA = 0 // the average ends with the first phase
	transfer := cutConfig(e, Phase{Epochs: 1, Batch: 16, LR: 0.01, EMA: 0.9, Freeze: true},
		Phase{Epochs: 3, Batch: 16, LR: 0.01, EMA: 0.9, BackboneLR: 0.1, WarmUp: 0.3, Patience: 1})
	transfer.Validate, transfer.Metric = guesses(20), accuracyMetric
	boxes := transfer
	boxes.Extra, boxes.Boxes, boxes.Validate = 4, 0.01, boxed(20, 16, 5)
	late := barsConfig(e)
	late.Phases[0].EMA = 0 // and here begins with the second
	return map[string]Config{"two phases": two, "mnist_bn": deep, "ema ends": mixed, "ema begins": late,
		"patience": patient(e, 0.9), "patience without ema": patient(e, 0), "transfer": transfer, "boxes": boxes}
}

// TestInterrupted stops trainings at random steps, again and again, until one
// gets to the end: the model is the same to the last bit.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for name, c := range recipes(newEngine(t)) {
		t.Run(name, func(t *testing.T) {
			data := boxed(40, 16, 1)
			want, wantBytes := mustFit(t, c, data)
			r := seed.Rand(3, name)
			c.Checkpoint = filepath.Join(t.TempDir(), "not", "there", "yet")
			stops := 0
			for {
				ctx, cancel := context.WithCancel(t.Context())
				left := r.IntN(4)
				var d Dataset = &hooked{Skipper: data, before: func(n int) {
					if n == left {
						cancel()
					}
				}}
				if stops%2 == 1 {
					d = plain{d}
				}
				m, err := Fit(ctx, c, d)
				cancel()
				if errors.Is(err, context.Canceled) {
					stops++
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(modelBytes(t, m), wantBytes) {
					t.Errorf("after %d interruptions the model differs", stops)
				}
				sameHistory(t, want.History, m.History)
				break
			}
			if stops < 2 {
				t.Errorf("the training was interrupted %d times: the test shows nothing", stops)
			}
		})
	}
}

func sameHistory(t *testing.T, want, got []EpochStats) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("want %d epochs of history, got %d", len(want), len(got))
	}
	for i := range want {
		w, g := want[i], got[i]
		w.Seconds, g.Seconds = 0, 0
		if w != g {
			t.Errorf("history: want %+v, got %+v", w, g)
		}
	}
}

// TestKilled copies the checkpoint folder while a training is at work, at every
// step, as a kill would leave it, and goes on from each copy.
func TestKilled(t *testing.T) {
	t.Parallel()
	for name, c := range recipes(newEngine(t)) {
		t.Run(name, func(t *testing.T) {
			data := boxed(40, 16, 1)
			_, want := mustFit(t, c, data)
			dir := t.TempDir()
			c.Checkpoint, c.Every = filepath.Join(dir, "live"), time.Nanosecond
			var copies []string
			_, got := mustFit(t, c, &hooked{Skipper: data, before: func(n int) {
				to := filepath.Join(dir, fmt.Sprint("killed", n))
				if n > 0 {
					copies = append(copies, to)
					copyFolder(t, c.Checkpoint, to)
				}
			}})
			if !bytes.Equal(got, want) {
				t.Error("a training with checkpoints gives another model than one without")
			}
			if len(copies) < 5 {
				t.Fatalf("%d copies: the test shows nothing", len(copies))
			}
			c.Every = -1
			for _, c.Checkpoint = range copies {
				if _, got := mustFit(t, c, data); !bytes.Equal(got, want) {
					t.Errorf("going on from %s gives another model", filepath.Base(c.Checkpoint))
				}
			}
		})
	}
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Error(err)
	}
	// What a kill in the middle of writing leaves behind.
	half := filepath.Join(to, "."+checkpointName+".tmp-123")
	if err := os.WriteFile(half, []byte("half"), 0o600); err != nil {
		t.Error(err)
	}
}

// TestFinished: a training that is done is not done again.
func TestFinished(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	c.Checkpoint = t.TempDir()
	data := bars(40, 16, 1)
	first, want := mustFit(t, c, data)
	again, got := mustFit(t, c, &hooked{Skipper: data, before: func(int) { t.Error("an image was asked for") }})
	if !bytes.Equal(got, want) {
		t.Error("the model read from the checkpoint differs")
	}
	if again.History[0] != first.History[0] {
		t.Errorf("history: want %+v, got %+v", first.History[0], again.History[0])
	}
	left, err := os.ReadDir(c.Checkpoint)
	if err != nil || len(left) != 1 {
		t.Errorf("want one file in the folder, got %v, %v", left, err)
	}
}

// TestDamaged: a checkpoint that cannot be used is told of, and the training
// starts anew with the same result.
func TestDamaged(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	data := bars(40, 16, 1)
	_, want := mustFit(t, c, data)
	c.Checkpoint = t.TempDir()
	mustFit(t, c, data)
	path := filepath.Join(c.Checkpoint, checkpointName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rewrite := func(change func(f *weight.File)) []byte {
		f, err := weight.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		change(f)
		other := filepath.Join(t.TempDir(), "other")
		if err := weight.Save(other, f.Tensors, f.Meta); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(other)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tests := []struct {
		label string
		b     []byte
		warns string
	}{
		{"empty", nil, "damaged"},
		{"truncated", whole[:len(whole)-1], "damaged"},
		{"text", []byte("this is no checkpoint at all"), "damaged"},
		{"another format", rewrite(func(f *weight.File) { f.Meta["format"] = "podium checkpoint 0" }), "not a checkpoint of this version"},
		{"another net", rewrite(func(f *weight.File) { f.Tensors = f.Tensors[1:] }), "does not fit, training starts anew"},
		{"step", rewrite(func(f *weight.File) { f.Meta["position"] = `{"phase":1,"epoch":0,"step":99}` }), "want step"},
		{"past the end", rewrite(func(f *weight.File) { f.Meta["position"] = `{"phase":1,"epoch":9}` }), "past the end"},
		{"no position", rewrite(func(f *weight.File) { delete(f.Meta, "position") }), "position"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			c := c
			c.Checkpoint = t.TempDir()
			if err := os.WriteFile(filepath.Join(c.Checkpoint, checkpointName), tt.b, 0o600); err != nil {
				t.Fatal(err)
			}
			var warned []string
			c.Warn = func(err error) { warned = append(warned, err.Error()) }
			if _, got := mustFit(t, c, data); !bytes.Equal(got, want) {
				t.Error("the model differs from one trained without a checkpoint")
			}
			if len(warned) != 1 || !strings.Contains(warned[0], tt.warns) || !strings.Contains(warned[0], c.Checkpoint) {
				t.Errorf("want one warning with %q and the path, got %q", tt.warns, warned)
			}
		})
	}
}

// TestAnotherTraining: a checkpoint of other settings is never overwritten.
func TestAnotherTraining(t *testing.T) {
	t.Parallel()
	tests := []struct {
		label  string
		change func(*Config)
		images int
		want   string
	}{
		{"lr", func(c *Config) { c.Phases[1].LR = 0.02 }, 40, "phase 2: its LR is 0.01, want 0.02"},
		{"seed", func(c *Config) { c.Seed = 8 }, 40, "its Seed is 7, want 8"},
		{"phases", func(c *Config) { c.Phases = c.Phases[:1] }, 40, "it has 2 phases, want 1"},
		{"images", func(*Config) {}, 41, "its Images is 40, want 41"},
	}
	e := newEngine(t)
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			c := barsConfig(e)
			c.Checkpoint = t.TempDir()
			mustFit(t, c, bars(40, 16, 1))
			before, err := os.ReadFile(filepath.Join(c.Checkpoint, checkpointName))
			if err != nil {
				t.Fatal(err)
			}
			tt.change(&c)
			_, err = Fit(t.Context(), c, bars(tt.images, 16, 1))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(fault.HintOf(err), c.Checkpoint) {
				t.Errorf("want an error with %q and a hint with the folder, got %v (%s)", tt.want, err, fault.HintOf(err))
			}
			after, err := os.ReadFile(filepath.Join(c.Checkpoint, checkpointName))
			if err != nil || !bytes.Equal(before, after) {
				t.Error("the other training's checkpoint was touched")
			}
		})
	}
}

// TestFolderIsFile: that no checkpoint can be written is found before training.
func TestFolderIsFile(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	c.Checkpoint = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(c.Checkpoint, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Fit(t.Context(), c, &hooked{Skipper: bars(40, 16, 1), before: func(int) { t.Error("an image was asked for") }})
	if err == nil || !strings.Contains(err.Error(), "train: checkpoint folder") || fault.HintOf(err) == "" {
		t.Errorf("want an error with a hint, got %v", err)
	}
}

// moreThreads is an engine that says that it has more threads.
type moreThreads struct{ engine.Engine }

func (moreThreads) Threads() int { return 64 }

// otherLevel is an engine that says that it computes with other instructions.
type otherLevel struct{ engine.Engine }

func (otherLevel) String() string { return "cpu neon" }

func TestOtherEngine(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	for want, other := range map[string]engine.Engine{
		"with 64 threads where it was ":             moreThreads{e},
		"cpu neon with 2 threads where it was cpu ": otherLevel{e},
	} {
		c := barsConfig(e)
		c.Checkpoint = t.TempDir()
		data := bars(40, 16, 1)
		mustFit(t, c, data)
		var warned []string
		c.Warn = func(err error) { warned = append(warned, err.Error()) }
		mustFit(t, c, data)
		if len(warned) != 0 {
			t.Errorf("the same engine: warned %q", warned)
		}
		c.Engine = other
		mustFit(t, c, data)
		if len(warned) != 1 || !strings.Contains(warned[0], want) {
			t.Errorf("want one warning with %q, got %q", want, warned)
		}
	}
}
