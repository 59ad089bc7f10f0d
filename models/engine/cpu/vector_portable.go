package cpu

import "math"

// The loops over elements in plain Go, see vectorSet.

func portableReLU(y, x []float32) {
	x = x[:len(y)]
	for i, v := range x {
		y[i] = max(v, 0) // keeps a NaN, so that a net that diverges shows it
	}
}

func portableReLUBackward(dx, y, dy []float32) {
	y, dy = y[:len(dx)], dy[:len(dx)]
	for i, v := range y {
		dx[i] = whereAbove(v, dy[i])
	}
}

// whereAbove is g if v is above zero, else 0, without a branch: which it is, no
// processor can guess. The bits of v, taken as an integer, are above zero when
// v is.
func whereAbove(v, g float32) float32 {
	bits := int32(math.Float32bits(v))
	above := (-bits &^ bits) >> 31
	return math.Float32frombits(math.Float32bits(g) & uint32(above))
}

func portableAdd(out, a, b []float32) {
	a, b = a[:len(out)], b[:len(out)]
	for i, v := range a {
		out[i] = v + b[i]
	}
}

func portableDropout(y, x []float32, first, limit uint64, scale float32) {
	x = x[:len(y)]
	for i, v := range x {
		z := first + uint64(i)*golden
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb
		v *= scale
		if z>>40 < limit { // the last step of the finaliser leaves these bits alone
			v = 0
		}
		y[i] = v
	}
}

func portableAdam(w, g, m, v []float32, f *adamFactors) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i, grad := range g {
		grad *= f.scale
		mi := f.beta1*m[i] + f.rest1*grad
		vi := f.beta2*v[i] + f.rest2*grad*grad
		m[i], v[i] = mi, vi
		root := float32(math.Sqrt(float64(vi))) * f.root
		w[i] = f.keep*w[i] - f.rate*mi/(root+f.eps)
	}
}

func portableMomentum(w, g, velocity []float32, f *sgdFactors) {
	g, velocity = g[:len(w)], velocity[:len(w)]
	for i, grad := range g {
		grad = f.scale*grad + f.decay*w[i]
		v := f.momentum*velocity[i] + grad
		velocity[i] = v
		w[i] -= f.own*grad + f.along*v
	}
}

func portableDescent(w, g []float32, f *sgdFactors) {
	g = g[:len(w)]
	for i, grad := range g {
		w[i] -= f.own * (f.scale*grad + f.decay*w[i])
	}
}

func portableEMA(avg, w []float32, decay, rest float32) {
	w = w[:len(avg)]
	for i, v := range w {
		avg[i] = decay*avg[i] + rest*v
	}
}
