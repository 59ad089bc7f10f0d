package photo

import (
	"os"

	"golang.org/x/sys/cpu"
)

//go:generate go run ./internal/rowgen -out .

// kernels are the machine's; PODIUM_CPU=portable does without.
var kernels = func() *rowKernels {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasBMI2 || os.Getenv("PODIUM_CPU") == "portable" {
		return nil
	}
	return &rowKernels{avx2SumRows, avx2Across, avx2Near, avx2YCbCr, avx2IDCT, bmi2Values}
}()
