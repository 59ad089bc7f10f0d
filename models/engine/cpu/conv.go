package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// In NHWC, a row of a convolution's kernel meets a contiguous run of S*C values
// of the image. So a convolution needs no matrix of patches: the micro-kernels
// read the image itself, a run a segment, and the next pixel's run begins C
// further (correlation.go). The gradient of the input is the same computation on
// dy with the weights turned around (conv_data.go). The gradient of the weights
// is a product of runs of the image, over pixels, with dy (conv_weights.go).
// Convolutions of 3x3 and stride 1 take Winograd's algorithm where it pays
// (winograd_rule.go).

// ConvForward computes y = x * w and then the epilogue.
func (e *Engine) ConvForward(c engine.Conv, x, w, y engine.T, ep engine.Epilogue) error {
	return e.convForward(engine.HalfConv{Conv: c}, x, w, y, ep)
}

func (e *Engine) convForward(h engine.HalfConv, x, w, y engine.T, ep engine.Epilogue) error {
	const op = "conv forward: "
	c, err := checkConv(op, h.Conv)
	if err != nil {
		return err
	}
	call := &e.calls.correlation
	*call = correlation{e: e, halfX: h.HalfX, halfY: h.HalfY}
	if call.x, err = e.data(op+"x", x, floats(inputSize(c), h.HalfX)); err != nil {
		return err
	}
	weights, err := e.data(op+"w", w, weightSize(c))
	if err != nil {
		return err
	}
	if call.y, err = e.data(op+"y", y, floats(outputSize(c), h.HalfY)); err != nil {
		return err
	}
	if call.epilogue, err = e.epilogue("conv forward", ep, c.K); err != nil {
		return err
	}
	call.forward(c, weights)
	*call = correlation{} // drop the operands
	return nil
}

// ConvBackwardData computes the gradient of the input, dx, from w and dy, or adds
// it to what dx holds.
func (e *Engine) ConvBackwardData(c engine.Conv, w, dy, dx engine.T, accumulate bool) error {
	const op = "conv backward data: "
	c, err := checkConv(op, c)
	if err != nil {
		return err
	}
	call := &e.calls.correlation
	*call = correlation{e: e, epilogue: epilogue{add: accumulate}}
	weights, err := e.data(op+"w", w, weightSize(c))
	if err != nil {
		return err
	}
	if call.x, err = e.data(op+"dy", dy, outputSize(c)); err != nil {
		return err
	}
	if call.y, err = e.data(op+"dx", dx, inputSize(c)); err != nil {
		return err
	}
	call.backward(mergeRows(c), weights)
	*call = correlation{}
	return nil
}

// ConvBackwardWeights computes the gradient of the weights, dw, from x and dy.
func (e *Engine) ConvBackwardWeights(c engine.Conv, x, dy, dw engine.T) error {
	const op = "conv backward weights: "
	c, err := checkConv(op, c)
	if err != nil {
		return err
	}
	call := &e.calls.weights
	*call = weightsCall{e: e, c: c}
	if call.x, err = e.data(op+"x", x, inputSize(c)); err != nil {
		return err
	}
	if call.dy, err = e.data(op+"dy", dy, outputSize(c)); err != nil {
		return err
	}
	if call.dw, err = e.data(op+"dw", dw, weightSize(c)); err != nil {
		return err
	}
	call.run()
	*call = weightsCall{}
	return nil
}

// checkConv checks a description and sets the strides that are left out.
func checkConv(op string, c engine.Conv) (engine.Conv, error) {
	if err := c.Check(); err != nil {
		return c, fmt.Errorf("%s%w", op, err)
	}
	c.StrideH, c.StrideW = max(c.StrideH, 1), max(c.StrideW, 1)
	return c, nil
}

func inputSize(c engine.Conv) int  { return c.N * c.H * c.W * c.C }
func outputSize(c engine.Conv) int { return c.N * c.OutH() * c.OutW() * c.K }
func weightSize(c engine.Conv) int { return c.R * c.S * c.C * c.K }

// isPixelwise says that an output pixel sees one input pixel, always inside the image.
func isPixelwise(c engine.Conv) bool { return c.R == 1 && c.S == 1 && c.PadH == 0 && c.PadW == 0 }

// mergeRows turns a 1x1 convolution, for which rows mean nothing, into the same
// convolution of wider and fewer rows: tiles are cut from rows, and a row of 7
// pixels would leave half of a tile empty.
func mergeRows(c engine.Conv) engine.Conv {
	const width, height = 128, 8
	if !isPixelwise(c) || c.StrideH != 1 || c.StrideW != 1 || c.W > width/2 {
		return c
	}
	rows := c.N * c.H
	merged := largestDivisor(rows, width/c.W)
	c.W *= merged
	c.H = largestDivisor(rows/merged, height)
	c.N = rows / merged / c.H
	return c
}

// largestDivisor is the largest divisor of n that is at most limit.
func largestDivisor(n, limit int) int {
	for d := min(n, limit); d > 1; d-- {
		if n%d == 0 {
			return d
		}
	}
	return 1
}

// imageRows is rows [ih0, ih1) of an image, in memory that a kernel can run
// over: column 0 of the padded image is at element origin of each row.
type imageRows struct {
	data   []float32
	pitch  int // elements between rows
	origin int
	ih0    int // the first row that data holds

	next []float32 // of the images, that a later task reads: kernels ask for it
}

// at is the element where the run of kernel-column 0 begins.
func (r *imageRows) at(ih, column int) int { return (ih-r.ih0)*r.pitch + r.origin + column }

// padColumns copies rows [ih0, ih1) of an image of width w and c channels into
// buf, width wide, with left columns of zeros (cut off, if negative) before.
func padColumns(buf, image []float32, ih0, ih1, w, c, left, width int) imageRows {
	lo := min(max(left, 0), width)
	hi := min(max(left+w, lo), width)
	for ih := ih0; ih < ih1; ih++ {
		row := buf[(ih-ih0)*width*c:][:width*c]
		clear(row[:lo*c])
		if hi > lo {
			from := (ih*w + lo - left) * c
			copy(row[lo*c:hi*c], image[from:from+(hi-lo)*c])
		}
		clear(row[hi*c:])
	}
	return imageRows{data: buf, pitch: width * c, ih0: ih0}
}
