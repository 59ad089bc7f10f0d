package sandbox_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

func ExampleSandbox_AddPractice() {
	dir, err := os.MkdirTemp("", "podium")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	own := filepath.Join(dir, "fruit.csv")
	if err := os.WriteFile(own, []byte("weight,fruit\n170,apple\n110,lemon\n180,apple\n120,lemon\n175,apple\n115,lemon\n"), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	s, err := sandbox.Open(filepath.Join(dir, "state"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	made, err := s.AddPractice(context.Background(), "fruit", sandbox.Practice{From: own, Target: "fruit", Holdout: 0.5, Public: 0.5, Seed: 1})
	fmt.Println(made.Metric.Name, made.Train, made.Public, made.Private, err)
	for _, note := range made.Notes {
		fmt.Println(note)
	}
	// Output:
	// accuracy 3 2 1 <nil>
	// id: no column tells the rows apart by its name, so they are numbered in a new column "id"
	// metric: accuracy, as "fruit" holds words
}
