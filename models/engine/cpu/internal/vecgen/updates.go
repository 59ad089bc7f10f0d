package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// updates writes the steps of the optimisers, which factors.go describes.
func (t target) updates() {
	t.adam()
	t.momentum()
	t.descent()
	t.ema()
}

// factors fills a vector with each field of the struct that f points to.
func (t target) factors(names ...string) map[string]reg.VecVirtual {
	f, fields := map[string]reg.VecVirtual{}, t.Dereference(t.Param("f"))
	for _, name := range names {
		f[name] = t.spread(fields.Field(name))
	}
	return f
}

func (t target) adam() {
	t.fn("Adam", "func(w, g, m, v []float32, f *adamFactors)")
	w, g, m, v := t.ptr("w"), t.ptr("g"), t.ptr("m"), t.ptr("v")
	f := t.factors("beta1", "rest1", "beta2", "rest2", "scale", "keep", "rate", "root", "eps")
	t.over(t.size("w"), func(at operand.Mem, k mask) {
		grad, mean, square := t.load(in(g, at), k), t.load(in(m, at), k), t.load(in(v, at), k)
		t.VMULPS(f["scale"], grad, grad)
		t.VMULPS(f["beta1"], mean, mean)
		t.VFMADD231PS(grad, f["rest1"], mean)
		t.store(mean, in(m, at), k)
		t.VMULPS(grad, grad, grad)
		t.VMULPS(f["beta2"], square, square)
		t.VFMADD231PS(grad, f["rest2"], square)
		t.store(square, in(v, at), k)
		t.VSQRTPS(square, square)
		t.VFMADD213PS(f["eps"], f["root"], square)
		t.VMULPS(f["rate"], mean, mean)
		t.VDIVPS(square, mean, mean)
		next := t.load(in(w, at), k)
		t.VFMSUB213PS(mean, f["keep"], next)
		t.store(next, in(w, at), k)
	})
}

func (t target) momentum() {
	t.fn("Momentum", "func(w, g, velocity []float32, f *sgdFactors)")
	w, g, velocity := t.ptr("w"), t.ptr("g"), t.ptr("velocity")
	f := t.factors("scale", "decay", "momentum", "own", "along")
	t.over(t.size("w"), func(at operand.Mem, k mask) {
		grad, v, next := t.load(in(g, at), k), t.load(in(velocity, at), k), t.load(in(w, at), k)
		t.VMULPS(f["scale"], grad, grad)
		t.VFMADD231PS(next, f["decay"], grad)
		t.VFMADD213PS(grad, f["momentum"], v)
		t.store(v, in(velocity, at), k)
		t.VFNMADD231PS(grad, f["own"], next)
		t.VFNMADD231PS(v, f["along"], next)
		t.store(next, in(w, at), k)
	})
}

func (t target) descent() {
	t.fn("Descent", "func(w, g []float32, f *sgdFactors)")
	w, g := t.ptr("w"), t.ptr("g")
	f := t.factors("scale", "decay", "own")
	t.over(t.size("w"), func(at operand.Mem, k mask) {
		grad, next := t.load(in(g, at), k), t.load(in(w, at), k)
		t.VMULPS(f["scale"], grad, grad)
		t.VFMADD231PS(next, f["decay"], grad)
		t.VFNMADD231PS(grad, f["own"], next)
		t.store(next, in(w, at), k)
	})
}

func (t target) ema() {
	t.fn("EMA", "func(avg, w []float32, decay, rest float32)")
	avg, w := t.ptr("avg"), t.ptr("w")
	decay, rest := t.spread(t.Param("decay")), t.spread(t.Param("rest"))
	t.over(t.size("avg"), func(at operand.Mem, k mask) {
		v, u := t.load(in(w, at), k), t.load(in(avg, at), k)
		t.VMULPS(rest, v, v)
		t.VFMADD231PS(u, decay, v)
		t.store(v, in(avg, at), k)
	})
}
