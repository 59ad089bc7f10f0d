package submissions

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// The corrections.
const (
	Temperature = "temperature" // probabilities to the power 1/T, rescaled
	Prior       = "prior"       // class frequencies of the test rows in place of the training rows'
	Clip        = "clip"        // no probability below C
	KNN         = "knn"         // the mean over a row and its K nearest
)

// Correction is one step of calibration.
type Correction struct {
	Kind string // Temperature, Prior, Clip or KNN
	// Auto estimates the value and keeps the correction only where it helps;
	// otherwise Value is used: T above 0; C in 0..<1/classes; a frequency a class; K.
	Auto  bool
	Value []float64
	// Of KNN: the nearest training rows of each, within its fold, and the nearest
	// test rows of each.
	OOF, Test Neighbours
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
	// Transductive: a row's prediction depends on which others are predicted with it.
	Transductive bool `json:"transductive,omitempty"`
	// Before and After are the metric that test rows may expect: of a temperature
	// or a clip nested over the folds, each scored with what the others choose; of
	// a prior with the training rows weighted to the new frequencies.
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Why    string  `json:"why,omitempty"` // why it is not kept
}

// Calibrate corrects predictions step by step, in that order. A temperature, a clip
// or a number of neighbours under Auto is fitted to the out-of-fold predictions, the
// temperature by log loss, the others by the metric; it is kept where it betters the
// metric nested over the folds: each fold corrected by what all others chose, from the
// first step on. A prior changes the test rows only, since the training rows have the
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

// correcter gives corrected predictions of some rows of x.
type correcter func(x []float32, rows []int) []float32

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
	case Temperature, Clip, KNN:
		done, err = c.fitted(step)
	default:
		return fmt.Errorf("want one of %s, %s, %s, %s", Temperature, Prior, Clip, KNN)
	}
	done.Kind, done.Auto, done.Transductive = step.Kind, step.Auto, step.Kind == KNN
	c.report.Steps = append(c.report.Steps, done)
	return err
}

// fitted takes a step whose value the out-of-fold predictions tell.
func (c *calibration) fitted(step Correction) (Corrected, error) {
	k, every := c.truth.Classes, allRows(len(c.truth.Labels))
	if err := c.check(step); err != nil {
		return Corrected{}, err
	}
	done := Corrected{Before: c.cv, Kept: true}
	mine := make([]correcter, len(c.folds))
	nested := make([]float32, len(c.nested))
	for i, p := range c.folds {
		// What the other folds chose so far is applied to the other folds too, so
		// that nothing here has seen this fold's labels.
		seen := c.raw
		for _, f := range c.kept[i] {
			seen = f(seen, every)
		}
		v, err := c.value(step, seen, p.others)
		if err != nil {
			return done, err
		}
		mine[i] = correction(step, step.OOF, v, k)
		for j, x := range mine[i](c.nested, p.inside) {
			nested[p.inside[j/k]*k+j%k] = x
		}
	}
	v, err := c.value(step, c.all, every)
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
	c.nested, c.cv = nested, done.After
	c.all = correction(step, step.OOF, v, k)(c.all, every)
	c.test = correction(step, step.Test, v, k)(c.test, allRows(len(c.test)/k))
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
	switch step.Kind {
	case KNN:
		return fitKNN(c.metric, step.OOF, x, rows, truth, k)
	case Temperature:
		return fitTemperature(pick(x, rows, k), truth, k), nil
	}
	return fitClip(c.metric, pick(x, rows, k), truth, k)
}

func (c *calibration) check(step Correction) error {
	if step.Kind == KNN {
		return c.checkKNN(step)
	}
	return checkFixed(step, c.truth.Classes)
}
