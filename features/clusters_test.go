package features

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// scenes is an image shard of n photos of each of several scenes: blocks of colour that
// stay, something that moves in front of them, noise, and light that flickers. It says
// which scene each image is of; they come mixed.
func scenes(t testing.TB, count, n, side int) (im *Images, scene []int) {
	t.Helper()
	r := seed.Rand(7, "scenes")
	for s := range count {
		for range n {
			scene = append(scene, s)
		}
	}
	shuffle(r, scene)
	path := filepath.Join(t.TempDir(), "scenes.arrow")
	if err := WriteImages(t.Context(), path, side, side, 3, sceneImages(r, scene, side), nil); err != nil {
		t.Fatal(err)
	}
	im, err := OpenImages(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { im.Close() })
	return im, scene
}

func sceneImages(r *rand.Rand, scene []int, side int) iter.Seq2[Image, error] {
	return func(yield func(Image, error) bool) {
		pixels := make([]byte, side*side*3)
		for i, s := range scene {
			light, walker := r.IntN(16)-8, r.IntN(side)
			for at := range pixels {
				x, y, ch := at/3%side, at/3/side, at%3
				v := int(seed.Derive(uint64(s), "block", x*8/side, y*8/side, ch)%200) + 20 + light + r.IntN(9) - 4
				if dx := x - walker; dx*dx < side*side/100 && y > side/4 {
					v = 30 * ch
				}
				pixels[at] = byte(min(max(v, 0), 255))
			}
			if !yield(Image{ID: string(rune('a' + i%26)), Pixels: pixels}, nil) {
				return
			}
		}
	}
}

