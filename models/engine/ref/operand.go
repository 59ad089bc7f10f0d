package ref

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"gorgonia.org/tensor"
)

// operands fetches the operands of one call and keeps the first error.
type operands struct {
	op  string
	err error
}

// want keeps an error unless ok.
func (o *operands) want(ok bool, format string, args ...any) {
	if o.err == nil && !ok {
		o.err = fmt.Errorf(o.op+": "+format, args...)
	}
}

// get is the first n elements of an operand. One that is nil, too small or not
// float32 is an error.
func (o *operands) get(name string, t engine.T, n int) []float32 {
	if o.err != nil {
		return nil
	}
	if t == nil {
		o.err = fmt.Errorf("%s: %s: want %d elements, got no tensor", o.op, name, n)
		return nil
	}
	if t.Dtype() != tensor.Float32 {
		o.err = fmt.Errorf("%s: %s: want float32, got %v", o.op, name, t.Dtype())
		return nil
	}
	d := t.Float32s()
	if len(d) < n {
		o.err = fmt.Errorf("%s: %s: want at least %d elements, got %d (shape %v)", o.op, name, n, len(d), t.Shape())
		return nil
	}
	return d[:n:n]
}

// maybe is get for an operand that may be nil.
func (o *operands) maybe(name string, t engine.T, n int) []float32 {
	if t == nil {
		return nil
	}
	return o.get(name, t, n)
}
