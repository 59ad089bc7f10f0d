package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Winograd says which convolutions run by Winograd's algorithm: only those of
// 3x3 and stride 1 can. It is faster and rounds differently: on random data the
// relative error against float64, ||d||/||y||, is about twice that of the direct
// way forward and up to four times backward, where the direct way adds up less at
// a time (with 512 channels 1.9e-6 against 1.2e-6 forward, 4e-7 against 1.3e-7 and
// 4.7e-7 against 1.8e-7 backward; TestWinogradError). A NaN or infinity in a pixel
// reaches all outputs of the 4x4 tiles that see it.
type Winograd int

// Which convolutions run by Winograd's algorithm.
const (
	WinogradAuto   Winograd = iota // where it pays
	WinogradOff                    // none
	WinogradAlways                 // all that can
)

var winogradNames = [...]string{"auto", "off", "always"}

// String is the name that PODIUM_WINOGRAD takes.
func (w Winograd) String() string {
	if w < 0 || int(w) >= len(winogradNames) {
		return fmt.Sprintf("winograd %d", int(w))
	}
	return winogradNames[w]
}

func parseWinograd(name string) (Winograd, error) {
	for i, n := range winogradNames {
		if n == name {
			return Winograd(i), nil
		}
	}
	return WinogradAuto, fault.New(fault.Usage, "set PODIUM_WINOGRAD to auto, off or always, or unset it", "PODIUM_WINOGRAD: want auto, off or always, got %q", name)
}

// byWinograd says whether a pass of a convolution, which cuts images of high by
// wide pixels into tiles, runs by Winograd's algorithm.
func (e *Engine) byWinograd(c engine.Conv, high, wide int) bool {
	if c.R != 3 || c.S != 3 || c.StrideH != 1 || c.StrideW != 1 || e.winograd == WinogradOff {
		return false
	}
	return e.winograd == WinogradAlways || winogradPays(c, high, wide) && (e.precision == FP32 || winogradPaysBF16(high, wide))
}

// winogradPaysBF16 says whether Winograd's algorithm, which always computes in
// float32, is faster than the direct way in bfloat16, too: where of the tiles' 16
// pixels at least 14 are wanted. So 28x28 pixels pay and 14x14 do not. Rounding
// the points of tiles and weights to bfloat16 would be faster yet, but on random
// data gives a relative error of 1.1e-2 where the direct way has 2.4e-3.
func winogradPaysBF16(high, wide int) bool { return high*wide >= 14*cutTiles(1, high, wide).tiles() }

// winogradPays is what measurement says, at all levels: channels must be worth a
// vector's way through the transformations, and of the tiles' 16 pixels at least
// 9 must be wanted. So 6x6 pixels pay and 5x5, which take as many tiles, do not.
func winogradPays(c engine.Conv, high, wide int) bool {
	const channels = 8
	t := cutTiles(1, high, wide)
	return c.C >= channels && c.K >= channels && high*wide >= 9*t.tiles()
}
