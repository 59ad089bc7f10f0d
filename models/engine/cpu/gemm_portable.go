package cpu

import (
	"math"
	"sync/atomic"
	"unsafe"
)

// The portable kernels are for processors that have none of their own. A tile
// is 2x4: Go's compiler then keeps all of it in registers everywhere.
const portableMR, portableNR = 2, 4

var portableKernels = kernelSet{
	mr: portableMR, nr: portableNR,
	rows: []func(*kernelArgs){
		nil,
		func(k *kernelArgs) { k.portable1(1) },
		func(k *kernelArgs) { k.portable2(k.aRow/4, 1) },
	},
	columns: []func(*kernelArgs){
		nil,
		func(k *kernelArgs) { k.portable1(k.aRow / 4) },
		func(k *kernelArgs) { k.portable2(1, k.aRow/4) },
	},
	tiles:     portableTiles,
	depthwise: portableDepthwise,
	peak:      portablePeak,
	peakFLOPs: 2 * 2 * 4,
}

// portable2 is the kernel of two rows; row and step are A's distances in elements
// between rows and between steps.
func (k *kernelArgs) portable2(row, step int) {
	var c00, c01, c02, c03, c10, c11, c12, c13 float32
	if k.bias != nil {
		c := (*[portableNR]float32)(unsafe.Pointer(k.bias))
		c00, c01, c02, c03 = c[0], c[1], c[2], c[3]
		c10, c11, c12, c13 = c00, c01, c02, c03
	}
	a, b, bStep := 0, 0, k.bStep/4
	for range k.segs {
		for range k.steps {
			y := (*[portableNR]float32)(elem(k.b, b))
			x0, x1 := *(*float32)(elem(k.a, a)), *(*float32)(elem(k.a, a+row))
			c00 += x0 * y[0]
			c01 += x0 * y[1]
			c02 += x0 * y[2]
			c03 += x0 * y[3]
			c10 += x1 * y[0]
			c11 += x1 * y[1]
			c12 += x1 * y[2]
			c13 += x1 * y[3]
			a, b = a+step, b+bStep
		}
		a, b = a+k.aSkip/4, b+k.bSkip/4
	}
	k.portableStore(0, [portableNR]float32{c00, c01, c02, c03})
	k.portableStore(k.cRow/4, [portableNR]float32{c10, c11, c12, c13})
}

// portable1 is the kernel of one row.
func (k *kernelArgs) portable1(step int) {
	var c [portableNR]float32
	if k.bias != nil {
		c = *(*[portableNR]float32)(unsafe.Pointer(k.bias))
	}
	a, b, bStep := 0, 0, k.bStep/4
	for range k.segs {
		for range k.steps {
			x, y := *(*float32)(elem(k.a, a)), (*[portableNR]float32)(elem(k.b, b))
			c[0] += x * y[0]
			c[1] += x * y[1]
			c[2] += x * y[2]
			c[3] += x * y[3]
			a, b = a+step, b+bStep
		}
		a, b = a+k.aSkip/4, b+k.bSkip/4
	}
	k.portableStore(0, c)
}

func (k *kernelArgs) portableStore(at int, c [portableNR]float32) {
	out := (*[portableNR]float32)(elem(k.c, at))
	for j, v := range c {
		if k.add != 0 {
			v += out[j]
		}
		if k.relu != 0 {
			v = max(v, 0)
		}
		out[j] = v
	}
}

// elem is the address of element i from p on.
func elem(p *float32, i int) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(p), 4*i) }

// portablePeak does turns of 8 independent multiply-adds. The factor is below
// one, so that the values stay finite.
func portablePeak(turns int) {
	a, b, c, d, e, f, g, h := float32(1), float32(2), float32(3), float32(4), float32(5), float32(6), float32(7), float32(8)
	const x, y = 0.75, 0.25
	for range turns {
		a = a*x + y
		b = b*x + y
		c = c*x + y
		d = d*x + y
		e = e*x + y
		f = f*x + y
		g = g*x + y
		h = h*x + y
	}
	peakSink.Store(math.Float32bits(a + b + c + d + e + f + g + h))
}

// peakSink keeps the compiler from removing portablePeak's work.
var peakSink atomic.Uint32
