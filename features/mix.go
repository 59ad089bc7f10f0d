package features

import "math"

// A batch may be mixed: its first image with its last, the second with the last
// but one, and so on; batches of training are in random order. The labels are
// mixed in the same proportion, so they are soft.
//
//   - mixup (Zhang et al. 2017, "mixup: Beyond Empirical Risk Minimization"): each
//     of two images becomes l of itself and 1-l of the other, l drawn from
//     Beta(MixUp, MixUp).
//   - cutmix (Yun et al. 2019, "CutMix: Regularization Strategy to Train Strong
//     Classifiers with Localizable Features"): two images exchange a rectangle
//     whose area is 1-l of them, as far as it lies inside, l from
//     Beta(CutMix, CutMix).
//
// With both, every pair takes one or the other.

// mixes says whether batches are mixed.
func (a *Augment) mixes() bool { return a.MixUp > 0 || a.CutMix > 0 }

// mix mixes the batch of n images x, [n, h, w, c], with labels y, [n, k], in
// place. The seed is the batch's. It allocates nothing.
func (a *Augment) mix(x, y []float32, n, h, w, c int, seed uint64) {
	size, k := h*w*c, len(y)/max(n, 1)
	r := streamOf(seed, "mix")
	for i := range n / 2 {
		j := n - 1 - i
		xi, xj := x[i*size:(i+1)*size], x[j*size:(j+1)*size]
		cuts := a.CutMix > 0
		if coin := r.next()>>63 == 1; a.MixUp > 0 && cuts {
			cuts = coin
		}
		var l float32
		if cuts {
			l = exchange(xi, xj, h, w, c, &r, beta(a.CutMix, &r))
		} else {
			l = float32(beta(a.MixUp, &r))
			blend(xi, xj, l)
		}
		blend(y[i*k:(i+1)*k], y[j*k:(j+1)*k], l)
	}
}

// blend makes each of a and b l of itself and 1-l of the other.
func blend(a, b []float32, l float32) {
	b = b[:len(a)]
	for i, p := range a {
		q := b[i]
		a[i], b[i] = mix(q, p, l), mix(p, q, l)
	}
}

// exchange swaps a rectangle of a and b and gives the share that stays.
func exchange(a, b []float32, h, w, c int, r *stream, l float64) float32 {
	side := math.Sqrt(1 - l)
	eh, ew := int(side*float64(h)), int(side*float64(w))
	cy, cx := int(r.unit()*float64(h)), int(r.unit()*float64(w))
	y0, y1 := max(cy-eh/2, 0), min(cy-eh/2+eh, h)
	x0, x1 := max(cx-ew/2, 0), min(cx-ew/2+ew, w)
	for y := y0; y < y1; y++ {
		p, q := a[(y*w+x0)*c:(y*w+x1)*c], b[(y*w+x0)*c:(y*w+x1)*c]
		for i, v := range p {
			p[i], q[i] = q[i], v
		}
	}
	return 1 - float32((y1-y0)*(x1-x0))/float32(h*w)
}

// beta is drawn from Beta(alpha, alpha), alpha in (0, 4], by Jöhnk's method: of
// two powers of uniform numbers, taken again until they add up to 1 at most.
func beta(alpha float64, r *stream) float64 {
	for {
		u, v := math.Pow(r.unit(), 1/alpha), math.Pow(r.unit(), 1/alpha)
		if s := u + v; s > 0 && s <= 1 {
			return u / s
		}
	}
}
