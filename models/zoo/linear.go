package zoo

import (
	G "gorgonia.org/gorgonia"

	"github.com/seed-a5aa75a0/podium/models/graph"
)

// linear is multinomial logistic regression on the pixels, the baseline that any
// other net must beat (Bishop 2006, "Pattern Recognition and Machine Learning",
// 4.3.4).
var linear = Arch{
	Name:    "linear",
	Version: 1,
	Doc:     "Multinomial logistic regression on the pixels.",
	Paper:   "Bishop 2006, Pattern Recognition and Machine Learning, 4.3.4",
	Build: func(n *graph.Net, x *G.Node, classes int) *G.Node {
		return n.Dense(n.Flatten(x), graph.Dense{Name: "fc", Units: classes, Bias: true})
	},
}
