package cpu

import "golang.org/x/sys/cpu"

//go:generate go run ./internal/asmgen -dir . -out .

var avx512Kernels = kernelSet{
	mr: 14, nr: 32,
	rows: []func(*kernelArgs){
		nil, avx512Rows1, avx512Rows2, avx512Rows3, avx512Rows4, avx512Rows5, avx512Rows6, avx512Rows7,
		avx512Rows8, avx512Rows9, avx512Rows10, avx512Rows11, avx512Rows12, avx512Rows13, avx512Rows14,
	},
	columns: []func(*kernelArgs){
		nil, avx512Columns1, avx512Columns2, avx512Columns3, avx512Columns4, avx512Columns5, avx512Columns6, avx512Columns7,
		avx512Columns8, avx512Columns9, avx512Columns10, avx512Columns11, avx512Columns12, avx512Columns13, avx512Columns14,
	},
	pack:      avx512Pack,
	transpose: avx2Transpose8,
	tiles: tileSet{
		input: avx512TileInput, filter: avx512TileFilter, filterScale: avx512TileFilterScale, output: avx512TileOutput, outputAdd: avx512TileOutputAdd, gradient: avx512TileGradient, fold: avx512TileFold,
	},
	depthwise: depthwiseSet{avx512Window, avx512ReLU6, avx512ReLU6Backward},
	peak:      avx512Peak,
	peakFLOPs: 2 * 2 * 28 * 16,
}

// bf16Kernels take what AVX512-BF16 adds to AVX-512.
var bf16Kernels = kernelSet{
	mr: 14, nr: 32,
	rows: []func(*kernelArgs){
		nil, bf16Rows1, bf16Rows2, bf16Rows3, bf16Rows4, bf16Rows5, bf16Rows6, bf16Rows7,
		bf16Rows8, bf16Rows9, bf16Rows10, bf16Rows11, bf16Rows12, bf16Rows13, bf16Rows14,
	},
	columns: []func(*kernelArgs){
		nil, bf16Columns1, bf16Columns2, bf16Columns3, bf16Columns4, bf16Columns5, bf16Columns6, bf16Columns7,
		bf16Columns8, bf16Columns9, bf16Columns10, bf16Columns11, bf16Columns12, bf16Columns13, bf16Columns14,
	},
	pack:      avx512Pack,
	transpose: avx2Transpose8,
	pairs:     &pairSet{round: bf16Round, weave: bf16Weave},
	peak:      bf16Peak,
	peakFLOPs: 2 * 2 * 2 * 28 * 16,
}

var avx2Kernels = kernelSet{
	mr: 6, nr: 16,
	rows: []func(*kernelArgs){
		nil, avx2Rows1, avx2Rows2, avx2Rows3, avx2Rows4, avx2Rows5, avx2Rows6,
	},
	columns: []func(*kernelArgs){
		nil, avx2Columns1, avx2Columns2, avx2Columns3, avx2Columns4, avx2Columns5, avx2Columns6,
	},
	pack:      avx2Pack,
	transpose: avx2Transpose8,
	tiles: tileSet{
		input: avx2TileInput, filter: avx2TileFilter, filterScale: avx2TileFilterScale, output: avx2TileOutput, outputAdd: avx2TileOutputAdd, gradient: avx2TileGradient, fold: avx2TileFold,
	},
	depthwise: depthwiseSet{avx2Window, avx2ReLU6, avx2ReLU6Backward},
	peak:      avx2Peak,
	peakFLOPs: 2 * 2 * 12 * 8,
}

// pairKernels is the kernels for bfloat16 that go with a level, nil if there are
// none.
func pairKernels(l Level) *kernelSet {
	if l == AVX512 && cpu.X86.HasAVX512BF16 {
		return &bf16Kernels
	}
	return nil
}

func levelKernels(l Level) *kernelSet {
	switch l {
	case AVX512:
		return &avx512Kernels
	case AVX2:
		return &avx2Kernels
	}
	return nil
}
