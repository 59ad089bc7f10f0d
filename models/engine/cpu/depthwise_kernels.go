package cpu

import "unsafe"

// depthwiseSet is what nets of depthwise convolutions need, at one level.
type depthwiseSet struct {
	window        func(*windowArgs)
	relu6         func(y, x []float32)
	relu6Backward func(dx, y, dy []float32)
}

var portableDepthwise = depthwiseSet{portableWindow, portableReLU6, portableReLU6Backward}

func portableWindow(k *windowArgs) {
	for i := range k.windows {
		y := channelsAt(k.y, i*k.yNext, k.channels)
		if k.add == 0 {
			clear(y)
		}
		for r := range k.rows {
			for s := range k.cols {
				x := channelsAt(k.x, i*k.xNext+r*k.xRow+s*k.xCol, len(y))
				w := channelsAt(k.w, r*k.wRow+s*k.wCol, len(y))
				for j := range y {
					y[j] += x[j] * w[j]
				}
			}
		}
	}
}

// channelsAt is n floats a distance in bytes from p.
func channelsAt(p *float32, bytes, n int) []float32 {
	return unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(p), bytes)), n)
}

func portableReLU6(y, x []float32) {
	x = x[:len(y)]
	for i, v := range x {
		y[i] = min(max(v, 0), 6) // keeps a NaN
	}
}

func portableReLU6Backward(dx, y, dy []float32) {
	y, dy = y[:len(dx)], dy[:len(dx)]
	for i, v := range y {
		dx[i] = whereAbove(6-v, whereAbove(v, dy[i]))
	}
}
