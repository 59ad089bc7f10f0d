package engine

// Halves is an Engine that can keep images between convolutions in bfloat16, which
// take half of the memory and half of the time to move. A bfloat16 is the upper half
// of a float32, rounded to nearest, ties to even. Value i of such an image is the
// lower half, if i is even, or the upper half of the bits of element i/2 of a tensor
// of half as many elements.
type Halves interface {
	Engine
	// TakesHalves says whether the images of a convolution may be in bfloat16: all
	// of them, so that nothing is lost to rounding that the product would not lose
	// anyway, but for what is added.
	TakesHalves(c Conv) bool
	// ConvForwardHalves is ConvForward of a convolution that TakesHalves.
	ConvForwardHalves(c HalfConv, x, w, y T, e Epilogue) error
}

// HalfConv is a convolution and which of its images are in bfloat16. What the
// epilogue adds to y is as y is.
type HalfConv struct {
	Conv
	HalfX, HalfY bool
}
