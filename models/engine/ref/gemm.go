package ref

import "github.com/seed-a5aa75a0/podium/models/engine"

// Gemm is a matrix product, see engine.Engine.
func (e *Engine) Gemm(g engine.Gemm, a, b, c engine.T, ep engine.Epilogue) error {
	o := operands{op: "gemm"}
	o.want(g.M > 0 && g.N > 0 && g.K > 0, "want positive sizes, got M %d, N %d, K %d", g.M, g.N, g.K)
	av, bv, cv := o.get("a", a, g.M*g.K), o.get("b", b, g.K*g.N), o.get("c", c, g.M*g.N)
	end := o.ending(ep, g.N)
	if o.err != nil {
		return o.err
	}
	for i := range g.M {
		for j := range g.N {
			var sum float64
			for k := range g.K {
				x, y := av[i*g.K+k], bv[k*g.N+j]
				if g.TransA {
					x = av[k*g.M+i]
				}
				if g.TransB {
					y = bv[j*g.K+k]
				}
				sum += float64(x) * float64(y)
			}
			end.finish(&cv[i*g.N+j], sum, j)
		}
	}
	return nil
}

// ending is an epilogue with its operands.
type ending struct {
	scale, bias     []float32
	accumulate, max bool
}

func (o *operands) ending(e engine.Epilogue, cols int) ending {
	return ending{o.maybe("scale", e.Scale, cols), o.maybe("bias", e.Bias, cols), e.Accumulate, e.ReLU}
}

// finish writes one result in column j. What the memory holds is added to the
// rounded sum, as it would be by an operation of its own.
func (e ending) finish(to *float32, sum float64, j int) {
	if e.scale != nil {
		sum *= float64(e.scale[j])
	}
	if e.bias != nil {
		sum += float64(e.bias[j])
	}
	v := float32(sum)
	if e.accumulate {
		v += *to
	}
	if e.max && v <= 0 { // a NaN stays
		v = 0
	}
	*to = v
}
