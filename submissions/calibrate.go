package submissions

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// The corrections.
const (
	Temperature = "temperature" // probabilities to the power 1/T, rescaled
	Prior       = "prior"       // class frequencies of the test rows in place of the training rows'
	Clip        = "clip"        // no probability below C
)

// Correction is one step of calibration.
type Correction struct {
	Kind string // Temperature, Prior or Clip
	// Auto estimates the value and keeps the correction only where it helps;
	// otherwise Value is used: T above 0; C in 0..<1/classes; a frequency a class.
	Auto  bool
	Value []float64
}

// Calibrated are corrected predictions and what was done.
type Calibrated struct {
	OOF, Test []float32 // [rows, classes]
	Report    CalibrationReport
}

// CalibrationReport says what a calibration chose.
type CalibrationReport struct {
	Metric string      `json:"metric"`
	Before float64     `json:"cv_before"`
	CV     float64     `json:"cv"` // nested over the folds
	Steps  []Corrected `json:"steps"`
}

// Corrected is what became of one correction.
type Corrected struct {
	Kind  string    `json:"kind"`
	Auto  bool      `json:"auto"`
	Kept  bool      `json:"kept"`
	Value []float64 `json:"value"` // what was estimated or given, also where it is not kept
	// Before and After are the metric that test rows may expect: of a temperature
	// or a clip nested over the folds, each scored with what the others choose; of
	// a prior with the training rows weighted to the new frequencies.
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Why    string  `json:"why,omitempty"` // why it is not kept
}

// Calibrate corrects predictions step by step, in that order. A temperature or a
// clip under Auto is fitted to the out-of-fold predictions, the temperature by
// log loss, the clip by the metric; it is kept where it betters the metric nested
// over the folds: each fold corrected by what all others chose, from the first
// step on. A prior changes the test rows only, since the training rows have the
// frequencies that they have.
func Calibrate(ctx context.Context, m metric.Metric, corrections []Correction, oof, test []float32, t Truth) (Calibrated, error) {
	c, err := newCalibration(m, oof, test, t)
	if err != nil {
		return Calibrated{}, fmt.Errorf("calibrate: %w", err)
	}
	for _, step := range corrections {
		if err := ctx.Err(); err != nil {
			return Calibrated{}, err
		}
		if err := c.take(step); err != nil {
			return Calibrated{}, fmt.Errorf("calibrate: %s: %w", step.Kind, err)
		}
	}
	c.report.CV = c.cv
	return Calibrated{OOF: c.nested, Test: c.test, Report: c.report}, nil
}

// calibration is a Calibrate at work.
type calibration struct {
	metric metric.Metric
	truth  Truth
	folds  []parts
	raw    []float32 // out-of-fold, before the first step
	nested []float32 // out-of-fold, each fold corrected by what the others chose
	all    []float32 // out-of-fold, corrected by what all folds chose, as the test rows are
	test   []float32
	cv     float64       // of nested
	kept   [][]correcter // of each fold
	report CalibrationReport
}

// correcter corrects a row in place.
type correcter func(row []float64)

