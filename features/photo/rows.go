package photo

// rowKernels are the loops over rows for whole blocks; the plain forms do the rest,
// and all of it where there are none.
type rowKernels struct {
	sumRows func(dst *byte, rows **byte, weights *int16, pairs, blocks int)       // blocks of 16 bytes
	across  func(dst, row *byte, first *int32, weights *int16, fours, groups int) // groups of 8 outputs
	near    func(dst, row *byte, starts *int32, shuffles *byte, weights *int16, fours, groups int)
	colours func(dst, y, cb, cr *byte, blocks int)                          // blocks of 16 pixels
	blocks2 func(dst *byte, stride int, values, factors *int16, groups int) // groups of 2 blocks of 8x8 pixels
	blocks4 func(dst *byte, stride int, values, factors *int16, groups int) // groups of 4; nil if there is none
	values  func(entropy *uint64, order *byte)
}

// sumRows writes the weighted sum of rows of the same length to dst; starts is
// scratch.
func (k *rowKernels) sum(dst []byte, rows [][]byte, weights []int16, starts []*byte) {
	n := len(rows[0])
	done := 0
	if k != nil && n >= 16 {
		for i, r := range rows {
			starts[i] = &r[0]
		}
		k.sumRows(&dst[0], &starts[0], &weights[0], len(rows)/2, n/16)
		done = n &^ 15
	}
	if done < n {
		sumRowsPlain(dst[done:], rows, weights, done)
	}
}

// apply writes the outputs of one row, which begins at input a.lo and can be read
// a.slack bytes further.
func (k *rowKernels) apply(a *axis, dst, row []byte) {
	done := 0
	if groups := len(dst) / 8; k != nil && groups > 0 && a.isNear {
		k.near(&dst[0], &row[0], &a.starts[0], &a.shuffles[0], &a.packed[0], a.fours(), groups)
		done = len(dst) &^ 7
	} else if k != nil && groups > 0 {
		k.across(&dst[0], &row[0], &a.places[0], &a.packed[0], a.fours(), groups)
		done = len(dst) &^ 7
	}
	a.applyPlain(dst, row, done)
}

// ycbcr writes RGB.
func (k *rowKernels) ycbcr(dst, y, cb, cr []byte) {
	done := 0
	if k != nil && len(y) >= 16 {
		_, _, _ = dst[3*len(y)-1], cb[len(y)-1], cr[len(y)-1]
		k.colours(&dst[0], &y[0], &cb[0], &cr[0], len(y)/16)
		done = len(y) &^ 15
	}
	joinYCbCrPlain(dst[3*done:], y[done:], cb[done:], cr[done:])
}

// idct writes a row of blocks, an even number, as pixels of side x side each.
func (k *rowKernels) idct(dst []byte, side int, values [][64]int16, factors *[64]int16) {
	stride := len(values) * side
	if k != nil && side == 8 {
		_ = dst[8*stride-1]
		done := 0
		if k.blocks4 != nil && len(values) >= 4 {
			k.blocks4(&dst[0], stride, &values[0][0], &factors[0], len(values)/4)
			done = len(values) &^ 3
		}
		if done < len(values) {
			k.blocks2(&dst[8*done], stride, &values[done][0], &factors[0], (len(values)-done)/2)
		}
		return
	}
	for i := range values {
		if side == 8 {
			idctPlain(dst[i*side:], stride, &values[i], factors)
		} else {
			idctSmall(dst[i*side:], stride, side, &values[i], factors)
		}
	}
}

// short is shortPlain. There is room to read behind what is there (slack).
func (k *rowKernels) short(e *entropy) {
	if k == nil {
		e.shortPlain()
		return
	}
	k.values(&e.at, &order[0])
}

// fours is how many taps are gathered, in fours.
func (a *axis) fours() int { return (a.taps + 3) / 4 }

// pack puts places and weights into the order of the kernel.
func (a *axis) pack() {
	fours := a.fours()
	a.places = growInts(a.places, len(a.first))
	for i, v := range a.first {
		a.places[i] = v - int32(a.lo)
	}
	groups := len(a.first) / 8
	a.isNear = a.shuffle(groups)
	a.packed = growShorts(a.packed, groups*fours*32)
	for g := range groups {
		for q := range fours {
			block := a.packed[(g*fours+q)*32:][:32]
			for i := range 8 {
				for t := range 4 {
					w := int16(0)
					if tap := 4*q + t; tap < a.taps {
						w = a.weights[(8*g+i)*a.taps+tap]
					}
					block[16*(t%2)+2*i+t/2] = w
				}
			}
		}
	}
}

// shuffle says where the inputs of each four outputs lie beside those of the first. False if
// they lie too far apart for that.
func (a *axis) shuffle(groups int) bool {
	a.starts, a.shuffles = growInts(a.starts, 2*groups), grow(a.shuffles, 32*groups)
	for i := range 8 * groups {
		four := i &^ 3
		apart := a.places[i] - a.places[four]
		if apart > 12 {
			return false
		}
		a.starts[i/4] = a.places[four]
		for t := range 4 {
			a.shuffles[4*i+t] = byte(int(apart) + t)
		}
	}
	return true
}
