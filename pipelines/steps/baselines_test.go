package steps_test

import (
	"cmp"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/features/photo"
)

// seenPhoto is what a method sees of a photo.
type seenPhoto struct {
	class     int
	histogram []float64 // shares of 4 x 4 x 4 colours
	pixels    []float64 // 32 x 32, three a pixel
}

// looksOf reads the photos of a pattern: those of truth with its classes, or all with
// their labels.
func looksOf(t *testing.T, zip, pattern string, truth map[string]int) (all []seenPhoto, classes []string) {
	t.Helper()
	dir := t.TempDir()
	o := features.PhotoOptions{Pattern: pattern, Photo: photo.Options{Height: 32, Width: 32}}
	if truth == nil {
		o.Label = "label"
	}
	report, err := features.PhotosToImages(t.Context(), zip, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	images, err := features.OpenImages(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer images.Close()
	for i := range images.N() {
		s := seenPhoto{histogram: make([]float64, 64)}
		if truth == nil {
			s.class, _ = images.Label(i)
		} else if class, ok := truth[filepath.Base(images.ID(i))]; ok {
			s.class = class
		} else {
			continue
		}
		px := images.Pixels(i)
		for j := 0; j < len(px); j += 3 {
			s.histogram[px[j]>>6<<4|px[j+1]>>6<<2|px[j+2]>>6] += 3 / float64(len(px))
			s.pixels = append(s.pixels, float64(px[j])/255, float64(px[j+1])/255, float64(px[j+2])/255)
		}
		all = append(all, s)
	}
	if len(all) < 50 {
		t.Fatalf("%d photos in %s", len(all), zip)
	}
	return all, report.Classes
}

func lossOf(seen []seenPhoto, of func(i int) []float64) float64 {
	sum := 0.0
	for i, s := range seen {
		sum -= math.Log(max(of(i)[s.class], 1e-15))
	}
	return sum / float64(len(seen))
}

// byShares says the shares of the classes of every photo.
func byShares(learn, seen []seenPhoto, classes int) float64 {
	p := make([]float64, classes)
	for _, s := range learn {
		p[s.class] += 1 / float64(len(learn))
	}
	return lossOf(seen, func(int) []float64 { return p })
}

// byPixels takes the shares of the classes among the nearest photos by the squares of
// their pixels' differences, one of all classes added: the best number of them.
func byPixels(learn, seen []seenPhoto, classes int) float64 {
	order := make([][]int, len(seen))
	for i, s := range seen {
		far := make([]float64, len(learn))
		for j, l := range learn {
			for k, v := range l.pixels {
				far[j] += (v - s.pixels[k]) * (v - s.pixels[k])
			}
			order[i] = append(order[i], j)
		}
		slices.SortFunc(order[i], func(a, b int) int { return cmp.Compare(far[a], far[b]) })
	}
	best := math.Inf(1)
	for _, k := range []int{1, 5, 10, 40, 160} {
		best = min(best, lossOf(seen, func(i int) []float64 {
			p := make([]float64, classes)
			for c := range p {
				p[c] = 1 / float64(classes) / float64(k+1)
			}
			for _, j := range order[i][:min(k, len(learn))] {
				p[learn[j].class] += 1 / float64(k+1)
			}
			return p
		}))
	}
	return best
}

// byHistograms is logistic regression on standardised histograms, by gradient descent
// from nothing, stopped where it suits the photos to be predicted best.
func byHistograms(learn, seen []seenPhoto, classes int) float64 {
	d := len(learn[0].histogram)
	mean, scale := make([]float64, d), make([]float64, d)
	for j := range d {
		for _, l := range learn {
			mean[j] += l.histogram[j] / float64(len(learn))
		}
		for _, l := range learn {
			scale[j] += (l.histogram[j] - mean[j]) * (l.histogram[j] - mean[j]) / float64(len(learn))
		}
	}
	rows := func(photos []seenPhoto) [][]float64 {
		x := make([][]float64, len(photos))
		for i, p := range photos {
			x[i] = append(x[i], 1)
			for j, v := range p.histogram {
				x[i] = append(x[i], (v-mean[j])/math.Sqrt(scale[j]+1e-9))
			}
		}
		return x
	}
	w := make([][]float64, classes)
	for c := range w {
		w[c] = make([]float64, d+1)
	}
	say := func(x []float64) []float64 {
		p, sum := make([]float64, classes), 0.0
		for c := range p {
			for j, v := range x {
				p[c] += w[c][j] * v
			}
			p[c] = math.Exp(p[c])
			sum += p[c]
		}
		for c := range p {
			p[c] /= sum
		}
		return p
	}
	x, held, best := rows(learn), rows(seen), math.Inf(1)
	for step := range 200 {
		if step%10 == 0 {
			best = min(best, lossOf(seen, func(i int) []float64 { return say(held[i]) }))
		}
		grad := make([][]float64, classes)
		for c := range grad {
			grad[c] = make([]float64, d+1)
		}
		for i, row := range x {
			p := say(row)
			p[learn[i].class]--
			for c, g := range p {
				for j, v := range row {
					grad[c][j] += g * v / float64(len(x))
				}
			}
		}
		for c := range w {
			for j := range w[c] {
				w[c][j] -= 0.1 * grad[c][j]
			}
		}
	}
	return best
}
