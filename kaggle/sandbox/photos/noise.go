package photos

import "math/rand/v2"

// Noise is a smooth random field, the same one in every photo that has its
// seed. It repeats after noiseSide cells.
type Noise struct {
	cells [noiseSide * noiseSide]uint8
}

const noiseSide = 64

// NewNoise draws the field.
func NewNoise(r *rand.Rand) *Noise {
	n := new(Noise)
	for i := 0; i < len(n.cells); i += 8 {
		v := r.Uint64()
		for k := range 8 {
			n.cells[i+k] = uint8(v >> (8 * k))
		}
	}
	return n
}

// ease is 3t^2 - 2t^3 of t/256, in 256ths.
var ease = func() (e [256]int32) {
	for t := range int32(256) {
		e[t] = t * t * (3*256 - 2*t) >> 16
	}
	return e
}()

// At is the field at a place in 256ths of a cell: 0 to 255.
func (n *Noise) At(u, v int) int {
	x, y := (u>>8)&(noiseSide-1), (v>>8)&(noiseSide-1)
	fx, fy := ease[u&255], ease[v&255]
	right, below := (x+1)&(noiseSide-1), (y+1)&(noiseSide-1)
	a, b := int32(n.cells[y*noiseSide+x]), int32(n.cells[y*noiseSide+right])
	c, d := int32(n.cells[below*noiseSide+x]), int32(n.cells[below*noiseSide+right])
	upper, lower := a<<8+(b-a)*fx, c<<8+(d-c)*fx
	return int((upper<<8 + (lower-upper)*fy) >> 16)
}

// Rough is At with finer and finer detail: 0 to 255.
func (n *Noise) Rough(u, v int) int {
	return (4*n.At(u, v) + 2*n.At(2*u+9001, 2*v+377) + n.At(4*u+4711, 4*v+815)) / 7
}
