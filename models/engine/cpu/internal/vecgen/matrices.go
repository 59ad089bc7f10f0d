package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// at finds the place of a loop's current vector in a slice.
type at = func(name string) operand.Mem

// columnLoops writes what batch normalisation and bias gradients need.
func (t target) columnLoops() {
	t.fn("ColumnSum", "func(sum, x []float32)")
	columns{target: t, width: t.fit(1, 4), sums: []string{"sum"}, matrices: []string{"x"}}.write(
		func(g group, m at, k mask) { t.VADDPS(t.load(m("x"), k), g.sums[0], g.sums[0]) })

	t.fn("ReLUBackwardSum", "func(sum, dx, y, dy []float32)")
	gate := t.gate(true)
	columns{target: t, width: t.fit(1, 4), sums: []string{"sum"}, matrices: gate.with("dx", "dy")}.write(
		func(g group, m at, k mask) {
			grad := gate.gradient(m, k)
			t.VADDPS(grad, g.sums[0], g.sums[0])
			t.store(grad, m("dx"), k)
		})

	t.fn("ColumnMoments", "func(sum, squares, x, centre []float32)")
	columns{target: t, width: t.fit(3, 4), params: []string{"centre"}, sums: []string{"sum", "squares"}, matrices: []string{"x"}}.write(
		func(g group, m at, k mask) {
			d := t.distance(m("x"), g.params[0], k)
			t.VADDPS(d, g.sums[0], g.sums[0])
			t.VFMADD231PS(d, d, g.sums[1])
		})

	t.fn("Scale", "func(x, scale []float32)")
	rows{target: t, params: []string{"scale"}, matrices: []string{"x"}}.write(
		func(p, m at, k mask) {
			v := t.load(m("x"), k)
			t.VMULPS(t.arg(p("scale"), k), v, v)
			t.store(v, m("x"), k)
		})

	t.normalise("Normalise", "func(y, x, mean, scale, shift []float32, floor float32)", "x", "y")
	t.normalise("NormaliseAdd", "func(y, x, residual, mean, scale, shift []float32, floor float32)", "x", "residual", "y")
	t.gradSums("GradSums", "func(sum, dot, x, dy, mean []float32)", false, false)
	t.gradSums("GradSumsReLU", "func(sum, dot, x, y, dy, mean []float32)", true, false)
	t.gradSums("GradSumsGate", "func(sum, dot, x, y, dy, dres, mean []float32)", true, true)
	t.gradInput("GradInput", "func(dx, x, dy, mean, a, b, c []float32)", false)
	t.gradInput("GradInputReLU", "func(dx, x, y, dy, mean, a, b, c []float32)", true)
}

func (t target) normalise(name, signature string, matrices ...string) {
	t.fn(name, signature)
	floor := t.spread(t.Param("floor"))
	rows{target: t, params: []string{"mean", "scale", "shift"}, matrices: matrices}.write(
		func(p, m at, k mask) {
			d, scale := t.load(m("x"), k), t.load(p("scale"), k)
			t.VSUBPS(t.arg(p("mean"), k), d, d)
			t.VFMADD213PS(t.arg(p("shift"), k), scale, d)
			if len(matrices) > 2 {
				t.VADDPS(t.arg(m("residual"), k), d, d)
			}
			t.VMAXPS(d, floor, d) // of a NaN and the floor the NaN
			t.store(d, m("y"), k)
		})
}

// gradSums keeps the gradient behind the ReLU if asked to.
func (t target) gradSums(name, signature string, relu, keep bool) {
	t.fn(name, signature)
	gate := t.gate(relu)
	matrices := gate.with("x", "dy")
	if keep {
		matrices = append(matrices, "dres")
	}
	columns{target: t, width: t.fit(3, 4), params: []string{"mean"}, sums: []string{"sum", "dot"}, matrices: matrices}.write(
		func(g group, m at, k mask) {
			grad := gate.gradient(m, k)
			if keep {
				t.store(grad, m("dres"), k)
			}
			t.VADDPS(grad, g.sums[0], g.sums[0])
			t.VFMADD231PS(t.distance(m("x"), g.params[0], k), grad, g.sums[1])
		})
}

func (t target) gradInput(name, signature string, relu bool) {
	t.fn(name, signature)
	gate := t.gate(relu)
	rows{target: t, params: []string{"mean", "a", "b", "c"}, matrices: gate.with("x", "dy", "dx")}.write(
		func(p, m at, k mask) {
			d, grad, b := t.load(m("x"), k), gate.gradient(m, k), t.load(p("b"), k)
			t.VSUBPS(t.arg(p("mean"), k), d, d)
			t.VFMADD213PS(t.arg(p("c"), k), b, d)
			t.VFMADD231PS(t.arg(p("a"), k), grad, d)
			t.store(d, m("dx"), k)
		})
}

// distance is what lies in memory minus a centre.
func (t target) distance(m operand.Mem, centre reg.VecVirtual, k mask) reg.VecVirtual {
	v := t.load(m, k)
	t.VSUBPS(centre, v, v)
	return v
}

// gate is the ReLU between a gradient and the normalised value, if there is one.
type gate struct {
	target
	relu bool
	zero reg.VecVirtual
}

func (t target) gate(relu bool) gate {
	g := gate{target: t, relu: relu}
	if relu {
		g.zero = t.zero(t.vec())
	}
	return g
}

// with is the matrices that are read or written, y among them if there is a ReLU.
func (g gate) with(matrices ...string) []string {
	if g.relu {
		matrices = append(matrices, "y")
	}
	return matrices
}

// gradient is dy, with zeros where the ReLU was.
func (g gate) gradient(m at, k mask) reg.VecVirtual {
	grad := g.load(m("dy"), k)
	if g.relu {
		g.whereAbove(g.load(m("y"), k), g.zero, grad)
	}
	return grad
}
