package features

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// distinctPhotos is how many photos of WritePhotoZip differ.
const distinctPhotos = 32

// WritePhotoZip writes a zip in the layout of Dogs vs Cats, train/cat.0.jpg,
// train/dog.1.jpg ..., of n photos that are no pets: random surfaces with detail
// of every size, with about as many bytes a pixel as photos have. They repeat. The
// same arguments give the same bytes.
func WritePhotoZip(dst io.Writer, n, width, height int) error {
	w := zip.NewWriter(dst)
	photos := make([][]byte, min(n, distinctPhotos))
	for i := range photos {
		var b bytes.Buffer
		m := surface(seed.Rand(1, "photo", i), width, height)
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
			return err
		}
		photos[i] = b.Bytes()
	}
	for i := range n {
		name := fmt.Sprintf("train/%s.%d.jpg", [2]string{"cat", "dog"}[i%2], i)
		e, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = e.Write(photos[i%len(photos)])
		}
		if err != nil {
			return err
		}
	}
	return w.Close()
}

// surface is a sum of random grids, each twice as fine as the one before and
// weaker, as the spectrum of photos falls, and a little noise of a sensor.
func surface(r *rand.Rand, width, height int) *image.RGBA {
	sum := make([]float32, 3*width*height)
	amount := float32(55)
	for cells := 3; cells < width/2; cells *= 2 {
		addGrid(sum, r, width, height, cells, amount)
		amount *= 0.62
	}
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		noise := float32(r.NormFloat64()) * 2
		var c [3]uint8
		for ch := range c {
			c[ch] = uint8(min(max(sum[3*i+ch]+noise+120, 0), 255))
		}
		m.SetRGBA(i%width, i/width, color.RGBA{c[0], c[1], c[2], 255})
	}
	return m
}

// addGrid adds a grid of random values, smooth in between: mostly grey, as the
// world is.
func addGrid(sum []float32, r *rand.Rand, width, height, cells int, amount float32) {
	n := cells + 2
	grid := make([][3]float32, n*n)
	for i := range grid {
		grey := float32(r.NormFloat64())
		for ch := range grid[i] {
			grid[i][ch] = amount * (0.9*grey + 0.3*float32(r.NormFloat64()))
		}
	}
	scale := float32(cells) / float32(max(width, height))
	for y := range height {
		j, v := smooth(float32(y) * scale)
		for x := range width {
			i, u := smooth(float32(x) * scale)
			a, b := &grid[j*n+i], &grid[j*n+i+1]
			c, d := &grid[(j+1)*n+i], &grid[(j+1)*n+i+1]
			p := sum[3*(y*width+x):][:3]
			for ch := range p {
				p[ch] += mix(mix(a[ch], b[ch], u), mix(c[ch], d[ch], u), v)
			}
		}
	}
}

// smooth is the cell of v and how far it is in, eased at both ends.
func smooth(v float32) (int, float32) {
	i := int(v)
	t := v - float32(i)
	return i, float32(t*t) * (3 - 2*t)
}
