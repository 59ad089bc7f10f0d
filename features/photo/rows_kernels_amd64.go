package photo

import (
	"os"

	"golang.org/x/sys/cpu"
)

//go:generate go run ./internal/rowgen -out .

// kernels are the machine's; PODIUM_CPU=portable does without, PODIUM_CPU=avx2 without
// those of AVX-512.
var kernels = func() *rowKernels {
	level := os.Getenv("PODIUM_CPU")
	if !cpu.X86.HasAVX2 || !cpu.X86.HasBMI2 || level == "portable" {
		return nil
	}
	k := &rowKernels{avx2SumRows, avx2Across, avx2Near, avx2YCbCr, avx2IDCT, nil, bmi2Values}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && level != "avx2" {
		k.blocks4 = avx512IDCT
	}
	return k
}()
