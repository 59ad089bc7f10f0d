package train

import (
	"fmt"
	"reflect"

	"github.com/seed-a5aa75a0/podium/internal/digest"
)

// recipe is the part of a Config that decides the result, apart from the engine
// and the images. Two trainings with equal recipes may share a checkpoint.
type recipe struct {
	Version int `json:"version"` // of this form and of the meaning of its fields
	Net
	Input   [3]int  `json:"input"`
	Classes int     `json:"classes"`
	Seed    uint64  `json:"seed"`
	Images  int     `json:"images"`
	Phases  []Phase `json:"phases"`

	Features bool    `json:"features,omitempty"`
	Extra    int     `json:"extra,omitempty"`
	Boxes    float64 `json:"boxes,omitempty"`
	Weights  string  `json:"weights,omitempty"` // digests of the files
	From     string  `json:"from,omitempty"`
	Validate int     `json:"validate,omitempty"` // images
	Metric   string  `json:"metric,omitempty"`
}

func (c Config) recipe(images int) (recipe, error) {
	r := recipe{Version: 1, Net: c.Net, Input: c.Input, Classes: c.Classes, Seed: c.Seed, Images: images, Phases: c.Phases, Features: c.Features, Extra: c.Extra, Boxes: c.Boxes, Metric: c.Metric.Name}
	if c.Validate != nil {
		r.Validate = c.Validate.Len()
	}
	if len(r.Head) == 0 {
		r.Head = nil // as it is when it is read again
	}
	for _, file := range []struct {
		path string
		to   *string
	}{{c.Weights, &r.Weights}, {c.From, &r.From}} {
		if file.path == "" {
			continue
		}
		var err error
		if *file.to, err = digest.File(file.path); err != nil {
			return r, fmt.Errorf("train: %w", err)
		}
	}
	return r, nil
}

func (r recipe) digest() string { return digest.JSON(r) }

// differs names the first field in which r, the old recipe, is not now; "" if
// there is none.
func (r recipe) differs(now recipe) string {
	if len(r.Phases) != len(now.Phases) {
		return fmt.Sprintf("it has %d phases, want %d", len(r.Phases), len(now.Phases))
	}
	for i := range r.Phases {
		if what := differentField(r.Phases[i], now.Phases[i]); what != "" {
			return fmt.Sprintf("phase %d: %s", i+1, what)
		}
	}
	r.Phases, now.Phases = nil, nil
	return differentField(r, now)
}

func differentField(old, now any) string {
	a, b := reflect.ValueOf(old), reflect.ValueOf(now)
	for i := range a.NumField() {
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); !reflect.DeepEqual(x, y) {
			return fmt.Sprintf("its %s is %v, want %v", a.Type().Field(i).Name, x, y)
		}
	}
	return ""
}
