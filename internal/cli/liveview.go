package cli

import (
	"path/filepath"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/live"
)

// drawEvery is the time between two drawings of a run.
const drawEvery = 100 * time.Millisecond

// liveView shows a run on a terminal, in place, until end. Lines that are said meanwhile
// go above it.
type liveView struct {
	p      *Printer
	foot   string
	run    *live.Run // under the lock of the printer's progress, as the screen is
	screen screen
	done   chan struct{} // closed by end
	drawer chan struct{} // closed when nothing draws any more
}

func newLiveView(p *Printer, foot string) *liveView {
	v := &liveView{p: p, foot: foot, run: live.New(), screen: screen{w: p.err}, done: make(chan struct{}), drawer: make(chan struct{})}
	g := p.Progress()
	g.mu.Lock()
	g.view = v
	g.mu.Unlock()
	go v.keepDrawing()
	return v
}

// keepDrawing draws now and then: what events say, and the time that passes.
func (v *liveView) keepDrawing() {
	defer close(v.drawer)
	tick := time.NewTicker(drawEvery)
	defer tick.Stop()
	for {
		select {
		case <-v.done:
			return
		case <-tick.C:
			g := v.p.Progress()
			g.mu.Lock()
			v.draw()
			g.mu.Unlock()
		}
	}
}

// draw shows the run as it stands. The lock of the progress is held.
func (v *liveView) draw() {
	if len(v.run.Groups) == 0 {
		return // nothing is known yet
	}
	columns, lines := v.p.size()
	f := frame{look: lookOf(v.p), columns: columns, lines: lines, now: v.p.Progress().now(), foot: v.foot}
	v.screen.draw(f.draw(v.run), columns)
}

// erase takes the drawing away until the next one. The lock of the progress is held.
func (v *liveView) erase() {
	columns, _ := v.p.size()
	v.screen.erase(columns)
}

// observe takes in an event; what a person should read about a step is said.
func (v *liveView) observe(e pipelines.Event) {
	g := v.p.Progress()
	g.mu.Lock()
	v.run.Observe(e)
	g.mu.Unlock()
	v.p.notes(e)
	if look := e.Notes[pipelines.NoteLook]; look != "" && e.Event == pipelines.EventStepDone {
		v.p.Say("look at them: %s", filepath.Join(e.Dir, look))
	}
}

// end draws the run for the last time and leaves it there.
func (v *liveView) end(died bool) {
	close(v.done)
	<-v.drawer
	g := v.p.Progress()
	g.mu.Lock()
	defer g.mu.Unlock()
	if died {
		v.run.Died()
	}
	v.foot = "" // there is nothing to stop any more
	v.draw()
	g.view = nil
}
