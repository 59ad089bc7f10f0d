package features

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"sync"

	"github.com/seed-a5aa75a0/podium/features/csvblock"
	"github.com/seed-a5aa75a0/podium/features/photo"
)

// decoded is a photo on its way to a shard.
type decoded struct {
	file   int
	info   photo.Info
	pixels []byte
	err    error // it is broken
}

// desk is what one goroutine decodes with.
type desk struct {
	photo *photo.Decoder
	file  []byte
}

// decoding reads and decodes photos on several goroutines.
type decoding struct {
	in     *ingest
	desks  chan *desk
	pixels sync.Pool // of []byte: results go round
	share  int64     // bytes that one goroutine may use beside the others
	alone  sync.Mutex
}

// handful is about how many bytes of pixels a goroutine makes before it hands over.
const handful = 2 << 20

// images decodes all photos in their order. The pixels of an image are good until
// the next is asked for. At most 2*Workers+2 handfuls of results wait; one photo at
// a time may take more memory than its share.
func (in *ingest) images(ctx context.Context) iter.Seq2[Image, error] {
	return func(yield func(Image, error) bool) {
		d := &decoding{in: in, desks: make(chan *desk, in.o.Workers), share: in.o.Memory / int64(in.o.Workers)}
		d.pixels.New = func() any { b := make([]byte, in.o.Photo.Size()); return &b }
		defer d.close()
		for range in.o.Workers {
			p, err := photo.NewDecoder(in.o.Photo)
			if err != nil {
				yield(Image{}, err)
				return
			}
			d.desks <- &desk{photo: p}
		}
		if err := csvblock.Ordered(ctx, d.pipe(yield)); err != nil && !errors.Is(err, errEnough) {
			yield(Image{}, err)
		}
	}
}

func (d *decoding) close() {
	close(d.desks)
	for h := range d.desks {
		h.photo.Close()
	}
}

// pipe hands goroutines several photos at once where they are small: waking one for
// each photo of 224x224 takes a tenth of the time that it decodes.
func (d *decoding) pipe(yield func(Image, error) bool) csvblock.Pipe[int, []*decoded] {
	in, at := d.in, 0
	each := min(max(handful/in.o.Photo.Size(), 1), 8)
	return csvblock.Pipe[int, []*decoded]{
		Workers: in.o.Workers,
		Next: func() (int, error) {
			if at >= len(in.files) {
				return 0, io.EOF
			}
			at += each
			return at - each, nil
		},
		Work: func(ctx context.Context, from int) (out []*decoded, err error) {
			for file := from; file < min(from+each, len(in.files)); file++ {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				one, err := d.decode(file)
				if err != nil {
					return nil, err
				}
				out = append(out, one)
			}
			return out, nil
		},
		Sink: func(out []*decoded) error {
			for _, one := range out {
				if err := d.sink(one, yield); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// sink passes a photo on, or counts it as broken.
func (d *decoding) sink(out *decoded, yield func(Image, error) bool) error {
	in := d.in
	defer d.pixels.Put(&out.pixels)
	if in.o.Progress != nil {
		in.o.Progress(out.file+1, len(in.files))
	}
	if out.err != nil {
		return in.broken(out)
	}
	in.rows = append(in.rows, photoRow{out.file, int32(out.info.Width), int32(out.info.Height)})
	if !yield(in.image(out), nil) {
		return errEnough
	}
	return nil
}

// decode reads and decodes one photo. The error is one of the disk; what is wrong
// with the photo is in the result.
func (d *decoding) decode(file int) (*decoded, error) {
	h := <-d.desks
	defer func() { d.desks <- h }()
	f := &d.in.files[file]
	out := &decoded{file: file, pixels: *d.pixels.Get().(*[]byte)}
	if f.size > d.in.o.MaxFile {
		out.err = fmt.Errorf("%d bytes are more than the limit of %d", f.size, d.in.o.MaxFile)
		return out, nil
	}
	alone := f.size > d.share
	if alone {
		d.alone.Lock()
	}
	defer func() {
		if alone {
			d.forget(h)
			d.alone.Unlock()
		}
	}()
	if h.file, out.err = f.read(h.file); out.err != nil {
		if disk := (*fs.PathError)(nil); errors.As(out.err, &disk) {
			return nil, out.err
		}
		return out, nil
	}
	if out.info, out.err = photo.Inspect(h.file); out.err != nil {
		return out, nil
	}
	if !alone && out.info.Memory+f.size > d.share {
		alone = true
		d.alone.Lock()
	}
	if part := d.in.o.Part; part != nil {
		out.info, out.err = h.photo.DecodePart(out.pixels, h.file, part(f.name, out.info.Width, out.info.Height))
		return out, nil
	}
	out.info, out.err = h.photo.Decode(out.pixels, h.file)
	return out, nil
}

// forget lets go of the memory of a photo that took more than its share.
func (d *decoding) forget(h *desk) {
	h.photo.Forget()
	h.file = nil
}
