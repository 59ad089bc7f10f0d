package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// target is an instruction set and the shape of its micro-kernels. A tile is mr
// rows by two vectors: the accumulators, two vectors of B and two broadcast
// elements of A fill the register file.
type target struct {
	*file
	name  string
	mr    int
	lanes int
	pairs bool // elements of A and B are pairs of bfloat16
	vec   []reg.VecPhysical
}

func avx512() target {
	return target{name: "avx512", mr: 14, lanes: 16, vec: []reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
		reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
		reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
	}}
}

// bf16 is AVX-512 with AVX512-BF16. A step of its kernels is two of the product:
// an element of A or B, four bytes as ever, is a pair of bfloat16.
func bf16() target {
	t := avx512()
	t.name, t.pairs = "bf16", true
	return t
}

func avx2() target {
	return target{name: "avx2", mr: 6, lanes: 8, vec: []reg.VecPhysical{
		reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
		reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15,
	}}
}

// bytes is the size of a vector.
func (t target) bytes() int { return 4 * t.lanes }

// acc is the accumulator of a tile's row and column; way tells apart the partial
// sums of small tiles.
func (t target) acc(m, way, row, col int) reg.VecPhysical { return t.vec[2*(m*way+row)+col] }

// b is the vector of B for a column, spread a broadcast element of A.
func (t target) b(col int) reg.VecPhysical    { return t.vec[2*t.mr+col] }
func (t target) spread(i int) reg.VecPhysical { return t.vec[2*t.mr+2+i%2] }

// multiplyAdd adds x*y to sum, lane by lane.
func (t target) multiplyAdd(x, y, sum reg.VecPhysical) {
	if t.pairs {
		t.encode(vdpbf16ps, sum, y, x)
	} else {
		t.VFMADD231PS(x, y, sum)
	}
}

func (t target) zero(v operand.Op) {
	if t.lanes == 16 {
		t.VPXORD(v, v, v)
	} else {
		t.VXORPS(v, v, v)
	}
}
