package photo

// place makes the planes of d.r, which the scan fills.
func (s *baseline) place(d *Decoder, f frame, b box, in rect) {
	d.r = raster{colours: grey, planes: d.r.planes[:0], w: f.width, h: f.height}
	if len(s.channels) == 3 {
		d.r.colours = ycbcr
	}
	maxH, maxV := 1, 1
	for _, c := range s.channels {
		maxH, maxV = max(maxH, c.h), max(maxV, c.v)
	}
	for i := range s.channels {
		c := &s.channels[i]
		c.width = (s.across*c.h + 1) &^ 1
		d.values[i] = growBlocks(d.values[i], c.width*c.v)
		c.values = d.values[i]
		if c.side = 0; i > 0 && d.o.channels() == 1 {
			continue
		}
		sx, sy := float64(c.h)/float64(maxH), float64(c.v)/float64(maxV)
		c.side = eighths(box{b.x0 * sx, b.y0 * sy, b.x1 * sx, b.y1 * sy}, in)
		part := float64(c.side) / 8
		w, h := (f.width*c.h+maxH-1)/maxH, (f.height*c.v+maxV-1)/maxV
		d.chroma[i] = grow(d.chroma[i], c.width*c.side*s.down*c.v*c.side)
		c.pix = d.chroma[i]
		d.r.planes = append(d.r.planes, plane{c.pix, c.width * c.side, 1, (w*c.side + 7) / 8, (h*c.side + 7) / 8, sx * part, sy * part})
	}
}

// growBlocks gives n blocks of zeros.
func growBlocks(b [][64]int16, n int) [][64]int16 {
	if cap(b) < n {
		return make([][64]int16, n)
	}
	b = b[:n]
	clear(b)
	return b
}

// scan reads all blocks. False if there is one too few, a bit too many or a marker that
// does not belong there.
func (s *baseline) scan(scan []byte, k *rowKernels) bool {
	marker, ok := s.bits.load(scan)
	if !ok {
		return false
	}
	restarts, left := 0, s.interval
	for row := range s.down {
		s.begin()
		for mcus := s.across; mcus > 0; {
			if s.interval > 0 && left == 0 {
				if !s.bits.done() || scan[marker+1] != byte(markRST0+restarts%8) {
					return false
				}
				scan = scan[marker+2:]
				if marker, ok = s.bits.load(scan); !ok {
					return false
				}
				restarts, left = restarts+1, s.interval
				for i := range s.channels {
					s.channels[i].predicted = 0
				}
			}
			n := mcus
			if s.interval > 0 {
				n = min(n, left)
			}
			if !s.bits.read(n, k) {
				return false
			}
			mcus, left = mcus-n, left-n
		}
		for i := range s.channels {
			s.channels[i].transform(row, &s.factors[s.channels[i].quant], k)
		}
	}
	return s.bits.done() && scan[marker+1] == markEOI
}

// begin sets the blocks of an MCU to the first of a row.
func (s *baseline) begin() {
	s.bits.jobs = s.bits.jobs[:0]
	for i := range s.channels {
		c := &s.channels[i]
		for v := range c.v {
			for h := range c.h {
				s.bits.jobs = append(s.bits.jobs, job{c.values, c.dc, c.ac, &c.predicted, (v*c.width + h) * blockBytes, c.h * blockBytes})
			}
		}
	}
}

// transform makes pixels of a row of MCUs.
func (c *channel) transform(row int, factors *[64]int16, k *rowKernels) {
	stride := c.width * c.side
	for v := range c.v {
		values := c.values[v*c.width : (v+1)*c.width]
		if c.side > 0 {
			k.idct(c.pix[(row*c.v+v)*c.side*stride:], c.side, values, factors)
		}
		clear(values)
	}
}
