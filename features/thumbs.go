package features

import (
	"context"
	"fmt"
	"math/bits"
	"runtime"
	"sync"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// thumbSide is how many cells a thumbnail has across and down.
const thumbSide = 16

// ThumbCells is how many cells a thumbnail has, the most that two can differ in.
const ThumbCells = thumbSide * thumbSide

// thumbWords is how many words a channel of a thumbnail takes: 8 cells to a word.
const thumbWords = ThumbCells / 8

// Levels of a channel are cut to 6 bits, so that eight fit into a word and a
// subtraction never borrows from the neighbour. Two cells differ where those of some
// channel are cellApart apart, which is more than about 24 of 255: less than that is
// what noise, compression and a flickering light do.
const (
	levelBits = 6
	cellApart = 7
	eachHigh  = 0x8080808080808080
	eachApart = 0x0101010101010101 * cellApart
)

// Thumbs are small copies of images, 16x16 cells in colour, by which images are
// compared: two of one scene agree in most cells although somebody moved in it, and a
// resized or recompressed copy agrees in all. 256 bytes an image and channel. It may be
// read by several goroutines at once.
type Thumbs struct {
	n, size int // images, words of each
	words   []uint64
}

// NewThumbs makes the thumbnails of the given rows of m, of all if rows is nil: each
// cell is the mean of the pixels in it.
func NewThumbs(ctx context.Context, m *Images, rows []int) (*Thumbs, error) {
	if rows == nil {
		rows = make([]int, m.N())
		for i := range rows {
			rows[i] = i
		}
	}
	t := &Thumbs{n: len(rows), size: m.C() * thumbWords}
	t.words = make([]uint64, t.n*t.size)
	workers := min(runtime.GOMAXPROCS(0), max(t.n, 1))
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < t.n && ctx.Err() == nil; i += workers {
				shrink(t.of(i), m.Pixels(rows[i]), m.H(), m.W(), m.C())
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("thumbnails: %w", err)
	}
	return t, nil
}

// shrink writes the cells of an image, channel by channel, into words that are zero.
func shrink(words []uint64, pixels []byte, h, w, c int) {
	for cell := range ThumbCells {
		y0, y1 := under(cell/thumbSide, h)
		x0, x1 := under(cell%thumbSide, w)
		var sum [4]uint32
		for y := y0; y < y1; y++ {
			row := pixels[(y*w+x0)*c : (y*w+x1)*c]
			for len(row) >= c {
				for ch := range c {
					sum[ch&3] += uint32(row[ch])
				}
				row = row[c:]
			}
		}
		n := uint32((y1 - y0) * (x1 - x0))
		for ch := range c {
			level := uint64(sum[ch&3]/n) >> (8 - levelBits)
			words[ch*thumbWords+cell/8] |= level << (cell % 8 * 8)
		}
	}
}

// under is the pixels from first to last-1 of a side under a cell, at least one.
func under(cell, side int) (first, last int) {
	first = cell * side / thumbSide
	return first, max((cell+1)*side/thumbSide, first+1)
}

// Len is the number of thumbnails.
func (t *Thumbs) Len() int { return t.n }

func (t *Thumbs) of(i int) []uint64 { return t.words[i*t.size : (i+1)*t.size] }

// Apart is in how many cells thumbnails i and j differ, from 0 to ThumbCells.
func (t *Thumbs) Apart(i, j int) int { return t.within(i, j, ThumbCells+1) }

// within is Apart where that is below bound, else any number from bound on: most pairs
// differ soon enough to be let go.
func (t *Thumbs) within(i, j, bound int) int {
	a, b := t.of(i), t.of(j)
	b = b[:len(a)]
	apart := 0
	for w := range thumbWords {
		var differ uint64
		for at := w; at < len(a); at += thumbWords {
			// The high bit of each byte: one level is the other's and cellApart more.
			differ |= ((a[at] | eachHigh) - (b[at] + eachApart)) | ((b[at] | eachHigh) - (a[at] + eachApart))
		}
		apart += bits.OnesCount64(differ & eachHigh)
		if w%4 == 3 && apart >= bound {
			return apart
		}
	}
	return apart
}

// usualPairs is how many pairs tell how far images are apart that have nothing to do
// with each other.
const usualPairs = 2001

// Usual is in how many cells two images drawn at random differ: the median.
func (t *Thumbs) Usual() int {
	if t.n < 2 {
		return ThumbCells
	}
	r := seed.Rand(0, "usual pairs")
	var count [ThumbCells + 1]int
	for range usualPairs {
		i := r.IntN(t.n)
		j := (i + 1 + r.IntN(t.n-1)) % t.n
		count[t.Apart(i, j)]++
	}
	below := 0
	for apart, n := range count {
		if below += n; below > usualPairs/2 {
			return apart
		}
	}
	return ThumbCells
}
