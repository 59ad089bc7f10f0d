package photo

// A photo is resized as PIL does it (Pillow, Image.resize): two passes, each a
// weighted mean with a filter that is as wide as the shrinking asks for, bytes in
// between. Weights have 14 bits behind the point, so that products of bytes and
// weights add up in 32 bits; PIL's have 22 and its passes come in the other
// order: results differ by 1 of 255.

const (
	weightBits = 14
	weightHalf = 1 << (weightBits - 1)
)

// axis is the filter along one side: output i is the sum of taps inputs from
// first[i] on, each times its weight.
type axis struct {
	key     axisKey
	taps    int     // even; weights beyond the true ones are zero
	first   []int32 // of each output; first+taps may lie beyond the input
	weights []int16 // [output][tap]
	lo, hi  int     // inputs in use: [lo, hi)
	places  []int32 // first-lo
	packed  []int16 // weights in the order of the kernels

	isNear   bool    // of each four outputs the inputs lie close together
	starts   []int32 // places of every fourth output
	shuffles []byte  // bytes from there that each output begins with
}

// axisKey is what an axis is made of: n inputs, of which [from, to) becomes out
// outputs.
type axisKey struct {
	n, out   int
	from, to float64
	filter   Filter
}

// set computes the filter, if it is not there already.
func (a *axis) set(k axisKey) {
	if a.key == k {
		return
	}
	a.key = k
	scale := (k.to - k.from) / float64(k.out)
	wide := max(scale, 1)
	support := k.filter.support() * wide
	a.taps = (int(support*2) + 2 + 3) &^ 3
	a.first = growInts(a.first, k.out)
	a.weights = growShorts(a.weights, k.out*a.taps)
	clear(a.weights)
	exact := make([]float64, a.taps)
	longest := 0
	a.lo, a.hi = k.n, 0
	for i := range k.out {
		centre := k.from + (float64(i)+0.5)*scale
		lo, hi := max(int(centre-support+0.5), 0), min(int(centre+support+0.5), k.n)
		lo = min(lo, k.n-1)
		hi = min(max(hi, lo+1), lo+a.taps)
		sum := 0.0
		for j := lo; j < hi; j++ {
			exact[j-lo] = k.filter.at((float64(j) - centre + 0.5) / wide)
			sum += exact[j-lo]
		}
		a.first[i] = int32(lo)
		roundWeights(a.weights[i*a.taps:], exact[:hi-lo], sum)
		longest = max(longest, hi-lo)
		a.lo, a.hi = min(a.lo, lo), max(a.hi, hi)
	}
	a.narrow(longest)
}

// roundWeights writes weights that add up to 1 exactly, so that a plain surface
// stays what it is: the largest takes what rounding leaves.
func roundWeights(dst []int16, exact []float64, sum float64) {
	left, largest := int32(1<<weightBits), 0
	for i, w := range exact {
		if sum != 0 {
			w /= sum
		} else if w = 0; i == 0 {
			w = 1
		}
		v := w * (1 << weightBits)
		dst[i] = int16(v + 0.5)
		if v < 0 {
			dst[i] = int16(v - 0.5)
		}
		left -= int32(dst[i])
		if dst[i] > dst[largest] {
			largest = i
		}
	}
	dst[largest] += int16(left)
}

// narrow drops taps that no output uses, but for an even number.
func (a *axis) narrow(longest int) {
	taps := (longest + 1) &^ 1
	for i := range a.first {
		copy(a.weights[i*taps:(i+1)*taps], a.weights[i*a.taps:i*a.taps+taps])
	}
	a.taps = taps
	a.weights = a.weights[:len(a.first)*taps]
	a.pack()
}

// resizer resizes planes row by row: first down, then across.
type resizer struct {
	across, down [2]axis // of full planes and of smaller ones
	tall         []byte  // a row that is resized downwards
	row          []byte  // one channel of it
	rows         [][]byte
	starts       []*byte
	kernels      *rowKernels
}

// resize writes the box of src as a plane of w x h. Planes of one interleaved
// raster are resized together: dst has one for each.
func (z *resizer) resize(dst [][]byte, src []plane, b box, w, h int, f Filter) {
	p := &src[0]
	kind := 0
	if p.sx != 1 || p.sy != 1 {
		kind = 1
	}
	across, down := &z.across[kind], &z.down[kind]
	across.set(axisKey{p.w, w, b.x0 * p.sx, min(b.x1*p.sx, float64(p.w)), f})
	down.set(axisKey{p.h, h, b.y0 * p.sy, min(b.y1*p.sy, float64(p.h)), f})
	n := across.hi - across.lo
	from := across.lo * p.step
	slack := 4*across.fours() + 16 // a kernel reads behind the row
	z.tall, z.row = grow(z.tall, n*p.step+slack), grow(z.row, n+slack)
	if cap(z.rows) < down.taps {
		z.rows, z.starts = make([][]byte, down.taps), make([]*byte, down.taps)
	}
	rows := z.rows[:down.taps]
	for y := range h {
		for k := range rows {
			at := min(int(down.first[y])+k, p.h-1)*p.stride + from
			rows[k] = p.pix[at : at+(n-1)*p.step+len(src)]
		}
		z.kernels.sum(z.tall, rows, down.weights[y*down.taps:(y+1)*down.taps], z.starts)
		for c := range src {
			row := z.tall
			if p.step > 1 {
				row = z.row
				for x := range n {
					row[x] = z.tall[x*p.step+c]
				}
			}
			z.kernels.apply(across, dst[c][y*w:(y+1)*w], row)
		}
	}
}

// sumRowsPlain writes the weighted sum of rows of the same length, from byte from
// on; the number of rows is even.
func sumRowsPlain(dst []byte, rows [][]byte, weights []int16, from int) {
	n := len(rows[0]) - from
	dst = dst[:n]
	if len(rows) == 2 {
		a, b := rows[0][from:][:n], rows[1][from:][:n]
		wa, wb := int32(weights[0]), int32(weights[1])
		for x := range dst {
			dst[x] = clamp((int32(a[x])*wa + int32(b[x])*wb + weightHalf) >> weightBits)
		}
		return
	}
	if len(rows) == 4 {
		a, b, c, d := rows[0][from:][:n], rows[1][from:][:n], rows[2][from:][:n], rows[3][from:][:n]
		wa, wb, wc, wd := int32(weights[0]), int32(weights[1]), int32(weights[2]), int32(weights[3])
		for x := range dst {
			dst[x] = clamp((int32(a[x])*wa + int32(b[x])*wb + int32(c[x])*wc + int32(d[x])*wd + weightHalf) >> weightBits)
		}
		return
	}
	for x := range dst {
		sum := int32(weightHalf)
		for k, r := range rows {
			sum += int32(r[from+x]) * int32(weights[k])
		}
		dst[x] = clamp(sum >> weightBits)
	}
}

// applyPlain writes the outputs of one row, which begins at input lo, from output
// from on.
func (a *axis) applyPlain(dst, row []byte, from int) {
	taps := a.taps
	for x := from; x < len(dst); x++ {
		w := a.weights[x*taps : (x+1)*taps]
		s := row[int(a.first[x])-a.lo:][:taps]
		sum := int32(weightHalf)
		for k, v := range s {
			sum += int32(v) * int32(w[k])
		}
		dst[x] = clamp(sum >> weightBits)
	}
}

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

func growInts(b []int32, n int) []int32 {
	if cap(b) < n {
		return make([]int32, n)
	}
	return b[:n]
}

func growShorts(b []int16, n int) []int16 {
	if cap(b) < n {
		return make([]int16, n)
	}
	return b[:n]
}
