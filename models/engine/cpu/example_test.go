package cpu_test

import (
	"fmt"
	"log"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
)

func ExampleNew() {
	e, err := cpu.New(cpu.Options{Threads: 2})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()

	a, b, c := e.Tensor(2, 3), e.Tensor(3, 2), e.Tensor(2, 2)
	if err := e.Upload(a, []float32{1, 2, 3, 4, 5, 6}); err != nil {
		log.Fatal(err)
	}
	if err := e.Upload(b, []float32{1, 0, 0, 1, 1, 1}); err != nil {
		log.Fatal(err)
	}
	if err := e.Gemm(engine.Gemm{M: 2, N: 2, K: 3}, a, b, c, engine.Epilogue{}); err != nil {
		log.Fatal(err)
	}
	out := make([]float32, 4)
	if err := e.Download(out, c); err != nil {
		log.Fatal(err)
	}
	fmt.Println(out)

	err = e.Gemm(engine.Gemm{M: 2, N: 2, K: 9}, a, b, c, engine.Epilogue{})
	fmt.Println(err)
	// Output:
	// [4 5 10 11]
	// gemm: a: want at least 18 elements, got 6 (shape (2, 3))
}
