package cpu

import "golang.org/x/sys/cpu"

// available says whether the processor and the operating system have l.
func (l Level) available() bool {
	switch l {
	case AVX512:
		// The kernels use F and DQ, and BZHI of BMI2. VL and BW come with DQ in
		// every processor, and leave room for kernels that use them.
		return cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasBMI2 && AVX2.available()
	case AVX2:
		return cpu.X86.HasAVX2 && cpu.X86.HasFMA
	case Portable:
		return true
	}
	return false
}
