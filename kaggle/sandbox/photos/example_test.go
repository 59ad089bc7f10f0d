package photos_test

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// A canvas is painted from back to front; a figure has its own measure, which
// Place puts on the canvas.
func Example() {
	var c photos.Canvas
	c.Start(60, 40)
	c.Ground(photos.Plain(photos.Color{R: 200, G: 220, B: 255}))
	at := photos.Place(photos.Point{X: 30, Y: 20}, 0.1, 10, 10)
	ear := photos.Path{{X: -1}, {Y: -1}, {X: 1}}
	c.Fill(photos.Plain(photos.Color{R: 120, G: 80, B: 40}), 256, ear.Through(at))
	fmt.Println(c.Image().At(30, 16), c.Image().At(2, 2))
	// Output:
	// {120 80 40 255} {200 220 255 255}
}
