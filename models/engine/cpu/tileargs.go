package cpu

// The points of Winograd's algorithm F(4x4,3x3) are 0, +-pointA, +-pointB and
// infinity. Integers (1 and 2) would make simple matrices; these two make the
// numbers between the transformations less unequal, and so lose half as much to
// rounding (TestWinogradError). Their squares are exact in float32.
const (
	pointA = 0.625
	pointB = 1.5
)

// tileArgs are the arguments of a transformation of small square tiles of
// channels: dst = F src F^T for each of some tiles and each channel, where F is
// the input's, the filter's, the output's matrix and so on (tileSet). Distances
// are in bytes; channels are contiguous. internal/vecgen reads this file: the
// assembly follows the fields by name, and takes the points from here.
type tileArgs struct {
	src, dst         *float32
	srcRow, srcCol   int // between rows and columns of what is read
	dstRow, dstCol   int
	srcNext, dstNext int      // between tiles
	tiles, channels  int      // at least 1
	tmp              *float32 // room for 6x6 vectors
	scale            *float32 // a value a channel, which weights are multiplied by
	bias             *float32 // a value a channel, added to outputs
	floor            float32  // outputs below become this
}
