package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Level is the instruction set that the kernels use.
type Level int

// The levels. Auto is the best that the processor has.
const (
	Auto Level = iota
	AVX512
	AVX2
	Portable
)

var levelNames = [...]string{"auto", "avx512", "avx2", "portable"}

// String is the name that PODIUM_CPU takes.
func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return fmt.Sprintf("level %d", int(l))
	}
	return levelNames[l]
}

func parseLevel(name string) (Level, error) {
	for i, n := range levelNames {
		if n == name {
			return Level(i), nil
		}
	}
	return Auto, fault.New(fault.Usage, "set PODIUM_CPU to avx512, avx2 or portable, or unset it", "PODIUM_CPU: want avx512, avx2 or portable, got %q", name)
}

func bestLevel() Level {
	for _, l := range []Level{AVX512, AVX2} {
		if l.available() {
			return l
		}
	}
	return Portable
}
