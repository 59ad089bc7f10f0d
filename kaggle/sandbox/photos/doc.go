// Package photos draws the photos of the sandbox's generated competitions: a
// small drawing core (Canvas, Path, Noise, Finish) that figures and scenes are
// made with, such as those of packages pets, drivers and fish, and Pack, which makes a
// zip of many of them.
//
// The same seed gives the same pixels on every machine. Shapes are computed in
// float64 and rounded to 1/256 of a pixel, colours in integers. Go may fuse
// x*y + z into one instruction, with other last bits, where the processor has
// one; float64(x*y) + z forbids it, so every product here that is added to
// something is written so, and neither math.Sin nor other functions of math
// that do not round correctly are used (Turn does that work). A test of each
// such package compares sums of pixels, in .ci/run also as compiled for other
// instructions. The bytes of the JPEG files are those of Go's own encoder, so
// another release of Go may change them.
package photos
