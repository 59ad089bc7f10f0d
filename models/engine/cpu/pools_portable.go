package cpu

// The loops over the windows of max pooling in plain Go, see vectorSet.

func portableMaxPool2(y, x0, x1 []float32, channels int) {
	for i := 0; i < len(y); i += channels {
		a, b := x0[2*i:][:channels], x0[2*i+channels:][:channels]
		c, d := x1[2*i:][:channels], x1[2*i+channels:][:channels]
		out := y[i:][:channels]
		for j := range out {
			out[j] = max(a[j], b[j], c[j], d[j])
		}
	}
}

func portableMaxPool2Backward(dx0, dx1, x0, x1, y, dy []float32, channels int) {
	for i := 0; i < len(y); i += channels {
		a, b := x0[2*i:][:channels], x0[2*i+channels:][:channels]
		c, d := x1[2*i:][:channels], x1[2*i+channels:][:channels]
		da, db := dx0[2*i:][:channels], dx0[2*i+channels:][:channels]
		dc, dd := dx1[2*i:][:channels], dx1[2*i+channels:][:channels]
		out, grad := y[i:][:channels], dy[i:][:channels]
		for j, top := range out {
			var ga, gb, gc, gd float32
			switch top {
			case a[j]:
				ga = grad[j]
			case b[j]:
				gb = grad[j]
			case c[j]:
				gc = grad[j]
			case d[j]:
				gd = grad[j]
			}
			da[j], db[j], dc[j], dd[j] = ga, gb, gc, gd
		}
	}
}

func portableMaxPool(y, x []float32, rows, cols, line, step, channels int) {
	for ; len(y) > 0; y = y[channels:] {
		out := y[:channels]
		copy(out, x)
		for r := range rows {
			for c := range cols {
				for j, v := range x[r*line+c*channels:][:channels] {
					out[j] = max(out[j], v)
				}
			}
		}
		if len(y) > channels {
			x = x[step:]
		}
	}
}

func portableMaxPoolBackward(dx, x, y, dy []float32, rows, cols, line, step, channels int) {
	for at := 0; len(y) > 0; at += step {
		for j, top := range y[:channels] {
		window:
			for r := range rows {
				for c := range cols {
					if i := at + r*line + c*channels + j; x[i] == top {
						dx[i] += dy[j]
						break window
					}
				}
			}
		}
		y, dy = y[channels:], dy[channels:]
	}
}
