package ref

import "github.com/seed-a5aa75a0/podium/models/engine"

// Gemm is a matrix product, see engine.Engine.
func (e *Engine) Gemm(g engine.Gemm, a, b, c engine.T, ep engine.Epilogue) error {
	o := operands{op: "gemm"}
	o.want(g.M > 0 && g.N > 0 && g.K > 0, "want positive sizes, got M %d, N %d, K %d", g.M, g.N, g.K)
	av, bv, cv := o.get("a", a, g.M*g.K), o.get("b", b, g.K*g.N), o.get("c", c, g.M*g.N)
	bias := o.maybe("bias", ep.Bias, g.N)
	if o.err != nil {
		return o.err
	}
	for i := range g.M {
		for j := range g.N {
			var sum float64
			if g.Accumulate {
				sum = float64(cv[i*g.N+j])
			}
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
			cv[i*g.N+j] = finish(sum, bias, j, ep.ReLU)
		}
	}
	return nil
}

// finish is the epilogue of one result in column j.
func finish(sum float64, bias []float32, j int, relu bool) float32 {
	if bias != nil {
		sum += float64(bias[j])
	}
	if relu && sum <= 0 { // a NaN stays
		return 0
	}
	return float32(sum)
}
