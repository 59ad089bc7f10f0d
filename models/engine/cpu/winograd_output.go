package cpu

import "math"

// write takes the results of tiles [lo, hi) back from their points, which lie
// size apart, and finishes them.
func (c *winogradCall) write(w *worker, m []float32, size, lo, hi, p int) {
	t, ks, k := c.t, c.t.e.kernels, &w.tile
	nr, cols := ks.nr, min(ks.nr, c.t.k-p*ks.nr)
	k.tmp = &w.own(ownTile, tmpFloats)[0]
	k.channels, k.floor, k.bias = cols, float32(math.Inf(-1)), &zeros[0]
	if t.relu {
		k.floor = 0
	}
	if t.bias != nil {
		k.bias = &t.bias[p*nr]
	}
	output := ks.tiles.output
	if t.add {
		output = ks.tiles.outputAdd
	}
	k.srcRow, k.srcCol, k.srcNext = 4*6*size, 4*size, 4*nr
	for i := lo; i < hi; {
		image, th, tw, inRow := c.in.row(i, hi-i)
		oh, ow := th*tileOut, tw*tileOut
		at := t.first + image*t.image + oh*t.row + ow*t.pixel + p*nr
		k.src, k.tiles = &m[(i-lo)*nr], min(inRow, t.outW/tileOut-tw)
		if oh+tileOut <= t.outH && k.tiles > 0 {
			_ = t.y[at+3*t.row+(4*k.tiles-1)*t.pixel+cols-1]
			k.dst, k.dstRow, k.dstCol, k.dstNext = &t.y[at], 4*t.row, 4*t.pixel, 4*tileOut*t.pixel
			output(k)
		} else {
			k.tiles = 1
			c.writeEdge(w, output, at, min(tileOut, t.outH-oh), min(tileOut, t.outW-ow))
		}
		i += k.tiles
	}
}

// writeEdge writes the part of a tile that does not hang over.
func (c *winogradCall) writeEdge(w *worker, output func(*tileArgs), at, rows, columns int) {
	t, k, n := c.t, &w.tile, w.tile.channels
	tile := w.own(ownEdge, tileOut*tileOut*n)
	k.dst, k.dstRow, k.dstCol = &tile[0], 4*tileOut*n, 4*n
	each := func(f func(pixel, edge []float32)) {
		for i := range rows {
			for j := range columns {
				f(t.y[at+i*t.row+j*t.pixel:][:n], tile[(i*tileOut+j)*n:][:n])
			}
		}
	}
	if t.add {
		each(func(pixel, edge []float32) { copy(edge, pixel) })
	}
	output(k)
	each(func(pixel, edge []float32) { copy(pixel, edge) })
}
