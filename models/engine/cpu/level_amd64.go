package cpu

import "golang.org/x/sys/cpu"

// available says whether the processor and the operating system have l.
func (l Level) available() bool {
	switch l {
	case AVX512:
		return cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && AVX2.available()
	case AVX2:
		return cpu.X86.HasAVX2 && cpu.X86.HasFMA
	case Portable:
		return true
	}
	return false
}
