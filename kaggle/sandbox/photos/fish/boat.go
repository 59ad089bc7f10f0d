package fish

import (
	"math/rand/v2"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// Boat is one with its camera: what all of its photos have in common.
type Boat struct {
	seed  uint64 // of what is fixed on deck, which is drawn anew each time
	noise *photos.Noise
	w, h  int // of the photos

	lean    [Classes]float64
	place   pt      // where fish are laid, in shares of width and height
	angle   float64 // at which, in turns
	length  float64 // of a fish of usual size, as a share of the width
	hang    float64 // how often fish are held up
	crew    []photos.Color
	skin    photos.Color
	back    photos.Color // of fish in this light and water
	night   bool
	finish  photos.Finish
	quality int
}

// cameras are the sizes of the real photos, and how many had them, about.
var cameras = [...]struct {
	w, h int
	odds float64
}{
	{1280, 720, 2212}, {1280, 750, 579}, {1280, 974, 395}, {1276, 718, 205}, {1192, 670, 198},
	{1280, 924, 58}, {1244, 700, 50}, {1518, 854, 41}, {1732, 974, 37}, {1334, 750, 29},
}

// Cameras is how many sizes of photos there are.
const Cameras = len(cameras)

// CameraOdds is how common photos of the size of a number are.
func CameraOdds(camera int) float64 { return cameras[camera].odds }

// NewBoat draws a boat with a camera, a number below Cameras.
func NewBoat(camera int, r *rand.Rand) *Boat {
	d := photos.Dice{Rand: r}
	b := &Boat{seed: d.Uint64(), noise: photos.NewNoise(r), w: cameras[camera].w, h: cameras[camera].h}
	for i := range b.lean {
		b.lean[i] = 1
		for range d.Pick(3, 2, 2, 2) {
			b.lean[i] *= 2.5
		}
	}
	b.lean[NoFish] = d.Between(2, 7)
	b.place = pt{X: d.Between(0.3, 0.7), Y: d.Between(0.45, 0.7)}
	b.angle, b.length, b.hang = d.About(0, 0.1), d.Between(0.3, 0.44), d.Between(0, 0.3)
	coat := d.Color([2]float64{0, 0.7}, [2]float64{0.3, 0.9}, [2]float64{0.3, 0.95})
	b.crew = []photos.Color{coat, coat.Blend(photos.Color{R: 240, G: 240, B: 230}, d.Whole(0, 256)), d.Color([2]float64{0, 1}, [2]float64{0, 0.9}, [2]float64{0.1, 0.9})}
	b.skin = d.Color([2]float64{0.03, 0.09}, [2]float64{0.25, 0.6}, [2]float64{0.35, 0.95})
	b.back = d.Color([2]float64{0.5, 0.68}, [2]float64{0.1, 0.5}, [2]float64{0.2, 0.45})
	b.night = d.Chance(0.15)
	b.finish = photos.Finish{Lift: d.Whole(-10, 20), Across: d.Whole(-80, 80), Down: d.Whole(-60, 60), Vignette: d.Whole(0, 90), Grain: d.Whole(2, 14), Soft: d.Chance(0.15)}
	light := d.Between(210, 310)
	for i := range b.finish.Gain {
		b.finish.Gain[i] = int(light + d.About(0, 36))
	}
	if b.night {
		tint := d.Pick(1, 1, 1) // one of blue, green and red lamps
		for i := range b.finish.Gain {
			if i != [...]int{2, 1, 0}[tint] {
				b.finish.Gain[i] = b.finish.Gain[i] * d.Whole(140, 190) / 256
			}
		}
		b.finish.Vignette += 60
	}
	b.quality = d.Whole(62, 82)
	return b
}

// Size is that of the boat's photos.
func (b *Boat) Size() (w, h int) { return b.w, b.h }

// Lean is how much more often than others this boat has a class.
func (b *Boat) Lean(c Class) float64 { return b.lean[c] }
