package graph

import (
	"math"

	"gorgonia.org/tensor"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// Init chooses the distribution of a layer's initial weights.
type Init int

const (
	// AutoInit is HeNormal for convolutions, and for dense layers with ReLU or
	// without a bias (a layer without one is followed by BatchNorm and ReLU).
	// Other dense layers give logits and get LeCunNormal, so that the first
	// loss is close to that of a uniform guess.
	AutoInit Init = iota
	// HeNormal has standard deviation sqrt(2/fanIn), which keeps the variance
	// of activations through ReLU layers (He et al. 2015, arXiv:1502.01852).
	HeNormal
	// LeCunNormal has standard deviation sqrt(1/fanIn) (LeCun et al. 1998,
	// "Efficient BackProp").
	LeCunNormal
)

// filler begins the initial values of the parameter of that name. They depend on
// seed, name and shape only, never on the engine or on what was made before.
type filler func(root uint64, name string, shape tensor.Shape) source

// source writes the next values to dst.
type source func(dst []float32)

func constant(v float32) filler {
	return func(uint64, string, tensor.Shape) source {
		return func(dst []float32) {
			for i := range dst {
				dst[i] = v
			}
		}
	}
}

// normal draws from N(0, gain/fanIn), where fanIn is the product of all but the
// last dimension: kernel area times input channels, or input features.
func normal(gain float64) filler {
	return func(root uint64, name string, shape tensor.Shape) source {
		fanIn := shape.TotalSize() / shape[len(shape)-1]
		std := math.Sqrt(gain / float64(fanIn))
		r := seed.Rand(root, "init", name)
		return func(dst []float32) {
			for i := range dst {
				dst[i] = float32(r.NormFloat64() * std)
			}
		}
	}
}

func (i Init) weights(auto Init) filler {
	if i == AutoInit {
		i = auto
	}
	if i == LeCunNormal {
		return normal(1)
	}
	return normal(2)
}
