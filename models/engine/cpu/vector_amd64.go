package cpu

//go:generate go run ./internal/vecgen -dir . -out .

var avx512Vectors = vectorSet{
	relu:             avx512ReLU,
	reluBackward:     avx512ReLUBackward,
	add:              avx512Add,
	dropout:          avx512Dropout,
	columnSum:        avx512ColumnSum,
	reluBackwardSum:  avx512ReLUBackwardSum,
	columnMoments:    avx512ColumnMoments,
	scale:            avx512Scale,
	normalise:        avx512Normalise,
	normaliseAdd:     avx512NormaliseAdd,
	gradSums:         avx512GradSums,
	gradSumsReLU:     avx512GradSumsReLU,
	gradSumsGate:     avx512GradSumsGate,
	gradInput:        avx512GradInput,
	gradInputReLU:    avx512GradInputReLU,
	maxPool2:         avx512MaxPool2,
	maxPool2Backward: avx512MaxPool2Backward,
	maxPool:          avx512MaxPool,
	maxPoolBackward:  avx512MaxPoolBackward,
	adam:             avx512Adam,
	momentum:         avx512Momentum,
	descent:          avx512Descent,
	ema:              avx512EMA,
}

var avx2Vectors = vectorSet{
	relu:             avx2ReLU,
	reluBackward:     avx2ReLUBackward,
	add:              avx2Add,
	dropout:          avx2Dropout,
	columnSum:        avx2ColumnSum,
	reluBackwardSum:  avx2ReLUBackwardSum,
	columnMoments:    avx2ColumnMoments,
	scale:            avx2Scale,
	normalise:        avx2Normalise,
	normaliseAdd:     avx2NormaliseAdd,
	gradSums:         avx2GradSums,
	gradSumsReLU:     avx2GradSumsReLU,
	gradSumsGate:     avx2GradSumsGate,
	gradInput:        avx2GradInput,
	gradInputReLU:    avx2GradInputReLU,
	maxPool2:         avx2MaxPool2,
	maxPool2Backward: avx2MaxPool2Backward,
	maxPool:          avx2MaxPool,
	maxPoolBackward:  avx2MaxPoolBackward,
	adam:             avx2Adam,
	momentum:         avx2Momentum,
	descent:          avx2Descent,
	ema:              avx2EMA,
}

// levelVectors is nil for a level without loops of its own.
func levelVectors(l Level) *vectorSet {
	switch l {
	case AVX512:
		return &avx512Vectors
	case AVX2:
		return &avx2Vectors
	}
	return nil
}
