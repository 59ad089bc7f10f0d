package photos

import (
	"archive/zip"
	"bytes"
	"context"
	"hash/crc32"
	"image/jpeg"
	"io"
	"runtime"
	"sync"
	"time"
)

// Shot is a photo that was drawn on a canvas.
type Shot struct {
	Name    string // in the zip
	Quality int    // of the JPEG, 1 to 100
}

// packed is a shot as the zip gets it.
type packed struct {
	name string
	jpeg []byte
	err  error
}

// stamp is the date of all photos, so that the same photos make the same zip.
var stamp = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Pack writes a zip of n photos in their order, not compressed again. draw is
// called on all cores at once, each with a canvas of its own, and done after
// each photo, in order, on the caller's goroutine. Only a few photos a core are
// in memory. It ends early when ctx does.
func Pack(ctx context.Context, w io.Writer, n int, draw func(c *Canvas, i int) Shot, done func(i int)) error {
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	cores := runtime.GOMAXPROCS(0)
	type job struct {
		i    int
		done chan packed
	}
	jobs, queue := make(chan job), make(chan job, 2*cores) // queue: begun photos, in order
	workers.Go(func() {
		defer close(jobs)
		for i := range n {
			j := job{i, make(chan packed, 1)}
			for _, to := range []chan job{queue, jobs} {
				select {
				case to <- j:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	for range cores {
		workers.Go(func() {
			var c Canvas
			for j := range jobs {
				shot := draw(&c, j.i)
				var b bytes.Buffer
				err := jpeg.Encode(&b, c.Image(), &jpeg.Options{Quality: shot.Quality})
				j.done <- packed{shot.Name, b.Bytes(), err}
			}
		})
	}
	z := zip.NewWriter(w)
	for i := range n {
		var one packed
		select {
		case j := <-queue:
			select {
			case one = <-j.done:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if one.err != nil {
			return one.err
		}
		if err := store(z, one); err != nil {
			return err
		}
		done(i)
	}
	return z.Close()
}

// store adds a file as it is.
func store(z *zip.Writer, p packed) error {
	size := uint64(len(p.jpeg))
	h := &zip.FileHeader{Name: p.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(p.jpeg), CompressedSize64: size, UncompressedSize64: size}
	//lint:ignore SA1019 CreateRaw writes a header as it is: Modified would be left out
	h.SetModTime(stamp)
	w, err := z.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = w.Write(p.jpeg)
	return err
}
