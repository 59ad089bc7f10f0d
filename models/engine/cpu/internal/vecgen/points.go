package main

import "github.com/mmcloughlin/avo/reg"

// The matrices of F(4x4,3x3) with the points 0, a, -a, b, -b and infinity, after
// A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks"
// (2016), here with points of our own: a column of values times each matrix. What
// is even in a point and what is odd serves the point and its negative.

// input is B^T: the values of the polynomials that have all other points as roots.
func (w *winograd) input(d []reg.VecVirtual) []reg.VecVirtual {
	evenA, oddA := w.less(d[4], "bb", d[2]), w.less(d[3], "bb", d[1])
	evenB, oddB := w.less(d[4], "aa", d[2]), w.less(d[3], "aa", d[1])
	w.VFNMADD231PS(w.c["sum"], d[2], d[4])
	w.VFMADD231PS(w.c["product"], d[0], d[4])
	w.VFNMADD231PS(w.c["sum"], d[3], d[5])
	w.VFMADD231PS(w.c["product"], d[1], d[5])
	a, minusA := w.pair(evenA, "a", oddA)
	b, minusB := w.pair(evenB, "b", oddB)
	return []reg.VecVirtual{d[4], a, minusA, b, minusB, d[5]}
}

// filter is G: the filter's polynomial at each point, over the product of the
// point's distances from the others.
func (w *winograd) filter(g []reg.VecVirtual) []reg.VecVirtual {
	evenA, evenB := w.times(g[0], "na"), w.times(g[0], "nb")
	w.VFMADD231PS(w.c["naaa"], g[2], evenA)
	w.VFMADD231PS(w.c["nbbb"], g[2], evenB)
	a, minusA := w.pair(evenA, "naa", g[1])
	b, minusB := w.pair(evenB, "nbb", g[1])
	return []reg.VecVirtual{w.times(g[0], "n0"), a, minusA, b, minusB, g[2]}
}

// output is A^T: the result's coefficients from its values at the points.
func (w *winograd) output(m []reg.VecVirtual) []reg.VecVirtual {
	sumA, sumB := w.split(m[1], m[2]), w.split(m[3], m[4])
	w.VADDPS(sumA, m[0], m[0])
	w.VADDPS(sumB, m[0], m[0])
	y1, y2 := w.times(m[1], "a"), w.times(sumA, "aa")
	w.VFMADD231PS(w.c["b"], m[3], y1)
	w.VFMADD231PS(w.c["bb"], sumB, y2)
	w.VFMADD231PS(w.c["aaa"], m[1], m[5])
	w.VFMADD231PS(w.c["bbb"], m[3], m[5])
	return []reg.VecVirtual{m[0], y1, y2, m[5]}
}

// gradient is A, the transpose of output.
func (w *winograd) gradient(y []reg.VecVirtual) []reg.VecVirtual {
	evenA, oddA := w.more(y[0], "aa", y[2]), w.more(y[1], "aa", y[3])
	evenB, oddB := w.more(y[0], "bb", y[2]), w.more(y[1], "bb", y[3])
	a, minusA := w.pair(evenA, "a", oddA)
	b, minusB := w.pair(evenB, "b", oddB)
	return []reg.VecVirtual{y[0], a, minusA, b, minusB, y[3]}
}

// fold is G^T, the transpose of filter.
func (w *winograd) fold(m []reg.VecVirtual) []reg.VecVirtual {
	sumA, sumB := w.split(m[1], m[2]), w.split(m[3], m[4])
	g0, g1 := w.times(m[0], "n0"), w.times(m[1], "naa")
	w.VFMADD231PS(w.c["na"], sumA, g0)
	w.VFMADD231PS(w.c["nb"], sumB, g0)
	w.VFMADD231PS(w.c["nbb"], m[3], g1)
	w.VFMADD231PS(w.c["naaa"], sumA, m[5])
	w.VFMADD231PS(w.c["nbbb"], sumB, m[5])
	return []reg.VecVirtual{g0, g1, m[5]}
}

// times is x*c in a fresh register.
func (w *winograd) times(x reg.VecVirtual, c string) reg.VecVirtual {
	v := w.vec()
	w.VMULPS(w.c[c], x, v)
	return v
}

// more is x + c*y, less is x - c*y, in a fresh register.
func (w *winograd) more(x reg.VecVirtual, c string, y reg.VecVirtual) reg.VecVirtual {
	v := w.copied(x)
	w.VFMADD231PS(w.c[c], y, v)
	return v
}

func (w *winograd) less(x reg.VecVirtual, c string, y reg.VecVirtual) reg.VecVirtual {
	v := w.copied(x)
	w.VFNMADD231PS(w.c[c], y, v)
	return v
}

// pair is even + c*odd and even - c*odd; the second takes even's register.
func (w *winograd) pair(even reg.VecVirtual, c string, odd reg.VecVirtual) (plus, minus reg.VecVirtual) {
	plus = w.more(even, c, odd)
	w.VFNMADD231PS(w.c[c], odd, even)
	return plus, even
}

// split returns x + y and leaves x - y in x.
func (w *winograd) split(x, y reg.VecVirtual) (sum reg.VecVirtual) {
	sum = w.vec()
	w.VADDPS(y, x, sum)
	w.VSUBPS(y, x, x)
	return sum
}

func (w *winograd) copied(x reg.VecVirtual) reg.VecVirtual {
	v := w.vec()
	w.VMOVAPS(x, v)
	return v
}
