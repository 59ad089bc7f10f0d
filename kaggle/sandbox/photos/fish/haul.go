package fish

import (
	"math/rand/v2"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// Haul is what a camera sees for some frames in a row.
type Haul struct {
	boat    *Boat
	light   int // of the hour, in 256ths
	people  []person
	tools   []tool
	catch   [fishes][]caught // one fish after the other
	stains  []tool
	overlap bool // a hand lies on the fish
}

// fishes is how many fish are laid down in turn, each for framesEach frames.
const (
	fishes     = 3
	framesEach = 2
)

// caught is a fish and where it lies: at in shares, size as a share of the
// width.
type caught struct {
	animal *animal
	spot
}

// Haul draws what is on deck when a class was caught.
func (b *Boat) Haul(class Class, r *rand.Rand) *Haul {
	d := photos.Dice{Rand: r}
	h := &Haul{boat: b, light: d.Whole(205, 307), overlap: d.Chance(0.3)}
	for range d.Pick(1, 3, 3, 1) {
		h.people = append(h.people, newPerson(b, d))
	}
	for range d.Pick(2, 3, 2, 1) {
		h.tools = append(h.tools, newTool(d))
	}
	for range d.Pick(4, 2, 1) {
		h.stains = append(h.stains, newTool(d))
	}
	if class == NoFish {
		return h
	}
	for i := range fishes {
		h.catch[i] = b.lay(class, d)
	}
	return h
}

// lay draws a fish, and smaller ones beside it: the last one is the main one.
func (b *Boat) lay(class Class, d photos.Dice) []caught {
	size := float64(b.length * d.Between(0.8, 1.2))
	main := caught{newAnimal(class, b, d), spot{
		at:   b.place.Plus(pt{X: d.About(0, 0.45), Y: d.About(0, 0.35)}),
		size: size, turns: b.angle + d.About(0, 0.09), flat: d.Between(0.85, 1.05), left: d.Chance(0.5), belly: d.Chance(0.25),
	}}
	if d.Chance(b.hang) { // held by the tail, or by the head
		main.turns += 0.25
		main.size = min(size, 0.85*float64(b.h)/float64(b.w))
		main.at.Y = b.place.Y - d.Between(0.02, 0.2)
	}
	edge := float64(0.55 * main.size) // so that it is seen whole, or nearly
	main.at.X = min(max(main.at.X, edge), 1-edge)
	var all []caught
	for range d.Pick(17, 2, 1, 0.5) {
		more := caught{newAnimal(class, b, d), main.spot}
		more.size = float64(size * d.Between(0.4, 0.6))
		more.at = pt{X: d.Between(0.15, 0.85), Y: d.Between(0.4, 0.9)}
		more.turns = b.angle + d.About(0, 0.2)
		all = append(all, more)
	}
	return append(all, main)
}

// Draw draws the frame of a number, from 0, and gives the boxes of its fish, the
// largest one last, and the quality that it is to be compressed with (1 to 100).
func (h *Haul) Draw(c *photos.Canvas, frame int, r *rand.Rand) (boxes []Box, quality int) {
	d := photos.Dice{Rand: r}
	b := h.boat
	c.Start(b.w/2, b.h/2) // they are even
	w, high := c.Size()
	s := &scene{c: c, b: b, w: float64(w), h: float64(high)}
	s.deck()
	for _, t := range h.stains { // blood and water
		size := float64(t.size * s.w * 1.5)
		m := photos.Place(s.at(t.at.X, t.at.Y), t.turns, size, size)
		s.c.Fill(photos.Plain(photos.Color{R: 90, G: 25, B: 25}), 90, photos.Smooth(pt{X: -1}, pt{X: -0.2, Y: -0.4}, pt{X: 0.9, Y: -0.2}, pt{X: 0.4, Y: 0.3}, pt{X: -0.5, Y: 0.5}).Through(m))
	}
	near := func(p person) bool { return p.foot.Y > 1 }
	for _, p := range h.people {
		if !near(p) {
			p.draw(s, d)
		}
	}
	for _, t := range h.tools {
		t.draw(s, d)
	}
	apart := photos.Dice{Rand: seed.Rand(d.Uint64(), "fish")} // the same frame without fish differs in nothing else
	catch := h.catch[frame/framesEach%fishes]
	for _, f := range catch {
		boxes = append(boxes, s.put(f, apart))
	}
	if h.overlap && len(catch) > 0 {
		s.hand(catch[len(catch)-1], apart)
	}
	for _, p := range h.people {
		if near(p) {
			p.draw(s, d)
		}
	}
	f := b.finish
	f.Seed = d.Uint64()
	light := h.light + d.Whole(-8, 8)
	for i := range f.Gain {
		f.Gain[i] = f.Gain[i] * light >> 8
	}
	f.Apply(c)
	c.Enlarge()
	return boxes, b.quality
}

// put draws a fish, which moves a little from frame to frame, and gives its box
// in the photo.
func (s *scene) put(f caught, d photos.Dice) Box {
	f.at = s.at(f.at.X+d.About(0, 0.03), f.at.Y+d.About(0, 0.03))
	f.turns += d.About(0, 0.015)
	f.size = float64(f.size*s.w) / long
	lo, hi := f.animal.draw(s.c, f.spot)
	lo, hi = pt{X: max(lo.X, 0), Y: max(lo.Y, 0)}, pt{X: min(hi.X, s.w), Y: min(hi.Y, s.h)}
	return Box{X: 2 * lo.X, Y: 2 * lo.Y, Width: 2 * (hi.X - lo.X), Height: 2 * (hi.Y - lo.Y)} // the photo is twice as large
}

// hand is a glove on a fish.
func (s *scene) hand(f caught, d photos.Dice) {
	m := photos.Place(s.at(f.at.X, f.at.Y), f.turns, float64(f.size*s.w)/long, float64(f.size*s.w)/long)
	x := d.Between(-0.3, 1.2)
	s.c.Fill(photos.Plain(s.b.crew[2]), 256, photos.Limb([]pt{{X: x, Y: -1.6}, {X: x + 0.1, Y: -0.9}, {X: x, Y: -0.3}}, []float64{0.2, 0.18, 0.15}).Through(m))
	s.c.Fill(photos.Plain(s.b.skin), 256, photos.Ellipse(pt{X: x, Y: -0.2}, 0.2, 0.22).Through(m))
}
