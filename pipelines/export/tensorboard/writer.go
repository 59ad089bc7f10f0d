package tensorboard

import (
	"fmt"
	"io"
	"time"
)

// FileName is the name of an event file that was begun at a time: TensorBoard reads
// files with "tfevents" in their names, in the order of their names.
func FileName(at time.Time, suffix string) string {
	return fmt.Sprintf("events.out.tfevents.%010d.%s", at.Unix(), suffix)
}

// Writer writes the events of one file. Each event is one Write, so that what is on
// disk after a crash is whole up to the event that was being written; TensorBoard
// waits for the rest of a torn one. It is for one goroutine at a time.
type Writer struct{ w io.Writer }

// NewWriter begins an event file.
func NewWriter(w io.Writer, at time.Time) (*Writer, error) {
	out := &Writer{w}
	return out, out.write(event(at, 0, func(m *message) { m.text(eventFileVersion, "brain.Event:2") }))
}

// Scalar writes a point of the curve that tag names. TensorBoard groups curves by
// what is before the first slash of their tags. The value is kept as a float32; NaN
// is drawn as such.
func (w *Writer) Scalar(at time.Time, step int64, tag string, value float64) error {
	return w.write(event(at, step, func(m *message) {
		summary(m, tag, func(v *message) { v.float(valueSimple, float32(value)) })
	}))
}

// Start tells what the run of this folder is made with, for the page HPARAMS. Group
// is the name of a line of its table; a text that is a number or a truth value is
// taken as one.
func (w *Writer) Start(at time.Time, group string, params map[string]string) error {
	return w.write(event(at, 0, func(m *message) {
		hparams(m, "_hparams_/session_start_info", pluginStart, sessionStart(at, group, params))
	}))
}

// Status is how a run ended.
type Status int64

// The values of Status, as the hparams plugin numbers them.
const (
	Unknown Status = 0
	Success Status = 1
	Failure Status = 2
)

// End tells how the run ended that Start began.
func (w *Writer) End(at time.Time, status Status) error {
	var end message
	end.integer(endStatus, int64(status))
	end.double(endTime, seconds(at))
	return w.write(event(at, 0, func(m *message) { hparams(m, "_hparams_/session_end_info", pluginEnd, end) }))
}

func (w *Writer) write(m message) error {
	_, err := w.w.Write(frame(m))
	return err
}
