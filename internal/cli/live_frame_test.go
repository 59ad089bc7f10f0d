package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/live"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// foldsRun is a run of so many folds at a time of its life: seconds after its begin,
// of which every fold takes 10, 8 of them to train.
func foldsRun(folds, seconds int) *live.Run {
	r := live.New()
	ready := pipelines.Event{Event: pipelines.EventPlanReady, Time: noon, RunID: "20261124-120000-digits-ab12", Pipeline: "digits"}
	add := func(id string) {
		op, _, _ := strings.Cut(id, ".")
		ready.Steps = append(ready.Steps, pipelines.PlannedStep{ID: id, Op: op, Status: pipelines.StatusRun})
	}
	for _, id := range []string{"download.train", "download.test", "images.train", "folds"} {
		add(id)
	}
	for i := range folds {
		add(fmt.Sprintf("train.cnn.fold%d", i))
		add(fmt.Sprintf("predict.cnn.fold%d", i))
	}
	for _, id := range []string{"blend", "write", "submit"} {
		add(id)
	}
	r.Observe(ready)
	tell := func(second int, e pipelines.Event) {
		if e.Time = noon.Add(time.Duration(second) * time.Second); second <= seconds {
			r.Observe(e)
		}
	}
	whole := func(id string, from, to int, metrics map[string]float64) {
		tell(from, pipelines.Event{Event: pipelines.EventStepStarted, Step: id})
		for s := from + 1; s < to; s++ {
			share := float64(s-from) / float64(to-from)
			tell(s, pipelines.Event{Event: pipelines.EventStepProgress, Step: id, Fraction: &share, Text: fmt.Sprintf("epoch %d of 8", s-from),
				Fields: map[string]any{"loss": 1 - share, "images_per_second": 1840.4}})
		}
		tell(to, pipelines.Event{Event: pipelines.EventStepDone, Step: id, Seconds: float64(to - from), Metrics: metrics})
	}
	for i, id := range []string{"download.train", "download.test", "images.train", "folds"} {
		tell(i, pipelines.Event{Event: pipelines.EventStepCached, Step: id, Metrics: map[string]float64{"rows": 10}})
	}
	for i := range folds {
		whole(fmt.Sprintf("train.cnn.fold%d", i), 10+10*i, 18+10*i, map[string]float64{"loss": 0.0312})
		whole(fmt.Sprintf("predict.cnn.fold%d", i), 18+10*i, 20+10*i, nil)
	}
	for i, id := range []string{"blend", "write", "submit"} {
		whole(id, 10+10*folds+i, 11+10*folds+i, nil)
	}
	tell(14+10*folds, pipelines.Event{Event: pipelines.EventRunFinished, Status: pipelines.RunOK})
	return r
}

func drawn(r *live.Run, l look, columns, lines int) string {
	var b strings.Builder
	for _, d := range (frame{look: l, columns: columns, lines: lines, now: r.At}).draw(r) {
		b.WriteString(d.text + "\n")
	}
	return b.String()
}

