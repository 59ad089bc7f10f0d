//go:build !nocuda && (linux || darwin) && (amd64 || arm64)

package photo

import (
	"runtime"
	"unsafe"
)

// decode makes d.r of the file; errDoubt if image/jpeg is to have a look.
func (t *turbo) decode(d *Decoder, file []byte, want frame, eighths int) error {
	var pins runtime.Pinner
	pins.Pin(unsafe.SliceData(file))
	defer pins.Unpin()
	defer t.call(t.lib.abort) // ready for the next, whatever happened
	t.err[errWarnings/8] = 0
	if t.call(t.lib.memSrc, uintptr(unsafe.Pointer(unsafe.SliceData(file))), uintptr(len(file))) != nil {
		return errDoubt
	}
	const wholeImage = 1
	if r, err := t.ask(t.lib.readHeader, wholeImage); err != nil || r != 1 {
		return errDoubt
	}
	space := *t.field(atSpace)
	if int(*t.field(atWidth)) != want.width || int(*t.field(atHeight)) != want.height || int(*t.field(atComponents)) != want.components ||
		space != spaceGrey && space != spaceYCbCr {
		return errDoubt
	}
	read := t.readPlanes
	if eighths < 8 {
		*t.field(atScale), *t.field(atScale + 4) = int32(eighths), 8
		*t.field(atOutSpace) = spaceGrey
		if space == spaceYCbCr && d.o.channels() == 3 {
			*t.field(atOutSpace) = spaceRGB
		}
		read = t.readLines
	} else {
		*t.field(atOutSpace) = space
		*t.field(atRaw) = 1
	}
	if t.call(t.lib.start) != nil || !read(d, &pins) || t.call(t.lib.finish) != nil || t.err[errWarnings/8] != 0 {
		return errDoubt
	}
	return nil
}

// component is a channel as the file has it.
type component struct{ h, v, cols, rows int }

// components reads the library's array.
func (t *turbo) components() []component {
	n := int(*t.field(atComponents))
	at := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(t.cinfo), atComponentInfo))
	get := func(i, at0 int) int { return int(*(*int32)(unsafe.Add(at, i*componentSize+at0))) }
	out := make([]component, n)
	for i := range out {
		out[i] = component{get(i, componentH), get(i, componentV), get(i, componentCols), get(i, componentRows)}
	}
	return out
}

// readPlanes reads the channels as they are stored, without making chroma large
// or colours of it: a band of blocks at a time.
func (t *turbo) readPlanes(d *Decoder, pins *runtime.Pinner) bool {
	w, h := int(*t.field(atWidth)), int(*t.field(atHeight))
	comps := t.components()
	maxH, maxV := 1, 1
	for _, c := range comps {
		maxH, maxV = max(maxH, c.h), max(maxV, c.v)
	}
	bands := (h + 8*maxV - 1) / (8 * maxV)
	d.r = raster{colours: grey, planes: d.r.planes[:0], w: w, h: h}
	if len(comps) == 3 {
		d.r.colours = ycbcr
	}
	for i, c := range comps {
		cw, ch := (w*c.h+maxH-1)/maxH, (h*c.v+maxV-1)/maxV
		if i > 2 || c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.cols != (cw+7)/8 || c.rows != (ch+7)/8 {
			return false // not the structure that this was written for
		}
		stride := (c.cols + c.h) * 8 // whole groups of blocks
		d.chroma[i] = grow(d.chroma[i], stride*bands*8*c.v)
		pins.Pin(unsafe.SliceData(d.chroma[i]))
		d.r.planes = append(d.r.planes, plane{d.chroma[i], stride, 1, cw, ch, float64(c.h) / float64(maxH), float64(c.v) / float64(maxV)})
	}
	for band := range bands {
		for i, c := range comps {
			for y := range 8 * c.v {
				t.lines[i][y] = address(&d.chroma[i][(band*8*c.v+y)*d.r.planes[i].stride])
			}
		}
		if n, err := t.ask(t.lib.readRaw, address(t.image), uintptr(8*maxV)); err != nil || n != 8*maxV {
			return false
		}
	}
	return true
}

// readLines reads pixels at a part of the size.
func (t *turbo) readLines(d *Decoder, pins *runtime.Pinner) bool {
	w, h, c := int(*t.field(atOutWidth)), int(*t.field(atOutHeight)), int(*t.field(atOutComponents))
	if w < 1 || h < 1 || c != 1 && c != 3 {
		return false
	}
	stride := w * c
	d.pixels = grow(d.pixels, stride*h)
	pins.Pin(unsafe.SliceData(d.pixels))
	for y := 0; y < h; {
		for i := range min(len(t.lines[0]), h-y) {
			t.lines[0][i] = address(&d.pixels[(y+i)*stride])
		}
		n, err := t.ask(t.lib.readScanlines, address(&t.lines[0]), uintptr(min(len(t.lines[0]), h-y)))
		if err != nil || n < 1 {
			return false
		}
		y += n
	}
	space := grey
	if c == 3 {
		space = rgb
	}
	fw, fh := int(*t.field(atWidth)), int(*t.field(atHeight))
	d.r.set(space, d.pixels, stride, c, w, h)
	d.r.w, d.r.h = fw, fh
	for i := range d.r.planes {
		d.r.planes[i].sx, d.r.planes[i].sy = float64(w)/float64(fw), float64(h)/float64(fh)
	}
	return true
}
