package ref_test

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// A product of two small matrices, with bias and ReLU.
func Example() {
	e := ref.New()
	a, b, c, bias := e.Tensor(1, 2), e.Tensor(2, 2), e.Tensor(1, 2), e.Tensor(2)
	must(e.Upload(a, []float32{1, 2}))
	must(e.Upload(b, []float32{3, -4, 5, -6}))
	must(e.Upload(bias, []float32{0.5, 0.5}))

	must(e.Gemm(engine.Gemm{M: 1, N: 2, K: 2}, a, b, c, engine.Epilogue{Bias: bias, ReLU: true}))

	out := make([]float32, 2)
	must(e.Download(out, c))
	fmt.Println(out)
	// Output: [13.5 0]
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