// TestFrame: what is drawn on a usual terminal, on a small one, and with signs of ASCII.
func TestFrame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		r              *live.Run
		look           look
		columns, lines int
		want           string
	}{
		{"before the first step", foldsRun(2, -1), signs, 80, 24, `
digits  20261124-120000-digits-ab12
· download  train, test
· images    train
· folds
· cnn       2 nets
· blend
· write
· submit
0 of 11 steps · 0s
`},
		{"in the middle", foldsRun(3, 25), signs, 80, 24, `
digits  20261124-120000-digits-ab12
✓ download  cached  train, test
✓ images    cached  10 rows
✓ folds     cached  10 rows
▸ cnn       ███████░░░░░░░░░  44 %  1 of 3
  ✓ fold0  10.0s   loss 0.0312
  ▸ fold1  █████░░░░░░░░░░░  31 %  train
      loss 0.3750 █▇▅▃▁ · epoch 5 of 8 · 3s to go · 1840 images/s
  · fold2
· blend
· write
· submit
6 of 13 steps · 25s · at least 15s to go
`},
		{"small", foldsRun(5, 35), signs, 40, 10, `
digits  20261124-120000-digits-ab12
✓ 3 before
▸ cnn       ████░░░░  46 %  2 of 5
  ✓ 2 before
  ▸ fold2  ███░░░░░  31 %  train
      loss 0.3750 █▇▅▃▁ · epoch 5 of 8
  · 2 more
· 3 more
8 of 17 steps · 35s · >25s to go
`},
		{"tiny", foldsRun(5, 35), plainSigns, 24, 4, `
> cnn       ##--  46 %
. 3 more
8 of 17 steps, 35s
`},
		{"over, in ASCII", foldsRun(2, 60), plainSigns, 80, 24, `
digits  20261124-120000-digits-ab12
+ download  cached  train, test
+ images    cached  10 rows
+ folds     cached  10 rows
+ cnn       20.0s   loss 0.0312  2 of 2
  + fold0  10.0s   loss 0.0312
  + fold1  10.0s   loss 0.0312
+ blend     1.0s
+ write     1.0s
+ submit    1.0s
11 of 11 steps, 34s, ok
`},
	} {
		if d := cmp.Diff(c.want[1:], drawn(c.r, c.look, c.columns, c.lines)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// TestFrameFits: at every moment, on a terminal of any size, no more lines and columns
// are drawn than there are, and what is at work is among them.
func TestFrameFits(t *testing.T) {
	t.Parallel()
	for second := -1; second < 100; second += 3 {
		r := foldsRun(8, second)
		for _, lines := range []int{1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 17, 24, 50} {
			for _, columns := range []int{1, 8, 20, 40, 80, 200} {
				text := drawn(r, signs, columns, lines)
				rows := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
				if len(rows) > max(lines-1, 1) {
					t.Fatalf("second %d on %dx%d: %d lines\n%s", second, columns, lines, len(rows), text)
				}
				for _, row := range rows {
					if w := uniseg.StringWidth(row); w > max(columns-1, 0) {
						t.Fatalf("second %d on %dx%d: %d columns\n%s", second, columns, lines, w, text)
					}
				}
				group, _, _ := r.Focus()
				if group != nil && columns >= 40 && group.State() == pipelines.Running && !strings.Contains(text, signs.marks[1]) {
					t.Fatalf("second %d on %dx%d: what is at work is not drawn\n%s", second, columns, lines, text)
				}
			}
		}
	}
}

func TestColours(t *testing.T) {
	t.Parallel()
	l := signs
	l.color = true
	colored := drawn(foldsRun(3, 25), l, 40, 10)
	var plain strings.Builder
	for i, part := range strings.Split(colored, "\x1b[") {
		if _, rest, ok := strings.Cut(part, "m"); ok && i > 0 {
			part = rest
		}
		plain.WriteString(part)
	}
	if d := cmp.Diff(drawn(foldsRun(3, 25), signs, 40, 10), plain.String()); d != "" || !strings.Contains(colored, green) {
		t.Errorf("colours change more than colours (-without +with):\n%s", d)
	}
}

func TestASCIIOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, false}, {map[string]string{"LANG": "C.UTF-8"}, false}, {map[string]string{"LANG": "de_DE.utf8"}, false},
		{map[string]string{"LANG": "C"}, true}, {map[string]string{"LANG": "de_DE.ISO-8859-1"}, true},
		{map[string]string{"LANG": "C.UTF-8", "LC_ALL": "POSIX"}, true}, {map[string]string{"LANG": "C", "LC_CTYPE": "C.UTF-8"}, false},
	} {
		if got := asciiOnly(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %v", c.env, got)
		}
	}
}

// TestLiveView: what is said stands above the tree, which is drawn again below it; the
// last drawing stays.
func TestLiveView(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &Printer{err: &out, tty: true}
	clock := noon.Add(time.Second)
	g := p.Progress()
	g.now = func() time.Time { return clock }
	v := newLiveView(p, "Ctrl-C stops watching")
	for _, e := range []pipelines.Event{
		{Event: pipelines.EventPlanReady, Time: noon, Pipeline: "p", Steps: []pipelines.PlannedStep{{ID: "a", Op: "a"}, {ID: "b", Op: "b"}}},
		{Event: pipelines.EventStepStarted, Time: noon, Step: "a"},
		{Event: pipelines.EventStepDone, Time: noon, Step: "a", Seconds: 2, Dir: "there", Notes: map[string]string{
			pipelines.NoteWarning: "mind the gap", pipelines.NoteTold: "a word", pipelines.NoteLook: "sheet.png"}},
	} {
		v.observe(e)
	}
	v.end(true)
	p.Say("afterwards")
	term := newTerminal(t, 100, 24)
	if _, err := term.Write(out.Bytes()); err != nil {
		t.Fatal(err)
	}
	want := "note: a word\nwarning: mind the gap\nlook at them: there/sheet.png\n" +
		"p\n✓ a  2.0s\n✗ b  stopped\n1 of 2 steps · 0s · died\nafterwards\n"
	if d := cmp.Diff(want, term.all()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// BenchmarkFrame is one drawing of a run of eight folds, of which there are ten a second.
func BenchmarkFrame(b *testing.B) {
	r := foldsRun(8, 45)
	f := frame{look: signs, columns: 120, lines: 40, now: r.At}
	b.ReportAllocs()
	for b.Loop() {
		f.draw(r)
	}
}
