package cli

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// at makes the progress of a printer with a clock that the test moves.
func at(p *Printer, clock *time.Time) *Progress {
	g := p.Progress()
	g.now = func() time.Time { return *clock }
	return g
}

// TestProgressLines: off a terminal there is a line when a step begins and
// ends and one every ten seconds between, and never a control character.
func TestProgressLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	p := &Printer{err: &out}
	g := at(p, &clock)
	bar := g.Begin("train.cnn.fold0")
	for i := range 40 {
		clock = clock.Add(time.Second)
		bar.Set(float64(i+1)/40, "epoch 3/10, loss 0.0312")
	}
	bar.End("loss 0.0123")
	load := g.BeginBytes("train.csv", 0)
	clock = clock.Add(11 * time.Second)
	load.SetBytes(512, 0)
	clock = clock.Add(11 * time.Second)
	load.SetBytes(1024, 2048)
	load.Note("2 of 3 files")
	clock = clock.Add(11 * time.Second)
	load.SetBytes(1536, 2048)
	load.Fail("")
	g.Begin("score").Drop()
	want := `train.cnn.fold0 ...
train.cnn.fold0: 25 %  epoch 3/10, loss 0.0312
train.cnn.fold0: 50 %  epoch 3/10, loss 0.0312
train.cnn.fold0: 75 %  epoch 3/10, loss 0.0312
train.cnn.fold0: 100 %  epoch 3/10, loss 0.0312
done train.cnn.fold0  40.0s  loss 0.0123
train.csv ...
train.csv: 512 B
train.csv: 1.0 KiB of 2.0 KiB, 46 B/s, 22s to go
train.csv: 1.5 KiB of 2.0 KiB, 46 B/s, 11s to go  2 of 3 files
failed train.csv
score ...
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

// TestProgressSilent: nothing with --quiet or --json.
func TestProgressSilent(t *testing.T) {
	t.Parallel()
	for _, p := range []*Printer{{quiet: true}, {json: true}, {quiet: true, tty: true}} {
		var out bytes.Buffer
		p.err = &out
		bar := p.Progress().Begin("x")
		bar.Set(0.5, "half")
		bar.End("")
		if out.Len() != 0 {
			t.Errorf("%+v: %q", p, &out)
		}
	}
}

// TestProgressTerminal: on a terminal the bar names the step and its text, and
// a finished step leaves its line.
func TestProgressTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	p := &Printer{err: &out, tty: true}
	g := at(p, &clock)
	g.throttle = 0
	bar := g.Begin("train")
	bar.Set(0.5, "loss 0.5000")
	p.Say("a line between")
	inner := g.BeginBytes("test.csv", 100)
	inner.SetBytes(100, 100)
	inner.End("")
	bar.Set(-1, "loss 0.4000")
	clock = clock.Add(2 * time.Second)
	bar.End("loss 0.4000")
	bar.Set(1, "late") // a step may still report after its end
	text := out.String()
	for _, part := range []string{"train", "loss 0.5000", "a line between\n", "test.csv", "done test.csv  0s\n", "done train  2.0s  loss 0.4000\n", "%"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in %q", part, text)
		}
	}
	if strings.Contains(text, "late") || !strings.HasSuffix(text, "loss 0.4000\n") {
		t.Errorf("drawn after the end: %q", text)
	}
}

func TestProgressConcurrent(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	g := (&Printer{err: &out, tty: true}).Progress()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			bar := g.Begin("x")
			for i := range 50 {
				bar.Set(float64(i)/50, "y")
				g.p.Say("a remark")
			}
			bar.End("")
		})
	}
	group.Wait()
	if got := strings.Count(out.String(), "done x"); got != 8 {
		t.Errorf("%d of 8 steps ended", got)
	}
	for line := range strings.Lines(out.String()) {
		before, said := strings.CutSuffix(line, "a remark\n")
		if said && before != "" && !strings.HasSuffix(before, "\r") && !strings.HasSuffix(before, "\x1b[2K") {
			t.Errorf("a remark behind a bar: %q", line)
		}
	}
}

// TestLossInSight: on a terminal of 80 columns the text of a training step shows
// its loss, and the whole line fits.
func TestLossInSight(t *testing.T) {
	t.Parallel()
	const text = "train.cnn.fold0  epoch 3 of 12, loss 0.0312, 1840 images/s"
	cells, rest := layout(80, false)
	if got := cut(text, 80-cells-rest); !strings.Contains(got, "loss 0.0312") {
		t.Errorf("on 80 columns: %q", got)
	}
	if cells, rest := layout(120, false); cut(text, 120-cells-rest) != text {
		t.Error("on 120 columns the text is cut")
	}
	const widest = "100% |" + "|  [59m59s:11h59m59s]"
	if len(widest)+1 > rest {
		t.Errorf("the bar's own parts take %d, more than %d", len(widest)+1, rest)
	}
	if _, rest := layout(120, true); len(widest+" (1023.9 MiB/s)")+1 > rest {
		t.Errorf("a transfer's own parts take %d, more than %d", len(widest+" (1023.9 MiB/s)")+1, rest)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{
		{"train.cnn.fold0", 20, "train.cnn.fold0"}, {"train.cnn.fold0  epoch 3/10", 20, "train.cnn.fold0..."},
		{"train.cnn.fold0", -5, "train.cnn..."}, {"ääääääääääääääää", 14, "äääääääääää..."},
	} {
		if got := cut(c.s, c.n); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.s, c.n, got, c.want)
		}
	}
}
