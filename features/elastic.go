package features

// An elastic deformation (Simard, Steinkraus, Platt 2003, "Best Practices for
// Convolutional Neural Networks Applied to Visual Document Analysis") moves
// every pixel by a smooth random field. Theirs is noise under a Gaussian; here
// it is a uniform cubic B-spline over a coarse grid of random points, which is
// as smooth, is given for any place by 16 of the points, and needs no blurred
// images: so it is one more term of the one resampling pass. Over a grid of a
// quarter of the image the field's correlation is about that of their best
// Gaussian (4 pixels of 28).

const (
	bendCells = 4             // grid cells along each side
	bendKnots = bendCells + 3 // a cubic spline reaches one point beyond each side and one more
)

// bend is the field of one image: a shift in pixels for each place.
type bend struct {
	dx, dy         [bendKnots][bendKnots]float64 // of the grid's points, row by row
	atX, atY       [bendKnots]float64            // of the current row of pixels
	perCol, perRow float64                       // cells a pixel
}

// newBend draws the field for an image of h x w pixels whose points move by up
// to amount of the sides.
func newBend(amount float64, h, w int, r *stream) bend {
	b := bend{perCol: bendCells / float64(w), perRow: bendCells / float64(h)}
	for i := range b.dx {
		for j := range b.dx[i] {
			b.dx[i][j] = amount * r.symmetric() * float64(w)
			b.dy[i][j] = amount * r.symmetric() * float64(h)
		}
	}
	return b
}

// row makes y the current row of pixels.
func (b *bend) row(y int) {
	i, q := spline((float64(y) + 0.5) * b.perRow)
	for j := range b.atX {
		b.atX[j] = q.sum(b.dx[i][j], b.dx[i+1][j], b.dx[i+2][j], b.dx[i+3][j])
		b.atY[j] = q.sum(b.dy[i][j], b.dy[i+1][j], b.dy[i+2][j], b.dy[i+3][j])
	}
}

// at is the shift of pixel x of the current row.
func (b *bend) at(x int) (dx, dy float64) {
	j, q := spline((float64(x) + 0.5) * b.perCol)
	return q.sum(b.atX[j], b.atX[j+1], b.atX[j+2], b.atX[j+3]),
		q.sum(b.atY[j], b.atY[j+1], b.atY[j+2], b.atY[j+3])
}

// weights are of the four points around a place; they add up to 1.
type weights [4]float64

// spline is the first of the four points around v, in cells, and their weights.
func spline(v float64) (int, weights) {
	i := min(int(v), bendCells-1)
	t := v - float64(i)
	u := 1 - t
	t2, u2 := float64(t*t), float64(u*u)
	t3, u3 := float64(t2*t), float64(u2*u)
	// (3t^3 - 6t^2 + 4)/6 and its mirror image. Products are rounded on their own: see scales.at.
	return i, weights{u3 / 6, (float64(3*t3) - float64(6*t2) + 4) / 6, (float64(3*u3) - float64(6*u2) + 4) / 6, t3 / 6}
}

func (q *weights) sum(a, b, c, d float64) float64 {
	return float64(q[0]*a) + float64(q[1]*b) + float64(q[2]*c) + float64(q[3]*d)
}
