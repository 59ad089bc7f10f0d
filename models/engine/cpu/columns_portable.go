package cpu

// The loops over the columns of a matrix in plain Go, see vectorSet.

func portableColumnSum(sum, x []float32) {
	clear(sum)
	for ; len(x) > 0; x = x[len(sum):] {
		for j, v := range x[:len(sum)] {
			sum[j] += v
		}
	}
}

func portableReLUBackwardSum(sum, dx, y, dy []float32) {
	clear(sum)
	cols := len(sum)
	for i := 0; i < len(dx); i += cols {
		out, g, to := y[i:][:cols], dy[i:][:cols], dx[i:][:cols]
		for j := range sum {
			grad := whereAbove(out[j], g[j])
			sum[j] += grad
			to[j] = grad
		}
	}
}

func portableColumnMoments(sum, squares, x, centre []float32) {
	clear(sum)
	clear(squares)
	squares, centre = squares[:len(sum)], centre[:len(sum)]
	for ; len(x) > 0; x = x[len(sum):] {
		for j, v := range x[:len(sum)] {
			d := v - centre[j]
			sum[j] += d
			squares[j] += d * d
		}
	}
}

func portableScale(x, scale []float32) {
	for ; len(x) > 0; x = x[len(scale):] {
		row := x[:len(scale)]
		for j, v := range scale {
			row[j] *= v
		}
	}
}

func portableNormalise(y, x, mean, scale, shift []float32, floor float32) {
	cols := len(mean)
	scale, shift = scale[:cols], shift[:cols]
	for i := 0; i < len(x); i += cols {
		out := y[i:][:cols]
		for j, v := range x[i:][:cols] {
			out[j] = max(floor, (v-mean[j])*scale[j]+shift[j])
		}
	}
}

func portableNormaliseAdd(y, x, residual, mean, scale, shift []float32, floor float32) {
	cols := len(mean)
	scale, shift = scale[:cols], shift[:cols]
	for i := 0; i < len(x); i += cols {
		out, more := y[i:][:cols], residual[i:][:cols]
		for j, v := range x[i:][:cols] {
			out[j] = max(floor, (v-mean[j])*scale[j]+shift[j]+more[j])
		}
	}
}

func portableGradSums(sum, dot, x, dy, mean []float32) {
	clear(sum)
	clear(dot)
	cols := len(sum)
	dot, mean = dot[:cols], mean[:cols]
	for i := 0; i < len(x); i += cols {
		g := dy[i:][:cols]
		for j, v := range x[i:][:cols] {
			sum[j] += g[j]
			dot[j] += g[j] * (v - mean[j])
		}
	}
}

func portableGradSumsReLU(sum, dot, x, y, dy, mean []float32) {
	clear(sum)
	clear(dot)
	cols := len(sum)
	dot, mean = dot[:cols], mean[:cols]
	for i := 0; i < len(x); i += cols {
		g, out := dy[i:][:cols], y[i:][:cols]
		for j, v := range x[i:][:cols] {
			grad := whereAbove(out[j], g[j])
			sum[j] += grad
			dot[j] += grad * (v - mean[j])
		}
	}
}

func portableGradSumsGate(sum, dot, x, y, dy, dres, mean []float32) {
	portableReLUBackward(dres[:len(x)], y, dy)
	portableGradSums(sum, dot, x, dres, mean)
}

func portableGradInput(dx, x, dy, mean, a, b, c []float32) {
	cols := len(mean)
	a, b, c = a[:cols], b[:cols], c[:cols]
	for i := 0; i < len(x); i += cols {
		g, to := dy[i:][:cols], dx[i:][:cols]
		for j, v := range x[i:][:cols] {
			to[j] = a[j]*g[j] + b[j]*(v-mean[j]) + c[j]
		}
	}
}

func portableGradInputReLU(dx, x, y, dy, mean, a, b, c []float32) {
	cols := len(mean)
	a, b, c = a[:cols], b[:cols], c[:cols]
	for i := 0; i < len(x); i += cols {
		g, out, to := dy[i:][:cols], y[i:][:cols], dx[i:][:cols]
		for j, v := range x[i:][:cols] {
			to[j] = a[j]*whereAbove(out[j], g[j]) + b[j]*(v-mean[j]) + c[j]
		}
	}
}
