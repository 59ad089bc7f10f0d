package sandbox

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos/fish"
)

// fishShares is how many photos of the real competition show each class.
var fishShares = [fish.Classes]int{1719, 200, 117, 67, 465, 299, 176, 734}

const (
	fullFish     = 3777 // photos of the real competition,
	fullTestFish = 1000 // and of its first stage
	trainBoats   = 24
	testBoats    = 12
	fishNumbers  = 8000 // that photos are named by
)

// fishPhoto is one photo: which boat took it of which haul, and its number.
type fishPhoto struct {
	class       fish.Class
	boat        int
	haul, frame int
	number      int
}

// name is that of the file.
func (p fishPhoto) name() string { return fmt.Sprintf("img_%05d.jpg", p.number) }

// fishPlan is the real competition's worth of photos, in the order in which
// smaller ones have them: haul by haul, so that any beginning has about the
// classes' shares. The boats of train and test are others, of the same kind.
type fishPlan struct {
	boats       []*fish.Boat
	train, test []fishPhoto
}

func newFishPlan() *fishPlan {
	p := &fishPlan{}
	cameras := make([]float64, fish.Cameras)
	for i := range cameras {
		cameras[i] = fish.CameraOdds(i)
	}
	busy := make([]float64, trainBoats+testBoats)
	for i := range busy {
		d := photos.Dice{Rand: seed.Rand(fishSeed, "sandbox", Fisheries, "boat", i)}
		camera := d.Pick(cameras...)
		busy[i] = d.Between(0.6, 1.6)
		if i < fish.Cameras { // each at least once among those to learn from
			camera = i
		}
		if fish.CameraOdds(camera) < 100 {
			busy[i] /= 3
		}
		p.boats = append(p.boats, fish.NewBoat(camera, d.Rand))
	}
	numbers := seed.Rand(fishSeed, "sandbox", Fisheries, "numbers").Perm(fishNumbers)
	p.train = p.hauls("train", fishShares, busy, 0, trainBoats)
	p.test = p.hauls("test", fewer(fishShares, fullTestFish), busy, trainBoats, trainBoats+testBoats)
	for i := range p.train {
		p.train[i].number = numbers[i]
	}
	for i := range p.test {
		p.test[i].number = numbers[fullFish+i]
	}
	return p
}

// fewer are counts that sum to n, in the shares of the given ones.
func fewer(counts [fish.Classes]int, n int) [fish.Classes]int {
	sum, before := 0, 0
	for _, c := range counts {
		sum += c
	}
	at := 0
	for i, c := range counts {
		at += c
		counts[i] = (at*n+sum/2)/sum - before
		before += counts[i]
	}
	return counts
}

// hauls deals so many photos of each class to the boats from first to last-1:
// in hauls of a few frames, by what the boats are out for.
func (p *fishPlan) hauls(part string, counts [fish.Classes]int, busy []float64, first, last int) []fishPhoto {
	type haul struct {
		class  fish.Class
		frames int
		when   float64
	}
	d := photos.Dice{Rand: seed.Rand(fishSeed, "sandbox", Fisheries, "hauls", part)}
	var all []haul
	for class := range fish.Class(fish.Classes) {
		for left := counts[class]; left > 0; {
			h := haul{class: class, frames: min(d.Whole(2, 6), left), when: float64(counts[class]-left) + float64(d.Between(0, 4))}
			if left == counts[class] { // small sets have every class, too
				h.frames, h.when = 2, -1
			}
			h.when /= float64(counts[class])
			left -= h.frames
			all = append(all, h)
		}
	}
	slices.SortStableFunc(all, func(a, b haul) int { return cmp.Compare(a.when, b.when) })
	var list []fishPhoto
	odds := make([]float64, last-first)
	for k, h := range all {
		for i := range odds {
			odds[i] = float64(p.boats[first+i].Lean(h.class) * busy[first+i])
		}
		boat := first + d.Pick(odds...)
		for frame := range h.frames {
			list = append(list, fishPhoto{class: h.class, boat: boat, haul: first*10_000 + k, frame: frame})
		}
	}
	return list
}

// draw draws a photo, and gives the boxes of its fish.
func (p *fishPlan) draw(c *photos.Canvas, one fishPhoto) (boxes []fish.Box, quality int) {
	haul := p.boats[one.boat].Haul(one.class, seed.Rand(fishSeed, "sandbox", Fisheries, "haul", one.haul))
	return haul.Draw(c, one.frame, seed.Rand(fishSeed, "sandbox", Fisheries, "frame", one.haul, one.frame))
}
