package submissions

import "math"

// convexLoss is a smooth convex loss of the weights of a blend.
type convexLoss interface {
	members() int
	// at is the loss at w and, where they are not nil, its gradient [members]
	// and Hessian [members, members].
	at(w, gradient, hessian []float64) float64
}

const (
	simplexGap   = 1e-10 // how far from the least loss the weights may end
	simplexSteps = 200
)

// minimizeOnSimplex finds the weights, at least 0 and summing to one, of the
// least loss: Newton's method, each step the least of the quadratic model on the
// simplex, shortened until the loss falls enough. It ends when the gap
// w.g - min g, which no better weights can exceed (Jaggi 2013, "Revisiting
// Frank-Wolfe", section 2), is within simplexGap. It draws nothing at random.
func minimizeOnSimplex(f convexLoss) []float64 {
	n := f.members()
	w, g, h := make([]float64, n), make([]float64, n), make([]float64, n*n)
	for i := range w {
		w[i] = 1 / float64(n)
	}
	loss := f.at(w, g, h)
	for range simplexSteps {
		if gap(w, g) <= simplexGap {
			break
		}
		y := quadraticOnSimplex(w, g, h)
		slope := 0.0
		for i := range y {
			slope += g[i] * (y[i] - w[i])
		}
		next, step := make([]float64, n), 1.0
		better := false
		for ; step > 1e-12 && !better; step /= 2 {
			for i := range w {
				next[i] = w[i] + step*(y[i]-w[i])
			}
			l := f.at(next, nil, nil)
			better = l <= loss+1e-4*step*slope && l < loss
		}
		if !better {
			break // no more digits to gain
		}
		w = next
		loss = f.at(w, g, h)
	}
	return w
}

// gap bounds how much above the least loss the weights w are.
func gap(w, g []float64) float64 {
	least, mean := math.Inf(1), 0.0
	for i := range g {
		least = min(least, g[i])
		mean += w[i] * g[i]
	}
	return mean - least
}

// quadraticOnSimplex is where on the simplex g.(y-w) + (y-w)H(y-w)/2 is least. It
// moves weight from one member to another, the pair that gains most, until none
// gains.
func quadraticOnSimplex(w, g, h []float64) []float64 {
	n := len(w)
	y, slope := append([]float64(nil), w...), append([]float64(nil), g...)
	for range 1000 * n {
		to, from := 0, -1
		for i := range y {
			if slope[i] < slope[to] {
				to = i
			}
			if y[i] > 0 && (from < 0 || slope[i] > slope[from]) {
				from = i
			}
		}
		fall := slope[from] - slope[to]
		if fall <= simplexGap*1e-3 {
			break
		}
		step := y[from]
		if curve := h[to*n+to] + h[from*n+from] - 2*h[to*n+from]; curve*step > fall {
			step = fall / curve
		}
		y[to] += step
		y[from] -= step
		for i := range slope {
			slope[i] += step * (h[i*n+to] - h[i*n+from])
		}
	}
	return y
}

// mixtureLoss is the log loss of a weighted mean of probabilities.
type mixtureLoss struct{ p [][]float64 } // [members][rows] of each row's true class, above 0

func (l mixtureLoss) members() int { return len(l.p) }

func (l mixtureLoss) at(w, g, h []float64) float64 {
	n := len(w)
	clear(g)
	clear(h)
	rows, loss := float64(len(l.p[0])), 0.0
	share := make([]float64, n) // of each member, by the mixture's
	for r := range l.p[0] {
		mix := 0.0
		for m := range w {
			mix += w[m] * l.p[m][r]
		}
		loss -= math.Log(mix)
		if g == nil {
			continue
		}
		for m := range w {
			share[m] = l.p[m][r] / mix
			g[m] -= share[m] / rows
		}
		for i := range w {
			for j := range w {
				h[i*n+j] += share[i] * share[j] / rows
			}
		}
	}
	return loss / rows
}

// productLoss is the log loss of a weighted geometric mean, rescaled to sum to
// one: a softmax of a weighted sum of logarithms, which is convex in the weights
// too.
type productLoss struct {
	logs    [][]float64 // [members][rows, classes]
	truth   []int
	classes int
}

func (l productLoss) members() int { return len(l.logs) }

func (l productLoss) at(w, g, h []float64) float64 {
	n, k := len(w), l.classes
	clear(g)
	clear(h)
	rows, loss := float64(len(l.truth)), 0.0
	p, mean := make([]float64, k), make([]float64, n)
	for r, t := range l.truth {
		clear(p)
		for m := range w {
			addTo(p, w[m], l.logs[m][r*k:(r+1)*k])
		}
		loss -= p[t]
		loss += softmax(p)
		if g == nil {
			continue
		}
		for m := range w {
			mean[m] = dot(p, l.logs[m][r*k:(r+1)*k])
			g[m] += (mean[m] - l.logs[m][r*k+t]) / rows
		}
		for i := range w {
			for j := range i + 1 {
				second := 0.0
				for c, q := range p {
					second += q * l.logs[i][r*k+c] * l.logs[j][r*k+c]
				}
				v := (second - mean[i]*mean[j]) / rows
				h[i*n+j] += v
				if i != j {
					h[j*n+i] += v
				}
			}
		}
	}
	return loss / rows
}

// dot is the sum of the products over a, in four sums that run side by side.
func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + (s2 + s3)
}
