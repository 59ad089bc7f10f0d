package sweep

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// parzen is a density over a space, estimated from points of it: a mixture of one
// kernel a point and one for all of the space, which keeps every point possible. A
// kernel is a product over the parameters (Falkner et al. 2018, BOHB): a normal
// distribution cut off at the range's ends, the mass of it that falls to a whole number,
// or a share of each choice. Coordinates are those of the unit cube.
type parzen struct {
	weights []float64 // of the kernels, the last that of the whole space; they sum to 1
	factors []factor  // a parameter each
}

// factor is what all kernels say of one parameter. Of choices it has shares, else mus
// and sigmas.
type factor struct {
	cells      int         // values of a parameter that has an end, 0 without
	mus, sigma []float64   // of a kernel each
	shares     [][]float64 // of a kernel, then of a choice
}

// newParzen estimates the density of points, the oldest first.
func newParzen(space Space, points [][]float64) parzen {
	e := parzen{weights: append(recency(len(points)), 1)}
	sum := 0.0
	for _, w := range e.weights {
		sum += w
	}
	for i := range e.weights {
		e.weights[i] /= sum
	}
	for i, p := range space {
		x := make([]float64, len(points))
		for k, point := range points {
			x[k] = point[i]
		}
		f := factor{cells: p.Size()}
		if p.Range == nil {
			f.shares = choiceKernels(x, f.cells)
		} else {
			f.mus, f.sigma = append(slices.Clone(x), 0.5), append(widths(x), 1)
		}
		e.factors = append(e.factors, f)
	}
	return e
}

// recent is how many points count in full; what is older counts the less the older it
// is, as in hyperopt (Bergstra et al. 2013).
const recent = 25

func recency(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
		if old := n - recent; i < old {
			w[i] = 1 / float64(n)
			if old > 1 {
				w[i] += (1 - 1/float64(n)) * float64(i) / float64(old-1)
			}
		}
	}
	return w
}

// widths are the standard deviations of the kernels at x: as far as the farther
// neighbour (Bergstra et al. 2011), where the ends of the range are neighbours of none
// but an only point, and not less than what so many kernels would share.
func widths(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	least := 1 / min(100, float64(len(x)+2))
	out := make([]float64, len(x))
	for at, k := range order {
		left, right := x[k], 1-x[k]
		if at > 0 {
			left = x[k] - x[order[at-1]]
		} else if len(x) > 1 {
			left = 0
		}
		if at < len(x)-1 {
			right = x[order[at+1]] - x[k]
		} else if len(x) > 1 {
			right = 0
		}
		out[k] = min(max(left, right, least), 1)
	}
	return out
}

// choiceKernels are the shares of n choices: the observed one has most, the less the
// fewer points there are.
func choiceKernels(x []float64, n int) [][]float64 {
	kernels := len(x) + 1
	out := make([][]float64, kernels)
	for k := range out {
		out[k] = make([]float64, n)
		base := 1 / float64(kernels)
		for c := range out[k] {
			out[k][c] = base
		}
		total := base * float64(n)
		if k < len(x) {
			out[k][cell(x[k], n)]++
			total++
		}
		for c := range out[k] {
			out[k][c] /= total
		}
	}
	return out
}

func cell(u float64, n int) int { return min(int(u*float64(n)), n-1) }

// sample draws a point.
func (e parzen) sample(rng *rand.Rand) []float64 {
	k := roulette(rng, e.weights)
	point := make([]float64, len(e.factors))
	for i, f := range e.factors {
		if f.shares != nil {
			point[i] = (float64(roulette(rng, f.shares[k])) + 0.5) / float64(f.cells)
			continue
		}
		for point[i] = -1; point[i] < 0 || point[i] >= 1; { // one in three is inside, at the least
			point[i] = f.mus[k] + f.sigma[k]*rng.NormFloat64()
		}
	}
	return point
}

// roulette draws an index by its share; shares sum to 1.
func roulette(rng *rand.Rand, shares []float64) int {
	r := rng.Float64()
	for i, s := range shares {
		if r -= s; r < 0 {
			return i
		}
	}
	return len(shares) - 1
}

// logDensity is the logarithm of the density at a point: of the mass of its cell, for a
// parameter that has an end.
func (e parzen) logDensity(point []float64) float64 {
	sum := 0.0
	for k, w := range e.weights {
		for i, f := range e.factors {
			w *= f.at(k, point[i])
		}
		sum += w
	}
	return math.Log(sum)
}

// at is kernel k of the parameter at u.
func (f factor) at(k int, u float64) float64 {
	if f.shares != nil {
		return f.shares[k][cell(u, f.cells)]
	}
	mu, sigma := f.mus[k], f.sigma[k]
	inside := normalMass((0-mu)/sigma, (1-mu)/sigma)
	if f.cells > 0 {
		c, n := float64(cell(u, f.cells)), float64(f.cells)
		return normalMass((c/n-mu)/sigma, ((c+1)/n-mu)/sigma) / inside
	}
	z := (u - mu) / sigma
	return math.Exp(-z*z/2) / (math.Sqrt(2*math.Pi) * sigma * inside)
}

// normalMass is the share of a standard normal distribution between a and b.
func normalMass(a, b float64) float64 {
	return (math.Erf(b/math.Sqrt2) - math.Erf(a/math.Sqrt2)) / 2
}
