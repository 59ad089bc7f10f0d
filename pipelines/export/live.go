package export

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/export/tensorboard"
)

// Live writes event files for TensorBoard while a run is at work: a folder for the
// run, with the values of its spec, and in it one for each net with step/loss,
// step/lr and step/images_per_second by training step, and epoch/loss, epoch/lr,
// epoch/seconds and, where rows are watched, epoch/score by epoch. It is for one run.
type Live struct {
	dir    string
	params map[string]string
	run    string // its id; "" before the plan is ready
	root   *liveFile
	nets   map[string]*liveNet
	err    error // the first
}

// NewLive makes the folder and is ready for the events of a run of spec.
func NewLive(dir string, spec *pipelines.Spec) (*Live, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("event files for TensorBoard: %w", err)
	}
	return &Live{dir: dir, params: spec.Leaves(), nets: map[string]*liveNet{}}, nil
}

// liveFile is an event file that is still being written.
type liveFile struct {
	*tensorboard.Writer
	file *os.File
}

// liveNet is the net of a running step.
type liveNet struct {
	*liveFile
	began, told time.Time // the first point by step, and the last
	epoch       int       // the last that was written, or that an earlier run trained
}

// Observe writes what an event tells. It fits pipelines.Options.OnEvent. What goes
// wrong is kept for Finish: a run is worth more than its curves.
func (l *Live) Observe(e pipelines.Event) {
	if l.err == nil {
		l.err = l.observe(e)
	}
}

func (l *Live) observe(e pipelines.Event) (err error) {
	switch e.Event {
	case pipelines.EventPlanReady:
		l.run = e.RunID
		if l.root, err = l.open("", e.Time); err != nil {
			return err
		}
		return l.root.Start(e.Time, l.run, l.params)
	case pipelines.EventStepProgress:
		return l.progress(e)
	case pipelines.EventStepDone, pipelines.EventStepCached:
		return l.done(e)
	case pipelines.EventStepFailed:
		return l.end(e.Step)
	}
	return nil
}

// open begins the event file of the run, or of a step of it.
func (l *Live) open(step string, at time.Time) (*liveFile, error) {
	dir := filepath.Join(l.dir, l.run, step)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(dir, tensorboard.FileName(at, whileLive)))
	if err != nil {
		return nil, err
	}
	w, err := tensorboard.NewWriter(f, at)
	return &liveFile{w, f}, err
}

// net is the file of a step, which is begun when it first has something to tell.
func (l *Live) net(e pipelines.Event) (*liveNet, error) {
	if n := l.nets[e.Step]; n != nil {
		return n, nil
	}
	f, err := l.open(e.Step, e.Time)
	if f == nil {
		return nil, err
	}
	n := &liveNet{liveFile: f, began: e.Time}
	if epoch, ok := e.Fields["epoch"].(int); ok {
		n.epoch = epoch - 1
	}
	l.nets[e.Step] = n
	return n, err
}

// progress writes the figures of a step that trains. The points of a long training
// are thinned out: the gap between two grows with its length, up to ten seconds.
func (l *Live) progress(e pipelines.Event) error {
	step, trains := e.Fields["step"].(int)
	if !trains {
		return nil
	}
	n, err := l.net(e)
	if err != nil {
		return err
	}
	points := picked(e.Fields, "", "loss", "lr", "images_per_second")
	if gap := min(e.Time.Sub(n.began)/500, 10*time.Second); n.told.IsZero() || e.Time.Sub(n.told) >= gap {
		n.told = e.Time
		err = scalars(n.Writer, e.Time, int64(step), "step/", points)
	}
	ended, _ := e.Fields["ended_epoch"].(int)
	if ended != n.epoch+1 || err != nil { // after epochs that were too quick for events all come with the history
		return err
	}
	n.epoch = ended
	return scalars(n.Writer, e.Time, int64(ended), "epoch/", picked(e.Fields, "ended_", "loss", "lr", "score", "seconds"))
}

// picked are the numbers among the fields with these names behind a prefix.
func picked(fields map[string]any, prefix string, names ...string) map[string]float64 {
	out := map[string]float64{}
	for _, name := range names {
		if x, ok := fields[prefix+name].(float64); ok {
			out[name] = x
		}
	}
	return out
}

// done writes the epochs that the net's history has and the events had not, for they
// were too quick, or the net was there before.
func (l *Live) done(e pipelines.Event) error {
	epochs, err := history(e.Dir)
	if err != nil || epochs == nil {
		return err
	}
	n, err := l.net(e)
	if err != nil {
		return err
	}
	var total float64
	for _, x := range epochs {
		total += x.Seconds
	}
	at := times(e.Time.Add(-time.Duration(total*float64(time.Second))), epochs)
	for i, x := range epochs {
		if x.Epoch <= n.epoch {
			continue
		}
		if err := scalars(n.Writer, at[i], int64(x.Epoch), "epoch/", values(x)); err != nil {
			return err
		}
	}
	return l.end(e.Step)
}

// end closes the file of a step, if it has one.
func (l *Live) end(step string) error {
	n := l.nets[step]
	if n == nil {
		return nil
	}
	delete(l.nets, step)
	return n.file.Close()
}

// Finish writes the scores of the run, which has ended and lies under home, and gives
// the folder of its event files, "" if it never began. The error is the first of all
// that went wrong.
func (l *Live) Finish(home string) (string, error) {
	for step := range l.nets {
		l.err = errors.Join(l.err, l.end(step))
	}
	if l.root == nil {
		return "", l.err
	}
	if l.err == nil {
		l.err = l.close(home)
	}
	if err := errors.Join(l.err, l.root.file.Close()); err != nil {
		return "", fmt.Errorf("event files for TensorBoard: %w", err)
	}
	return filepath.Join(l.dir, l.run), nil
}

func (l *Live) close(home string) error {
	record, err := pipelines.LoadRun(home, l.run)
	if err != nil {
		return err
	}
	return (&Run{Run: record}).close(l.root.Writer)
}
