package cpu

// rowsOfTask is what of the images task i reads, nothing for one that there is
// not. A worker takes that of threads tasks on, most often.
func (t *correlation) rowsOfTask(i int) []float32 {
	if i >= t.n*t.bands {
		return nil
	}
	oh0 := i % t.bands * t.band
	oh1 := min(oh0+t.band, t.outH)
	ih0 := min(max(oh0*t.strideH-t.top, 0), t.h)
	ih1 := max(min((oh1-1)*t.strideH-t.top+t.r, t.h), ih0)
	row := t.w * floats(t.c, t.halfX)
	return t.x[(i/t.bands*t.h+ih0)*row:][:(ih1-ih0)*row]
}

// askAhead lets the call for a tile of panel p, number tile of its row and to be
// written to c, ask for memory, see kernelArgs. Where results are added to what
// memory holds, that is some tiles of the next panel, a column of lines in one
// call and the other in the next; if there are calls to spare, and always
// otherwise, it is what the next task reads.
func (t *correlation) askAhead(k *kernelArgs, in *imageRows, c []float32, tile, p int) {
	lines := k.steps * k.segs
	k.ahead, k.aheadStep = nil, 0
	if nr := t.ks.nr; t.add && (p+1)*nr < t.k {
		width := floats(nr, t.halfY)
		turn := tile % max(lines/t.ks.mr, 2)
		if at := width + turn*lineFloats; turn < max(width/lineFloats, 1) && at < len(c) {
			k.ahead, k.aheadStep = &c[at], 4*t.pixel
			return
		}
	}
	if len(in.next) > 0 {
		k.ahead, k.aheadStep = &in.next[0], 4*lineFloats
		in.next = in.next[min(lines*lineFloats, len(in.next)):]
	}
}
