package export

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/export/tensorboard"
)

// The ends of the names of event files: of a run that has ended, and of one at work.
const (
	afterwards = "podium"
	whileLive  = "podium-live"
)

// TensorBoard writes event files of the run into a folder of its own in dir, which it
// gives: the run's scores and the values of its spec there, and the curves of each
// net, by epoch, in a folder for each step that trained one. What was exported before
// is replaced; what Live wrote knows more, and is not.
func (r *Run) TensorBoard(dir string) (string, error) {
	root := filepath.Join(dir, r.ID)
	if live, err := filepath.Glob(filepath.Join(root, "*"+whileLive)); err != nil || len(live) > 0 {
		return "", fault.New(fault.Usage, "tensorboard --logdir "+dir,
			"%s holds what run %s wrote while it trained, which is more than can be exported", root, r.ID)
	}
	err := eventFile(root, r.Started, func(w *tensorboard.Writer) error {
		if err := w.Start(r.Started, r.ID, r.Params); err != nil {
			return err
		}
		return r.close(w)
	})
	for _, c := range r.Curves {
		if err == nil {
			err = eventFile(filepath.Join(root, c.Step), c.Began, func(w *tensorboard.Writer) error { return c.write(w) })
		}
	}
	if err != nil {
		return "", fmt.Errorf("export run %s to TensorBoard: %w", r.ID, err)
	}
	return root, nil
}

// eventFile makes a whole event file in a folder.
func eventFile(dir string, at time.Time, fill func(*tensorboard.Writer) error) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, tensorboard.FileName(at, afterwards)), 0o644, func(out io.Writer) error {
		w, err := tensorboard.NewWriter(out, at)
		if err != nil {
			return err
		}
		return fill(w)
	})
}

// close writes the run's scores, and how it ended.
func (r *Run) close(w *tensorboard.Writer) error {
	if err := scalars(w, r.latest(), 0, "", r.figures()); err != nil {
		return err
	}
	status := tensorboard.Failure
	switch r.Status {
	case pipelines.RunRunning:
		return nil
	case pipelines.RunOK:
		status = tensorboard.Success
	}
	return w.End(r.ended(), status)
}

// latest is the last moment that the record knows of.
func (r *Run) latest() time.Time {
	if end := r.ended(); !end.IsZero() {
		return end
	}
	return r.Started
}

func (c Curve) write(w *tensorboard.Writer) error {
	at := times(c.Began, c.Epochs)
	for i, e := range c.Epochs {
		if err := scalars(w, at[i], int64(e.Epoch), "epoch/", values(e)); err != nil {
			return err
		}
	}
	return nil
}

// scalars writes a point of several curves, in the order of their names.
func scalars(w *tensorboard.Writer, at time.Time, step int64, group string, points map[string]float64) error {
	for _, name := range slices.Sorted(maps.Keys(points)) {
		if err := w.Scalar(at, step, group+name, points[name]); err != nil {
			return err
		}
	}
	return nil
}
