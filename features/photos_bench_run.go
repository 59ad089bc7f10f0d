package features

import (
	"sync"

	"github.com/seed-a5aa75a0/podium/features/photo"
	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// PhotoBench turns the photos of a zip into pixels of 224x224, from the bytes of the JPEG
// on, and these perhaps into augmented input of a net: what PhotosToImages and a Loader
// do together, but for the disk, one photo after the other on each of several goroutines.
// It is what podium bench measures.
type PhotoBench struct {
	files   [][]byte
	o       photo.Options
	augment *Augment // nil: decoded and resized only
	norm    Normalize
	desks   []*photo.Decoder
	pixels  [][]byte
	out     [][]float32
	turns   uint64
}

// NewPhotoBench reads the photos train/*.jpg of the zip at path into memory. Close
// it.
func NewPhotoBench(path string, threads int, augmented bool) (*PhotoBench, error) {
	p, err := parsePattern("train/*.jpg")
	if err != nil {
		return nil, err
	}
	src, err := openPhotos(path, p)
	if err != nil {
		return nil, err
	}
	defer src.closer.Close()
	b := &PhotoBench{
		o:    photo.Options{Height: 224, Width: 224, Channels: 3},
		norm: Normalize{Mean: []float32{.485, .456, .406}, Std: []float32{.229, .224, .225}},
	}
	if augmented {
		b.augment = &Augment{Rotate: 15, ShiftX: .1, ShiftY: .1, Shear: 10, Zoom: .1, FlipX: true}
	}
	for _, f := range src.files {
		file, err := f.read(nil)
		if err != nil {
			return nil, err
		}
		b.files = append(b.files, file)
	}
	for range threads {
		d, err := photo.NewDecoder(b.o)
		if err != nil {
			b.Close()
			return nil, err
		}
		b.desks = append(b.desks, d)
		b.pixels = append(b.pixels, make([]byte, b.o.Size()))
		b.out = append(b.out, make([]float32, b.o.Size()))
	}
	return b, nil
}

// Photos is how many there are.
func (b *PhotoBench) Photos() int { return len(b.files) }

// Turn does all photos once.
func (b *PhotoBench) Turn() error {
	b.turns++
	errs := make([]error, len(b.desks))
	var wg sync.WaitGroup
	for t := range b.desks {
		wg.Go(func() {
			for i := t; i < len(b.files) && errs[t] == nil; i += len(b.desks) {
				errs[t] = b.one(t, i)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *PhotoBench) one(t, i int) error {
	if _, err := b.desks[t].Decode(b.pixels[t], b.files[i]); err != nil {
		return err
	}
	if b.augment == nil {
		return nil
	}
	b.augment.Apply(b.out[t], b.pixels[t], b.o.Height, b.o.Width, b.o.Channels, seed.Mix(b.turns, uint64(i)), b.norm)
	return nil
}

// Close gives back what the decoders hold.
func (b *PhotoBench) Close() {
	for _, d := range b.desks {
		d.Close()
	}
}
