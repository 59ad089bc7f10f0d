package cli

import (
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Progress shows how far work is, on stderr. On a terminal one bar is drawn,
// that of the step that began last, with its share, rate and time to go, and a
// finished step leaves a line. Elsewhere a step gets a line when it begins and
// ends and one now and then between. With --quiet or --json there is nothing.
//
// Its methods and those of its bars may be called from any goroutine.
type Progress struct {
	p        *Printer
	now      func() time.Time
	throttle time.Duration // least time between two drawings

	once sync.Once // fills in the above
	mu   sync.Mutex
	open []*Bar    // begun and not ended; the last one is drawn
	view *liveView // drawn in the bars' place, if there is one
}

// logEvery is the least time between two lines of one step off a terminal.
const logEvery = 10 * time.Second

// Progress is the printer's progress.
func (p *Printer) Progress() *Progress {
	g := &p.progress
	g.once.Do(func() { g.p, g.now, g.throttle = p, time.Now, 100*time.Millisecond })
	return g
}

// Bar is the progress of one step.
type Bar struct {
	g     *Progress
	name  string
	begun time.Time
	said  time.Time // when the last line was logged
	bytes bool
	drawn *progressbar.ProgressBar // nil off a terminal and until first drawn
	total int64
	done  int64
	known int64 // of a transfer: done when the last line was logged, -1 before the first movement
	text  string
}

// barSteps is the resolution of a bar that shows a share.
const barSteps = 1000

// Begin starts the bar of a step that tells its share of done work.
func (g *Progress) Begin(name string) *Bar { return g.begin(&Bar{name: name, total: barSteps}) }

// BeginBytes starts the bar of a transfer. total may be 0 or less if it is not
// known yet.
func (g *Progress) BeginBytes(name string, total int64) *Bar {
	return g.begin(&Bar{name: name, total: max(total, 0), bytes: true, known: -1})
}

func (g *Progress) begin(b *Bar) *Bar {
	g.mu.Lock()
	defer g.mu.Unlock()
	b.g, b.begun = g, g.now()
	b.said = b.begun
	g.clear()
	g.open = append(g.open, b)
	if g.p.Talks() && !g.p.tty {
		fmt.Fprintf(g.p.err, "%s ...\n", b.name)
	}
	g.draw(b)
	return b
}

// Set says that a share in [0, 1] of the step is done, negative for unknown,
// and what it is at, such as "epoch 3/10, loss 0.0312, 1840 images/s".
func (b *Bar) Set(share float64, text string) {
	b.g.mu.Lock()
	defer b.g.mu.Unlock()
	if share >= 0 {
		b.done = int64(math.Round(min(share, 1) * barSteps))
	}
	b.text = text
	b.moved()
}

// SetBytes says how much of a transfer is done.
func (b *Bar) SetBytes(done, total int64) {
	b.g.mu.Lock()
	defer b.g.mu.Unlock()
	b.done = done
	if b.known < 0 {
		b.known = done // what was there already says nothing of the rate
	}
	if total > 0 && total != b.total {
		b.total = total
		if b.drawn != nil {
			b.drawn.ChangeMax64(total)
		}
	}
	b.moved()
}

// Note says what a transfer is at, such as a file's name.
func (b *Bar) Note(text string) {
	b.g.mu.Lock()
	defer b.g.mu.Unlock()
	b.text = text
}

// End takes the bar away and leaves a line in its place: the step's name, the
// time it took and a summary, such as "loss 0.0123".
func (b *Bar) End(summary string) {
	took := b.g.now().Sub(b.begun)
	b.close(fmt.Sprintf("%s %s  %s%s", b.g.p.paint(green, "done"), b.name, durationText(took), gap(summary)))
}

// Fail takes the bar away and leaves a line that the step did not end well.
func (b *Bar) Fail(summary string) {
	b.close(fmt.Sprintf("%s %s%s", b.g.p.paint(red, "failed"), b.name, gap(summary)))
}

// Drop takes the bar away and leaves nothing.
func (b *Bar) Drop() { b.close("") }

func (b *Bar) close(line string) {
	g := b.g
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear()
	for i, o := range g.open {
		if o == b {
			g.open = append(g.open[:i], g.open[i+1:]...)
			break
		}
	}
	if line != "" && g.p.Talks() {
		fmt.Fprintln(g.p.err, line)
	}
	if len(g.open) > 0 {
		g.draw(g.open[len(g.open)-1])
	}
}

// wipe clears the drawn bar so that a line can be written in its place; the
// next movement draws it again.
func (g *Progress) wipe() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear()
}

func (g *Progress) clear() {
	if g.view != nil {
		g.view.erase()
	}
	if len(g.open) == 0 {
		return
	}
	if b := g.open[len(g.open)-1]; b.drawn != nil {
		_ = b.drawn.Clear()
	}
}

// moved draws or logs the bar's new state. The lock is held.
func (b *Bar) moved() {
	g := b.g
	if !g.p.Talks() {
		return
	}
	if g.p.tty {
		if n := len(g.open); n > 0 && g.open[n-1] == b {
			g.draw(b)
		}
		return
	}
	if now := g.now(); now.Sub(b.said) >= logEvery {
		fmt.Fprintf(g.p.err, "%s: %s%s\n", b.name, b.share(now), gap(b.text))
		b.said, b.known = now, b.done
	}
}

// share is the done part in words, for a transfer with the rate since the last
// line and the time that it would take to the end.
func (b *Bar) share(now time.Time) string {
	if !b.bytes {
		return fmt.Sprintf("%d %%", 100*b.done/barSteps)
	}
	text := bytesText(b.done)
	if b.total > 0 {
		text += " of " + bytesText(b.total)
	}
	rate := float64(b.done-b.known) / now.Sub(b.said).Seconds()
	if rate < 1 {
		return text
	}
	text += fmt.Sprintf(", %s/s", bytesText(int64(rate)))
	if left := b.total - b.done; left > 0 {
		text += fmt.Sprintf(", %s to go", time.Duration(float64(left)/rate*float64(time.Second)).Round(time.Second))
	}
	return text
}

func (g *Progress) draw(b *Bar) {
	if !g.p.Talks() || !g.p.tty {
		return
	}
	cells, rest := layout(g.p.width(), b.bytes)
	if b.drawn == nil {
		b.drawn = progressbar.NewOptions64(max(b.total, 1),
			progressbar.OptionSetWriter(g.p.err),
			progressbar.OptionSetDescription(b.name),
			progressbar.OptionEnableColorCodes(false), // a step's name may hold brackets
			progressbar.OptionShowBytes(b.bytes),
			progressbar.OptionUseIECUnits(true),
			progressbar.OptionSetWidth(cells),
			progressbar.OptionThrottle(g.throttle),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionUseANSICodes(true),
			progressbar.OptionSetRenderBlankState(true),
		)
	}
	b.drawn.Describe(cut(b.name+gap(b.text), g.p.width()-cells-rest))
	// The library ends a bar that is full; End does that here.
	_ = b.drawn.Set64(min(b.done, max(b.total, 1)-1))
}
