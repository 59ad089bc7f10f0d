package sweep_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"strconv"

	"github.com/seed-a5aa75a0/podium/pipelines/sweep"
)

// A search for the rate at which a training that costs nothing does best.
func ExampleStudy_Run() {
	space, fixed, err := sweep.ParseSpace([]string{"train.lr=0.0001..0.1", "seed=3"}, true)
	if err != nil {
		panic(err)
	}
	root, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(root)
	study, err := sweep.Open(root, sweep.Design{Pipeline: "digits", Metric: "logloss", LowerIsBetter: true, Space: space, Sampler: sweep.TPE, Seed: 1})
	if err != nil {
		panic(err)
	}
	defer study.Close()
	err = study.Run(context.Background(), 30, func(_ context.Context, t sweep.Trial) (sweep.Trial, error) {
		lr, err := strconv.ParseFloat(t.Values[0], 64)
		cv := math.Abs(math.Log10(lr / 0.004))
		t.State, t.CV = sweep.Finished, &cv
		return t, err
	})
	if err != nil {
		panic(err)
	}
	best := sweep.Ranked(study.Trials(), true)[0]
	fmt.Println("fixed:", fixed)
	fmt.Printf("best of %d: %.3f from the best rate\n", len(study.Trials()), *best.CV)
	// Output:
	// fixed: [seed=3]
	// best of 30: 0.002 from the best rate
}
