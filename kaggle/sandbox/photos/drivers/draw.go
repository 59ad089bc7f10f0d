package drivers

import (
	"math/rand/v2"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// Frame is one photo of a clip.
type Frame struct {
	Driver  *rand.Rand // what is drawn of the driver: the same in all of his or her photos
	Clip    *rand.Rand // how the driver takes the posture: the same in all photos of the clip
	Photo   *rand.Rand // what is in this photo alone
	Posture Posture
	Time    float64 // in the clip, 0 to 1
	Resized bool    // to other shares than the camera's
}

// The size of a photo. It is drawn at half of it.
const (
	Width  = 640
	Height = 480
)

// Draw draws the frame, and gives the quality that it is to be compressed with
// (1 to 100).
func Draw(c *photos.Canvas, f Frame) (quality int) {
	l := newLook(f.Driver)
	clip, photo := photos.Dice{Rand: f.Clip}, photos.Dice{Rand: f.Photo}
	o := l.pose(f.Posture, clip)
	far := clip.Whole(0, 60_000)
	o = o.moved(clip, f.Time)
	shake := pt{X: photo.About(clip.About(0, 3), 1), Y: photo.About(clip.About(0, 2), 1)}
	camera := l.camera.Then(photos.Place(shake, 0, 1, 1))
	if f.Resized {
		wide, high := photo.Between(1, 1.4), photo.Between(1, 1.4)
		at := pt{X: float64((1 - wide) * photo.Between(0, Width/2)), Y: float64((1 - high) * photo.Between(0, Height/2))}
		camera = camera.Then(photos.Place(at, 0, wide, high))
	}
	c.Start(Width/2, Height/2)
	p := &pen{c: c, at: camera, grid: camera.Grid(), noise: l.noise, light: l.light, depth: l.depth}
	l.behind(p, far+int(f.Time*4000))
	l.helm(p)
	right, left := l.shoulders(o)
	l.arm(p, left, o.left, 225)
	l.torso(p, o)
	l.head(p, o)
	l.arm(p, right, o.right, 256)
	finish := l.finish
	flicker := photo.Whole(-8, 8)
	for i := range finish.Gain {
		finish.Gain[i] += flicker
	}
	finish.Seed = f.Photo.Uint64()
	finish.Apply(c)
	c.Enlarge()
	return l.quality
}
