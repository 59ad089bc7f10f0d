package photo

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Mode is how a photo of other proportions comes to the wanted size.
type Mode int

// The modes.
const (
	Squash Mode = iota // each side on its own: nothing is lost, proportions are
	Crop               // the middle of the photo, as much as fits the proportions
	Fit                // all of it, with black beside or above and below
)

// DefaultMaxPixels is the largest photo by default: what unfolds to more than any
// camera takes was made to fill the memory.
const DefaultMaxPixels = 100_000_000

// Options say what a Decoder makes of photos.
type Options struct {
	Height, Width int // of the result, 1..8192
	Channels      int // 1 grey, 3 colour; default 3
	Mode          Mode
	Filter        Filter
	MaxPixels     int // larger photos are an error; default DefaultMaxPixels
}

// Check tells whether the options make sense.
func (o Options) Check() error {
	const most = 8192
	switch {
	case o.Height < 1 || o.Width < 1 || o.Height > most || o.Width > most:
		return fault.New(fault.Usage, "such as 224x224", "photos: want a size of 1x1 to %dx%d, got %dx%d", most, most, o.Height, o.Width)
	case o.Channels != 0 && o.Channels != 1 && o.Channels != 3:
		return fault.New(fault.Usage, "1 is grey, 3 is colour", "photos: want 1 or 3 channels, got %d", o.Channels)
	case o.Mode < Squash || o.Mode > Fit || o.Filter < Bilinear || o.Filter > Area || o.MaxPixels < 0:
		return fmt.Errorf("photos: unknown mode %d or filter %d, or a limit of %d pixels", o.Mode, o.Filter, o.MaxPixels)
	}
	return nil
}

func (o Options) channels() int {
	if o.Channels == 0 {
		return 3
	}
	return o.Channels
}

// Decoder turns files into pixels. It keeps its buffers between photos; it must
// not be used by two goroutines at once. Close it.
type Decoder struct {
	o        Options
	r        raster
	pixels   []byte         // of formats whose pixels have to be rewritten
	chroma   [3][]byte      // planes of a JPEG
	values   [3][][64]int16 // blocks of it
	small    [4][]byte      // planes of the result
	upright  []byte         // the result before it is turned
	z        resizer
	baseline *baseline
	turbo    *turbo // nil: image/jpeg
}

// NewDecoder makes a Decoder.
func NewDecoder(o Options) (*Decoder, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if o.MaxPixels == 0 {
		o.MaxPixels = DefaultMaxPixels
	}
	d := &Decoder{o: o, z: resizer{kernels: kernels}, baseline: new(baseline)}
	if lib, err := openLibrary(); err == nil {
		if d.turbo, err = newTurbo(lib); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Library names what decodes the JPEGs that are not of the usual kind (baseline):
// libjpeg-turbo's file, or image/jpeg. The two differ in the last bits of a pixel.
// PODIUM_JPEG=go chooses image/jpeg.
func Library() string {
	if lib, err := openLibrary(); err == nil {
		return lib.name
	}
	return "image/jpeg"
}

// Close gives back what libjpeg holds.
func (d *Decoder) Close() {
	if d.turbo != nil {
		d.turbo.close()
		d.turbo = nil
	}
}

// Forget lets go of the buffers, after a photo that was much larger than others.
func (d *Decoder) Forget() {
	*d = Decoder{o: d.o, turbo: d.turbo, baseline: new(baseline), z: resizer{kernels: d.z.kernels}}
}

// Size is how many bytes Decode writes.
func (o Options) Size() int { return o.Height * o.Width * o.channels() }

// Decode writes the photo in file as Height x Width pixels of Channels bytes to
// dst, which has Size bytes. The error says what is wrong with the file.
func (d *Decoder) Decode(dst, file []byte) (Info, error) {
	info, err := Inspect(file)
	if err != nil {
		return info, err
	}
	return d.decode(dst, file, info, Part{0, 0, float64(info.Width), float64(info.Height)})
}

// DecodePart is Decode of a part of the photo as if it were all of it. A part that is
// empty or leaves the photo is an error.
func (d *Decoder) DecodePart(dst, file []byte, p Part) (Info, error) {
	info, err := Inspect(file)
	if err != nil {
		return info, err
	}
	if !p.within(info.Width, info.Height) {
		return info, fmt.Errorf("want a part of the photo of %dx%d, got %v", info.Width, info.Height, p)
	}
	return d.decode(dst, file, info, p)
}

// decode writes the part p of the photo in file, whose header says info.
func (d *Decoder) decode(dst, file []byte, info Info, p Part) (_ Info, err error) {
	if info.Width > d.o.MaxPixels/info.Height {
		return info, fmt.Errorf("%dx%d pixels are more than the limit of %d", info.Width, info.Height, d.o.MaxPixels)
	}
	w, h, tw, th := info.Width, info.Height, d.o.Width, d.o.Height
	if info.Orientation > 4 { // what follows sees the photo as it lies
		w, h, tw, th = h, w, th, tw
	}
	b, in := d.o.Mode.placePart(p.lying(info.Width, info.Height, info.Orientation), tw, th)
	if info.Format == "png" {
		err = d.decodePNG(file)
	} else {
		err = d.decodeJPEG(file, info, b, in)
	}
	if err != nil {
		return info, err
	}
	if d.r.w != w || d.r.h != h {
		return info, fmt.Errorf("want %dx%d pixels, as the header says, got %dx%d", w, h, d.r.w, d.r.h)
	}
	dst = dst[:d.o.Size()]
	out := dst
	if info.Orientation != 1 {
		d.upright = grow(d.upright, len(dst))
		out = d.upright
	}
	d.shrink(out, b, in, tw, th)
	if info.Orientation != 1 {
		turn(dst, out, d.o.Width, d.o.Height, d.o.channels(), info.Orientation)
	}
	return info, nil
}

// shrink resizes the raster to the rectangle in of out, tw x th pixels.
func (d *Decoder) shrink(out []byte, b box, in rect, tw, th int) {
	r, c := &d.r, d.o.channels()
	planes := r.planes
	if c == 1 && r.colours == ycbcr && planes[0].step == 1 {
		planes = planes[:1]
	}
	for i := range planes {
		d.small[i] = grow(d.small[i], in.w*in.h)
	}
	if planes[0].step > 1 {
		d.z.resize(d.small[:len(planes)], planes, b, in.w, in.h, d.o.Filter)
	} else {
		for i := range planes {
			d.z.resize(d.small[i:i+1], planes[i:i+1], b, in.w, in.h, d.o.Filter)
		}
	}
	if in.w == tw && in.h == th {
		d.z.kernels.join(out, d.small[:len(planes)], r.colours, c)
		return
	}
	d.pixels = grow(d.pixels, in.w*in.h*c)
	d.z.kernels.join(d.pixels, d.small[:len(planes)], r.colours, c)
	clear(out)
	for y := range in.h {
		copy(out[((in.y+y)*tw+in.x)*c:], d.pixels[y*in.w*c:(y+1)*in.w*c])
	}
}
