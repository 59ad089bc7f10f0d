package cpu

// tileSet is the transformations of Winograd's algorithm at one level, see
// tileArgs. The points of a transformed tile are 6x6.
type tileSet struct {
	input       func(*tileArgs) // 6x6 pixels to points
	filter      func(*tileArgs) // 3x3 weights to points
	filterScale func(*tileArgs) // the same of scaled weights
	output      func(*tileArgs) // points to 4x4 pixels, with bias and floor
	outputAdd   func(*tileArgs) // the same, added to what the pixels hold
	gradient    func(*tileArgs) // 4x4 pixels to points: the transpose of output
	fold        func(*tileArgs) // points to 3x3 weights: the transpose of filter
}

const (
	points  = 36 // of a tile
	tileOut = 4  // pixels between tiles: the side of an output tile

	tmpFloats = points * lineFloats // what tileArgs.tmp needs
)

// tiling cuts an image's outputs into rows of tiles; those of all images are
// numbered in the order of memory. The last of a row or column may hang over.
type tiling struct{ images, high, wide int }

func cutTiles(images, outH, outW int) tiling {
	return tiling{images, (outH + tileOut - 1) / tileOut, (outW + tileOut - 1) / tileOut}
}

func (g tiling) tiles() int { return g.images * g.high * g.wide }

// row is where tile i lies, and how many of n tiles from it on are in its row.
func (g tiling) row(i, n int) (image, th, tw, inRow int) {
	tw = i % g.wide
	return i / (g.wide * g.high), i / g.wide % g.high, tw, min(n, g.wide-tw)
}

// oddLines rounds the distance between points up to an odd number of cache
// lines: at a power of two, all points of a tile would share few sets of the
// cache.
func oddLines(floats int) int {
	return (floats+lineFloats-1)/lineFloats*lineFloats | lineFloats
}

// tileSource is images [h,w,c] that are cut into tiles of size by size pixels,
// of which neighbours lie tileOut pixels apart; the first starts top rows above
// and left columns before the image. What lies outside is zero.
type tileSource struct {
	tiling
	x         []float32
	h, w, c   int
	top, left int
	size      int
	transform func(*tileArgs)
	pointRows int // of a transformed tile: elements of dst between tiles
	pointSize int // and between points
}

// read transforms channels [c0, c0+channels) of tiles [lo, hi): dst starts with
// tile lo.
func (s *tileSource) read(w *worker, dst []float32, lo, hi, c0, channels int) {
	k := &w.tile
	k.tmp = &w.own(ownTile, tmpFloats)[0]
	k.channels, k.bias = channels, nil
	k.dstRow, k.dstCol, k.dstNext = 4*6*s.pointSize, 4*s.pointSize, 4*s.pointRows
	firstIn, lastIn := (s.left+tileOut-1)/tileOut, (s.w-s.size+s.left)/tileOut
	if s.w < s.size-s.left {
		lastIn = -1
	}
	_ = dst[(points-1)*s.pointSize+(hi-lo-1)*s.pointRows+channels-1]
	for i := lo; i < hi; {
		image, th, tw, inRow := s.row(i, hi-i)
		ih, iw := th*tileOut-s.top, tw*tileOut-s.left
		k.dst, k.tiles = &dst[(i-lo)*s.pointRows], 1
		if ih >= 0 && ih+s.size <= s.h && tw >= firstIn && tw <= lastIn {
			k.tiles = min(inRow, lastIn+1-tw)
			k.src = &s.x[((image*s.h+ih)*s.w+iw)*s.c+c0]
			k.srcRow, k.srcCol, k.srcNext = 4*s.w*s.c, 4*s.c, 4*tileOut*s.c
		} else {
			s.padded(w, image, ih, iw, c0, channels)
		}
		s.transform(k)
		i += k.tiles
	}
}

// padded points the arguments at a copy of a tile that lies partly outside.
func (s *tileSource) padded(w *worker, image, ih, iw, c0, channels int) {
	k, n := &w.tile, channels
	buf := w.own(ownEdge, s.size*s.size*n)
	for i := range s.size {
		row := buf[i*s.size*n:][:s.size*n]
		if ih+i < 0 || ih+i >= s.h {
			clear(row)
			continue
		}
		for j := range s.size {
			to := row[j*n:][:n]
			if iw+j < 0 || iw+j >= s.w {
				clear(to)
				continue
			}
			copy(to, s.x[((image*s.h+ih+i)*s.w+iw+j)*s.c+c0:])
		}
	}
	k.src, k.srcRow, k.srcCol, k.srcNext = &buf[0], 4*s.size*n, 4*n, 0
}
