package cpu

import "unsafe"

// The transformations of tiles in plain Go, see tileSet.
var portableTiles = tileSet{
	input:       func(k *tileArgs) { k.portable(6, 6, false, tileInput) },
	filter:      func(k *tileArgs) { k.portable(3, 6, false, tileFilter) },
	filterScale: func(k *tileArgs) { k.portable(3, 6, false, tileFilter) },
	output:      func(k *tileArgs) { k.portable(6, 4, false, tileOutput) },
	outputAdd:   func(k *tileArgs) { k.portable(6, 4, true, tileOutput) },
	gradient:    func(k *tileArgs) { k.portable(4, 6, false, tileGradient) },
	fold:        func(k *tileArgs) { k.portable(6, 3, false, tileFold) },
}

// portable applies a matrix, which makes out values of in values, to columns and
// then to rows, a channel at a time. add is outputAdd's.
func (k *tileArgs) portable(in, out int, add bool, matrix func(*[6]float32)) {
	// In tmp, because what matrix is called with would escape to the heap.
	room := (*[7][6]float32)(unsafe.Pointer(k.tmp))
	tile, v := room[:6], &room[6]
	for n := range k.tiles {
		for c := range k.channels {
			src, dst := unsafe.Add(unsafe.Pointer(k.src), n*k.srcNext+4*c), unsafe.Add(unsafe.Pointer(k.dst), n*k.dstNext+4*c)
			for j := range in {
				for i := range in {
					v[i] = *(*float32)(unsafe.Add(src, i*k.srcRow+j*k.srcCol))
					if k.scale != nil {
						v[i] *= *(*float32)(unsafe.Add(unsafe.Pointer(k.scale), 4*c))
					}
				}
				matrix(v)
				for i := range out {
					tile[i][j] = v[i]
				}
			}
			for i := range out {
				matrix(&tile[i])
				for j := range out {
					to, v := (*float32)(unsafe.Add(dst, i*k.dstRow+j*k.dstCol)), tile[i][j]
					if k.bias != nil {
						v += *(*float32)(unsafe.Add(unsafe.Pointer(k.bias), 4*c))
						if add {
							v += *to
						}
						v = max(k.floor, v)
					}
					*to = v
				}
			}
		}
	}
}

// The factors of the points: one over the product of the distances to the other
// points, for 0, for +-pointA and for +-pointB.
const (
	squareA, squareB = pointA * pointA, pointB * pointB
	factor0          = 1 / (squareA * squareB)
	factorA          = 1 / (2 * squareA * (squareA - squareB))
	factorB          = 1 / (2 * squareB * (squareB - squareA))
)

// The matrices, as internal/vecgen/points.go explains them.

func tileInput(d *[6]float32) {
	evenA, oddA := d[4]-squareB*d[2], pointA*(d[3]-squareB*d[1])
	evenB, oddB := d[4]-squareA*d[2], pointB*(d[3]-squareA*d[1])
	const sum, product = squareA + squareB, squareA * squareB
	first, last := d[4]-sum*d[2]+product*d[0], d[5]-sum*d[3]+product*d[1]
	*d = [6]float32{first, evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, last}
}

func tileFilter(g *[6]float32) {
	evenA, oddA := factorA*g[0]+factorA*squareA*g[2], factorA*pointA*g[1]
	evenB, oddB := factorB*g[0]+factorB*squareB*g[2], factorB*pointB*g[1]
	*g = [6]float32{factor0 * g[0], evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, g[2]}
}

func tileOutput(m *[6]float32) {
	sumA, sumB, lessA, lessB := m[1]+m[2], m[3]+m[4], m[1]-m[2], m[3]-m[4]
	m[0] += sumA + sumB
	m[1] = pointA*lessA + pointB*lessB
	m[2] = squareA*sumA + squareB*sumB
	m[3] = m[5] + squareA*pointA*lessA + squareB*pointB*lessB
}

func tileGradient(y *[6]float32) {
	evenA, oddA := y[0]+squareA*y[2], pointA*(y[1]+squareA*y[3])
	evenB, oddB := y[0]+squareB*y[2], pointB*(y[1]+squareB*y[3])
	*y = [6]float32{y[0], evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, y[3]}
}

func tileFold(m *[6]float32) {
	sumA, sumB, lessA, lessB := m[1]+m[2], m[3]+m[4], m[1]-m[2], m[3]-m[4]
	m[0] = factor0*m[0] + factorA*sumA + factorB*sumB
	m[1] = factorA*pointA*lessA + factorB*pointB*lessB
	m[2] = m[5] + factorA*squareA*sumA + factorB*squareB*sumB
}