func TestClusters(t *testing.T) {
	t.Parallel()
	im, scene := scenes(t, 6, 30, 40)
	thumbs, err := NewThumbs(t.Context(), im, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := thumbs.Cluster(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want, names := classes(scene)
	if !slices.Equal(c.Of, want) || len(c.Sizes) != len(names) || slices.Max(c.Sizes) != 30 {
		t.Errorf("%d clusters of %v", len(c.Sizes), c.Sizes)
	}
}

// The clusters are those of the plain definition: components under links of at most
// Apart, however many goroutines look.
func TestClustersAreComponents(t *testing.T) {
	t.Parallel()
	const n = 700
	thumbs := randomThumbs(n)
	c, err := thumbs.Cluster(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var links []link
	for i := range n {
		for j := range i {
			if apart := thumbs.Apart(j, i); apart <= c.Apart {
				links = append(links, link{j, i, apart})
			}
		}
	}
	of, sizes := joined(n, links)
	if !slices.Equal(c.Of, of) || !slices.Equal(c.Sizes, sizes) || len(sizes) < 2 || len(sizes) == n {
		t.Errorf("%d clusters at %d, want %d", len(c.Sizes), c.Apart, len(sizes))
	}
}

// randomThumbs are n thumbnails in a few loose bunches.
func randomThumbs(n int) *Thumbs {
	t := &Thumbs{n: n, size: 3 * thumbWords, words: make([]uint64, n*3*thumbWords)}
	r := seed.Rand(3, "thumbs")
	for i := range n {
		bunch := i * i % 23
		for w := range t.of(i) {
			v := seed.Derive(uint64(bunch), w) & 0x3f3f3f3f3f3f3f3f
			if r.IntN(100) < 5+bunch {
				v = r.Uint64() & 0x3f3f3f3f3f3f3f3f
			}
			t.of(i)[w] = v
		}
	}
	return t
}

// Apart counts cells as the definition says.
func TestApart(t *testing.T) {
	t.Parallel()
	thumbs := randomThumbs(60)
	level := func(i, ch, cell int) int { return int(thumbs.of(i)[ch*thumbWords+cell/8] >> (cell % 8 * 8) & 0xff) }
	for i := range 60 {
		for j := range 60 {
			want := 0
			for cell := range ThumbCells {
				for ch := range 3 {
					if d := level(i, ch, cell) - level(j, ch, cell); d >= cellApart || -d >= cellApart {
						want++
						break
					}
				}
			}
			if got := thumbs.Apart(i, j); got != want {
				t.Fatalf("%d and %d: %d cells, want %d", i, j, got, want)
			}
			if bound := want/2 + 1; (thumbs.within(i, j, bound) < bound) != (want < bound) {
				t.Fatalf("%d and %d: want %d, within %d is %d", i, j, want, bound, thumbs.within(i, j, bound))
			}
		}
	}
}

// Sizes of images that are no multiple of the thumbnail's, or smaller than it, and one
// channel.
func TestThumbsOfAnySize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ h, w, c int }{{1, 1, 1}, {5, 17, 3}, {16, 16, 3}, {33, 100, 1}, {224, 31, 3}} {
		words := make([]uint64, c.c*thumbWords)
		pixels := make([]byte, c.h*c.w*c.c)
		for i := range pixels {
			pixels[i] = byte(4*(i%c.c) + 100)
		}
		shrink(words, pixels, c.h, c.w, c.c)
		for i, w := range words {
			if want := uint64(25+i/thumbWords) * 0x0101010101010101; w != want {
				t.Fatalf("%v: word %d is %x, want %x", c, i, w, want)
			}
		}
	}
}

// Where everything would chain, the bound is lowered; images that are all alike stay one
// cluster.
func TestClustersThatChain(t *testing.T) {
	t.Parallel()
	chain := &Thumbs{n: 65, size: thumbWords, words: make([]uint64, 65*thumbWords)}
	for i := range chain.n { // each of the first has two cells more than the one before, all others ten
		cells := 2 * i
		if i > 40 {
			cells = 80 + 10*(i-40)
		}
		for cell := range min(cells, ThumbCells) {
			chain.of(i)[cell/8] |= 63 << (cell % 8 * 8)
		}
	}
	c, err := chain.Cluster(t.Context(), nil)
	if err != nil || c.Apart != 1 || len(c.Sizes) < 40 {
		t.Errorf("%d clusters, the largest of %d, at %d: %v", len(c.Sizes), slices.Max(c.Sizes), c.Apart, err)
	}
	same := &Thumbs{n: 9, size: thumbWords, words: make([]uint64, 9*thumbWords)}
	if c, err = same.Cluster(t.Context(), nil); err != nil || !slices.Equal(c.Sizes, []int{9}) {
		t.Errorf("%v, %v", c, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := chain.Cluster(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := (&Thumbs{}).Cluster(t.Context(), nil); err == nil {
		t.Error("no images, no error")
	}
}

func BenchmarkClusters(b *testing.B) {
	thumbs := randomThumbs(3000)
	for b.Loop() {
		if _, err := thumbs.Cluster(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(3000*2999/2), "ns/pair")
}

// A line a cluster, of images that are in it.
func TestWriteClusters(t *testing.T) {
	t.Parallel()
	im, _ := scenes(t, 3, 10, 24)
	thumbs, err := NewThumbs(t.Context(), im, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := thumbs.Cluster(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteClusters(&b, im, c); err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	pen, err := newPen()
	if err != nil {
		t.Fatal(err)
	}
	top := sheetMargin + pen.height + sheetGap
	if want := image.Rect(0, 0, 2*sheetMargin+sheetMembers*(memberSide+sheetGap), top+3*(pen.height+memberSide+sheetGap)+sheetMargin); m.Bounds() != want {
		t.Errorf("%v, want %v", m.Bounds(), want)
	}
	first := im.Pixels(slices.Index(c.Of, 0))
	if r, g, _, _ := m.At(sheetMargin, top+pen.height).RGBA(); byte(r>>8) != first[0] || byte(g>>8) != first[1] {
		t.Errorf("the first image begins with %d, %d, want %v", r>>8, g>>8, first[:3])
	}
}
