package cpu

import "golang.org/x/sys/cpu"

// Features are the vector instruction sets of this processor that matter to an
// engine, for a person: which of them the kernels use, Engine.Level says.
func Features() []string {
	var all []string
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"AVX-512", cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL}, {"AVX512-BF16", cpu.X86.HasAVX512BF16}, {"AVX2", cpu.X86.HasAVX2}, {"FMA", cpu.X86.HasFMA},
		{"SVE", cpu.ARM64.HasSVE}, {"ASIMD", cpu.ARM64.HasASIMD},
	} {
		if f.has {
			all = append(all, f.name)
		}
	}
	return all
}
