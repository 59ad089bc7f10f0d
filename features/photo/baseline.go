package photo

import "encoding/binary"

// baseline decodes what nearly all photos are: JPEGs of one scan, coded by Huffman, of
// 8 bits, grey or YCbCr (ITU T.81, sequential). It has no patience: what it does not
// expect, and any damage, is errDoubt, and others have the last word.
type baseline struct {
	factors  [4][64]int16 // of quantisation, in the order of a block
	dc, ac   [4]huffman
	defined  [3][4]bool // by this file: factors, dc, ac
	channels []channel
	interval int // MCUs between restarts, 0 for none
	across   int // MCUs
	down     int
	bits     entropy
}

// channel is one of the 1 or 3 of a photo.
type channel struct {
	id, quant byte
	h, v      int // blocks of an MCU
	dc, ac    *huffman
	predicted int32       // first value of the block before
	values    [][64]int16 // the blocks in a row of MCUs; all zeros between two rows
	pix       []byte
	side      int // pixels of a block's side, 8, 4, 2 or 1; 0 if nobody asks for them
	width     int // blocks in a row of blocks: whole MCUs, and an even number
}

// decode makes d.r of the file, each plane at a part of its size where that is
// enough for the rectangle.
func (s *baseline) decode(d *Decoder, file []byte, want frame, b box, in rect) error {
	if want.progressive || want.components != 1 && want.components != 3 {
		return errDoubt
	}
	scan, ok := s.header(file, want)
	if !ok {
		return errDoubt
	}
	s.place(d, want, b, in)
	if !s.scan(scan, d.z.kernels) {
		return errDoubt
	}
	return nil
}

// header reads all up to the scan.
func (s *baseline) header(file []byte, want frame) (scan []byte, ok bool) {
	s.defined, s.channels, s.interval = [3][4]bool{}, s.channels[:0], 0
	adobe := byte(1)
	for at := 2; ; {
		marker, next, err := nextMarker(file, at)
		if err != nil || marker == markEOI {
			return nil, false
		}
		if at = next; marker == markTEM || marker >= markRST0 && marker < markEOI {
			continue
		}
		if at+2 > len(file) {
			return nil, false
		}
		size := int(binary.BigEndian.Uint16(file[at:]))
		if size < 2 || at+size > len(file) {
			return nil, false
		}
		body := file[at+2 : at+size]
		at += size
		ok := true
		switch {
		case marker == markDHT:
			ok = s.codes(body)
		case marker == markDQT:
			ok = s.quantisation(body)
		case marker == markDRI:
			if ok = len(body) == 2; ok {
				s.interval = int(binary.BigEndian.Uint16(body))
			}
		case marker == markAPP14 && len(body) >= 12 && string(body[:5]) == "Adobe":
			adobe = body[11]
		case marker == markSOF0 || marker == markSOF0+1:
			ok = s.frame(body, want)
		case marker > markSOF0 && marker <= markLastSOF && marker != markJPG:
			ok = false
		case marker == markSOS:
			const isYCbCr = 1
			return file[at:], s.start(body) && (len(s.channels) == 1 || adobe == isYCbCr)
		}
		if !ok {
			return nil, false
		}
	}
}

// quantisation reads tables (B.2.4.1).
func (s *baseline) quantisation(body []byte) bool {
	for len(body) > 0 {
		wide, id := int(body[0]>>4), body[0]&15
		if wide > 1 || id > 3 || len(body) < 1+64<<wide {
			return false
		}
		for n := range 64 {
			if wide == 1 {
				s.factors[id][order[n]] = int16(binary.BigEndian.Uint16(body[1+2*n:]))
			} else {
				s.factors[id][order[n]] = int16(body[1+n])
			}
		}
		s.defined[0][id] = true
		body = body[1+64<<wide:]
	}
	return true
}

// codes reads tables (B.2.4.2).
func (s *baseline) codes(body []byte) bool {
	for len(body) > 0 {
		if len(body) < 17 || body[0]>>4 > 1 || body[0]&15 > 3 {
			return false
		}
		class, id, n := body[0]>>4, body[0]&15, 16
		for _, count := range body[1:17] {
			n += int(count)
		}
		if n > 16+256 || len(body) < 1+n {
			return false
		}
		table := &s.dc[id]
		if class == 1 {
			table = &s.ac[id]
		}
		if !table.build(body[1:1+n], class == 0) {
			return false
		}
		s.defined[1+class][id] = true
		body = body[1+n:]
	}
	return true
}

// frame reads the channels (B.2.2).
func (s *baseline) frame(body []byte, want frame) bool {
	f, err := readFrame(markSOF0, body)
	if err != nil || f != want || len(s.channels) > 0 || len(body) != 6+3*f.components {
		return false
	}
	maxH, maxV, blocks := 1, 1, 0
	for rest := body[6:]; len(rest) > 0; rest = rest[3:] {
		c := channel{id: rest[0], h: int(rest[1] >> 4), v: int(rest[1] & 15), quant: rest[2]}
		if f.components == 1 {
			c.h, c.v = 1, 1 // a scan of one channel has no MCUs
		}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.quant > 3 {
			return false
		}
		maxH, maxV, blocks = max(maxH, c.h), max(maxV, c.v), blocks+c.h*c.v
		s.channels = append(s.channels, c)
	}
	s.across, s.down = (f.width+8*maxH-1)/(8*maxH), (f.height+8*maxV-1)/(8*maxV)
	const most = 10 // B.2.3
	isRGB := len(s.channels) == 3 && string([]byte{s.channels[0].id, s.channels[1].id, s.channels[2].id}) == "RGB"
	return blocks <= most && !isRGB
}

// start reads the header of the scan (B.2.3), which has to be of all channels.
func (s *baseline) start(body []byte) bool {
	n := len(s.channels)
	if n == 0 || len(body) != 4+2*n || int(body[0]) != n || string(body[1+2*n:]) != "\x00\x3f\x00" {
		return false
	}
	for i := range s.channels {
		c, dc, ac := &s.channels[i], body[2+2*i]>>4, body[2+2*i]&15
		if body[1+2*i] != c.id || dc > 3 || ac > 3 || !s.defined[0][c.quant] || !s.defined[1][dc] || !s.defined[2][ac] {
			return false
		}
		c.dc, c.ac = &s.dc[dc], &s.ac[ac]
	}
	return true
}
