package graph

import (
	"strings"
	"testing"
)

// TestRows: what a batch lacks is named, and values are given only where there are any.
func TestRows(t *testing.T) {
	t.Parallel()
	c := netCases[len(netCases)-1] // a vector of 2 and 3 values
	s, _, x := c.train(t, newRef(t), 1)
	v := c.eval(t, s)
	for want, change := range map[string]func(r *Rows){
		"graph: step: want 6 vector values (3 vectors of 2), got 0":  func(r *Rows) { r.Vector = nil },
		"graph: step: want 6 class values (3 rows of 2), got 5":      func(r *Rows) { r.Target = r.Target[1:] },
		"graph: step: want 9 target values (3 rows of 3), got 0":     func(r *Rows) { r.Values = nil },
		"graph: step: want a mask of 3 values, one a row, got 9":     func(r *Rows) { r.Known = r.Values },
		"graph: step: want 60 input values (3 images of 20), got 59": func(r *Rows) { r.Images = r.Images[1:] },
	} {
		r := c.rows(x, 1, 3)
		change(&r)
		if _, err := x.StepRows(r, 1); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	r := c.rows(x, 1, 3)
	r.Target, r.Values, r.Known = nil, nil, nil
	out, values := make([]float32, 6), make([]float32, 9)
	if err := v.PredictRows(r, out, values); err != nil || values[0] == 0 && values[1] == 0 && values[2] == 0 {
		t.Errorf("values %v, %v", values, err)
	}
	if err := v.PredictRows(r, out, values[1:]); err == nil || !strings.HasSuffix(err.Error(), "want 9 values (3 rows of 3), got 8") {
		t.Error(err)
	}
	plain := netCases[0].eval(t, NewState(newRef(t), 1))
	if err := plain.PredictRows(Rows{N: 1, Images: make([]float32, 7)}, out[:3], values); err == nil || !strings.Contains(err.Error(), "got one of classes only") {
		t.Error(err)
	}
}

// TestMaskedRows: rows without values have none in the loss, and no gradient from
// them, whatever stands there; the mean is over all rows.
func TestMaskedRows(t *testing.T) {
	t.Parallel()
	c := netCases[len(netCases)-2] // 4 values of weight 0.7
	s, n, x := c.train(t, newRef(t), 1)
	scramble(t, s, 2)
	r := c.rows(x, 1, 3)
	clear(r.Known)
	none, err := x.StepRows(r, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range x.Params() {
		if !strings.HasPrefix(p.Name, "values.") {
			continue
		}
		for _, g := range download(t, n.engine(), x.Grads()[i]) {
			if g != 0 {
				t.Errorf("%s has the gradient %v from masked rows", p.Name, g)
			}
		}
	}
	out, values := make([]float32, 9), make([]float32, 12)
	if err := c.eval(t, s).PredictRows(r, out, values); err != nil {
		t.Fatal(err)
	}
	want := none
	for j := range 4 {
		r.Values[8+j] = 0
		want += 0.7 / 4 / 3 * values[8+j] * values[8+j]
	}
	r.Known[2] = 1
	if got, err := x.StepRows(r, 1); err != nil || !(got-want < 1e-6 && want-got < 1e-6) {
		t.Errorf("one row of three counts: loss %v, %v, want %v after %v", got, err, want, none)
	}
}
