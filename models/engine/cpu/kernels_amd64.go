package cpu

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
		input: avx512TileInput, filter: avx512TileFilter, output: avx512TileOutput, outputAdd: avx512TileOutputAdd, gradient: avx512TileGradient, fold: avx512TileFold,
	},
	peak:      avx512Peak,
	peakFLOPs: 2 * 2 * 28 * 16,
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
		input: avx2TileInput, filter: avx2TileFilter, output: avx2TileOutput, outputAdd: avx2TileOutputAdd, gradient: avx2TileGradient, fold: avx2TileFold,
	},
	peak:      avx2Peak,
	peakFLOPs: 2 * 2 * 12 * 8,
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
