package train_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/train"
)

// Two classes of 2x2 images: bright on the left, bright on the right.
func ExampleFit() {
	left, right := []float32{1, 0, 1, 0}, []float32{0, 1, 0, 1}
	data := &train.Memory{Classes: 2, Batch: 4}
	for range 8 {
		data.X = append(append(data.X, left...), right...)
		data.Labels = append(data.Labels, 0, 1)
	}
	ctx := context.Background()
	model, err := train.Fit(ctx, train.Config{
		Net: train.Net{Arch: "linear"}, Input: [3]int{2, 2, 1}, Classes: 2, Seed: 1,
		Engine: ref.New(), // cpu.New in earnest
		Phases: []train.Phase{{Epochs: 20, Batch: 4, LR: 0.1, Schedule: "one_cycle"}},
	}, data)
	if err != nil {
		fmt.Println(err)
		return
	}
	images := func(yield func(train.Batch, error) bool) {
		yield(train.Batch{X: append(append([]float32{}, right...), left...), N: 2}, nil)
	}
	p, err := model.Predict(ctx, images, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("epochs: %d, right: class 1 %t, left: class 0 %t\n", len(model.History), p[1] > 0.9, p[2] > 0.9)
	// Output: epochs: 20, right: class 1 true, left: class 0 true
}

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "model")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "net.safetensors")
	data := &train.Memory{X: []float32{1, 0, 0, 1}, Labels: []int{0, 1}, Classes: 2, Batch: 2}
	trained, err := train.Fit(context.Background(), train.Config{
		Net: train.Net{Arch: "linear"}, Input: [3]int{1, 2, 1}, Classes: 2, Engine: ref.New(),
		Phases: []train.Phase{{Epochs: 3, Batch: 2, LR: 0.1}},
	}, data)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := trained.Save(path); err != nil {
		fmt.Println(err)
		return
	}
	model, err := train.Load(path, ref.New())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(model.Net.Arch, model.Input, model.Classes, len(model.History))
	// Output: linear [1 2 1] 2 3
}

// A head is trained on what a trunk makes of two images, and then joined with it.
func ExampleTrunk() {
	config := train.Config{
		Net:   train.Net{Arch: "mnist_bn", Cut: "maxpool1", Head: []string{"pool"}},
		Input: [3]int{12, 12, 1}, Classes: 2, Engine: ref.New(),
	}
	trunk, err := train.Trunk(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	images := train.Memory{X: make([]float32, 2*12*12), Labels: []int{0, 1}, Classes: 2, Batch: 2}
	for i := range 12 * 12 {
		images.X[i] = float32(i % 2) // stripes, and black
	}
	features := train.Memory{Labels: images.Labels, Classes: 2, Batch: 2}
	inOrder := func(yield func(train.Batch, error) bool) { yield(train.Batch{X: images.X, N: 2}, nil) }
	for b, err := range trunk.Features(context.Background(), inOrder, 2) {
		if err != nil {
			fmt.Println(err)
			return
		}
		features.X = append(features.X, b.X...)
	}

	head := config
	head.Input, head.Features = trunk.Shape(), true
	head.Phases = []train.Phase{{Epochs: 30, Batch: 2, LR: 0.1, Freeze: true}}
	trained, err := train.Fit(context.Background(), head, &features)
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "head")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	config.From = filepath.Join(dir, "head.safetensors")
	if err := trained.Save(config.From); err != nil {
		fmt.Println(err)
		return
	}
	whole, err := train.Start(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := whole.Predict(context.Background(), inOrder, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(trunk.Shape(), whole.Input, p[0] > 0.5, p[3] > 0.5)
	// Output: [4 4 32] [12 12 1] true true
}