func newCalibration(m metric.Metric, oof, test []float32, t Truth) (*calibration, error) {
	if !m.Classifies() {
		return nil, fmt.Errorf("the metric %s is not of classes", m.Name)
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	if len(oof) != len(t.Labels)*t.Classes || len(test)%t.Classes != 0 {
		return nil, fmt.Errorf("%d and %d values do not fit %d training rows of %d classes", len(oof), len(test), len(t.Labels), t.Classes)
	}
	for _, x := range [][]float32{oof, test} {
		if err := checkProba(x); err != nil {
			return nil, err
		}
	}
	c := &calibration{metric: m, truth: t, folds: foldsOf(t.Fold), raw: oof, nested: oof, all: oof, test: test}
	c.kept = make([][]correcter, len(c.folds))
	var err error
	c.cv, err = t.score(m, oof)
	c.report = CalibrationReport{Metric: m.Name, Before: c.cv, Steps: []Corrected{}}
	return c, err
}

func checkProba(x []float32) error {
	for i, p := range x {
		if !(p >= 0 && p <= 1) {
			return fmt.Errorf("value %d: want a probability in [0, 1], got %v", i, p)
		}
	}
	return nil
}

func (c *calibration) take(step Correction) error {
	var done Corrected
	var err error
	switch step.Kind {
	case Prior:
		done, err = c.prior(step)
	case Temperature, Clip:
		done, err = c.fitted(step)
	default:
		return fmt.Errorf("want one of %s, %s, %s", Temperature, Prior, Clip)
	}
	done.Kind, done.Auto = step.Kind, step.Auto
	c.report.Steps = append(c.report.Steps, done)
	return err
}

// fitted takes a step whose value the out-of-fold predictions tell.
func (c *calibration) fitted(step Correction) (Corrected, error) {
	k := c.truth.Classes
	if err := checkFixed(step, k); err != nil {
		return Corrected{}, err
	}
	done := Corrected{Before: c.cv, Kept: true}
	mine := make([]correcter, len(c.folds))
	nested := make([]float32, len(c.nested))
	for i, p := range c.folds {
		// What the other folds chose so far is applied to the other folds too, so
		// that nothing here has seen this fold's labels.
		seen := apply(c.raw, k, c.kept[i]...)
		v, err := c.value(step, seen, p.others)
		if err != nil {
			return done, err
		}
		mine[i] = correction(step.Kind, v)
		own := pick(c.nested, p.inside, k)
		for j, row := range apply(own, k, mine[i]) {
			nested[p.inside[j/k]*k+j%k] = row
		}
	}
	v, err := c.value(step, c.all, allRows(len(c.truth.Labels)))
	if err != nil {
		return done, err
	}
	done.Value = []float64{v}
	if done.After, err = c.truth.score(c.metric, nested); err != nil {
		return done, err
	}
	if step.Auto && !c.metric.Better(done.After, done.Before) {
		done.Kept, done.Why = false, "does not better "+c.metric.Name
		return done, nil
	}
	f := correction(step.Kind, v)
	c.nested, c.cv = nested, done.After
	c.all, c.test = apply(c.all, k, f), apply(c.test, k, f)
	for i := range c.kept {
		c.kept[i] = append(c.kept[i], mine[i])
	}
	return done, nil
}

// value is what the rows of x say the step's value is.
func (c *calibration) value(step Correction, x []float32, rows []int) (float64, error) {
	if !step.Auto {
		return step.Value[0], nil
	}
	k := c.truth.Classes
	truth := pick(c.truth.Labels, rows, 1)
	if step.Kind == Temperature {
		return fitTemperature(pick(x, rows, k), truth, k), nil
	}
	return fitClip(c.metric, pick(x, rows, k), truth, k)
}

func checkFixed(step Correction, classes int) error {
	if step.Auto {
		return nil
	}
	if len(step.Value) != 1 {
		return fmt.Errorf("want one number, got %v", step.Value)
	}
	v := step.Value[0]
	if step.Kind == Temperature && !(v > 0 && !math.IsInf(v, 0)) {
		return fmt.Errorf("want a number above 0, got %v", v)
	}
	if step.Kind == Clip && !(v >= 0 && v*float64(classes) < 1) {
		return fmt.Errorf("want a number from 0 to below 1/%d, got %v", classes, v)
	}
	return nil
}

// correction is what a value does to a row.
func correction(kind string, v float64) correcter {
	if kind == Temperature {
		return func(row []float64) { temper(row, 1/v) }
	}
	return func(row []float64) { clipRow(row, v) }
}

// apply is x, [rows, classes], with every row corrected.
func apply(x []float32, classes int, by ...correcter) []float32 {
	out := make([]float32, len(x))
	row := make([]float64, classes)
	for i := 0; i < len(x); i += classes {
		for c := range row {
			row[c] = float64(x[i+c])
		}
		for _, f := range by {
			f(row)
		}
		for c, v := range row {
			out[i+c] = float32(v)
		}
	}
	return out
}
