package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/features/photo"
	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// benchPhotos is how many photos a turn takes: enough that what a folder of shards
// costs once (files, their syncs, buffers) does not count as the photos'.
const benchPhotos = 512

// photoZip is the zip that --photos names, or a generated one in dir, of photos
// of 500x375.
func (m *machine) photoZip(dir string) (string, error) {
	if m.photos != "" {
		return m.photos, nil
	}
	path := filepath.Join(dir, "train.zip")
	return path, atomicfile.Write(path, 0o600, func(w io.Writer) error { return features.WritePhotoZip(w, benchPhotos, 500, 375) })
}

// openPhotoIngest is photos out of a zip, decoded, resized to 224x224 and written
// as image shards, each time to an empty folder, as artifacts are: writing over the
// last ones would count what it takes to give those back.
func openPhotoIngest(ctx context.Context, m *machine) (work, error) {
	return withFolder(func(dir string) (work, error) {
		source, err := m.photoZip(dir)
		to := filepath.Join(dir, "shards")
		clear := func() error { return errors.Join(os.RemoveAll(to), os.Mkdir(to, 0o700)) }
		return work{before: clear, turn: func() error {
			rep, err := features.PhotosToImages(ctx, source, to, features.PhotoOptions{
				Pattern: "train/{label}.{n}.jpg", Label: "label", Photo: photo.Options{Height: 224, Width: 224}, Workers: m.engine.Threads()})
			if err != nil {
				return err
			}
			return manyPhotos(source, rep.Photos)
		}}, err
	})
}

// openPhotoResize is a JPEG of 500x375, in memory, to pixels of 224x224.
func openPhotoResize(_ context.Context, m *machine) (work, error) { return openPhotoTurns(m, false) }

// openPhotoAugment is a JPEG of 500x375, in memory, to an augmented and normalised
// input of 224x224.
func openPhotoAugment(_ context.Context, m *machine) (work, error) { return openPhotoTurns(m, true) }

func openPhotoTurns(m *machine, augmented bool) (work, error) {
	return withFolder(func(dir string) (work, error) {
		source, err := m.photoZip(dir)
		if err != nil {
			return work{}, err
		}
		b, err := features.NewPhotoBench(source, m.engine.Threads(), augmented)
		if err != nil {
			return work{}, err
		}
		w := work{turn: b.Turn, close: func() error { b.Close(); return nil }}
		return w, manyPhotos(source, b.Photos())
	})
}

// manyPhotos refuses a zip with more or fewer photos than a turn counts.
func manyPhotos(source string, n int) error {
	if n == benchPhotos {
		return nil
	}
	return fault.New(fault.Usage, "leave --photos out to have them generated", "%s: want %d photos train/LABEL.N.jpg, got %d", source, benchPhotos, n)
}

// withFolder opens a case with a folder that goes when the case closes.
func withFolder(open func(dir string) (work, error)) (work, error) {
	dir, err := os.MkdirTemp("", "podium-bench-*")
	if err != nil {
		return work{}, err
	}
	w, err := open(dir)
	closed := w.close
	w.close = func() error {
		var err error
		if closed != nil {
			err = closed()
		}
		return errors.Join(err, os.RemoveAll(dir))
	}
	if err != nil {
		return work{}, errors.Join(err, w.close())
	}
	return w, nil
}
