package cpu

// adamFactors are the numbers of a step:
//
//	g *= scale; m = beta1*m + rest1*g; v = beta2*v + rest2*g*g
//	w = keep*w - rate*m/(sqrt(v)*root + eps)
//
// internal/vecgen reads this file: the assembly follows the fields by name.
type adamFactors struct {
	beta1, rest1, beta2, rest2 float32
	scale, keep                float32
	rate, root, eps            float32
}

// sgdFactors are the numbers of a step:
//
//	g = scale*g + decay*w; velocity = momentum*velocity + g
//	w -= own*g + along*velocity
type sgdFactors struct {
	scale, decay, momentum float32
	own, along             float32
}
