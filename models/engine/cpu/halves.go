package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Images in bfloat16 are pairs as they are: the kernels read them in place, where
// images of float32 are rounded into a copy first, and write them by themselves.

var _ engine.Halves = (*Engine)(nil)

// TakesHalves says whether a convolution may read and write images in bfloat16:
// where the processor multiplies them, and float32 is not the faster way. Channels
// must fill the kernels, and every output pixel must see a pixel.
func (e *Engine) TakesHalves(c engine.Conv) bool {
	c, err := checkConv("", c)
	return err == nil && e.products.pairs != nil && !e.byWinograd(c, c.OutH(), c.OutW()) &&
		c.C%2 == 0 && c.K%e.products.nr == 0 && c.PadH+c.EndH < c.R && c.PadW+c.EndW < c.S
}

// ConvForwardHalves is ConvForward where images are in bfloat16.
func (e *Engine) ConvForwardHalves(c engine.HalfConv, x, w, y engine.T, ep engine.Epilogue) error {
	if !e.TakesHalves(c.Conv) {
		return fmt.Errorf("conv forward: %s keeps no images of it in bfloat16: %+v", e, c.Conv)
	}
	return e.convForward(c, x, w, y, ep)
}

// floats is how many elements hold n numbers, an even number of them if they are
// bfloat16.
func floats(n int, half bool) int {
	if half {
		return n / 2
	}
	return n
}
