package train_test

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/train"
)

// spots is a dataset of images of one row: dark (class 0), or with a spot of two pixels
// (class 1), each in another place, which is its box.
func spots() *train.Memory {
	const images, wide = 16, 12
	m := &train.Memory{Classes: 2, Batch: images, X: make([]float32, images*wide), Boxes: make([]float32, images*4)}
	for i := range images {
		m.Labels, m.HasBox = append(m.Labels, i%2), append(m.HasBox, float32(i%2))
		if i%2 == 1 {
			m.X[wide*i+i/2], m.X[wide*i+i/2+1] = 1, 1
			copy(m.Boxes[4*i:], []float32{float32(i / 2), 0, 2, 1})
		}
	}
	return m
}

// A net that tells the class and where it is, here on the pixels themselves for
// features.
func ExampleModel_PredictBoxes() {
	data := spots()
	model, err := train.Fit(context.Background(), train.Config{
		Net: train.Net{Arch: "small_cnn", Cut: "last_conv"}, Features: true, Input: [3]int{1, 12, 1}, Classes: 2, Engine: ref.New(),
		Boxes:  0.1,
		Phases: []train.Phase{{Epochs: 300, Batch: 16, LR: 0.05, Freeze: true}},
	}, data)
	if err != nil {
		fmt.Println(err)
		return
	}
	images := func(yield func(train.Batch, error) bool) { yield(train.Batch{X: data.X, N: data.Len()}, nil) }
	proba, boxes, err := model.PredictBoxes(context.Background(), images, 8)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("class 1: %.1f, a box from %.1f on, %.1f wide\n", proba[2*7+1], boxes[4*7], boxes[4*7+2])
	// Output: class 1: 1.0, a box from 3.0 on, 2.0 wide
}

// The heat maps of a head that ends in heat show where a class is seen.
func ExampleHeat_Maps() {
	data := spots()
	model, err := train.Fit(context.Background(), train.Config{
		Net:      train.Net{Arch: "small_cnn", Cut: "last_conv", Head: []string{"conv 8", "heat"}},
		Features: true, Input: [3]int{1, 12, 1}, Classes: 2, Engine: ref.New(),
		Phases: []train.Phase{{Epochs: 60, Batch: 16, LR: 0.02, Freeze: true}},
	}, data)
	if err != nil {
		fmt.Println(err)
		return
	}
	heat, err := model.Heat()
	if err != nil {
		fmt.Println(err)
		return
	}
	images := func(yield func(train.Batch, error) bool) { yield(train.Batch{X: data.X, N: data.Len()}, nil) }
	for b, err := range heat.Maps(context.Background(), images, 8) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("height, width, classes:", heat.Shape())
		fmt.Println("image 7:", data.X[7*12:8*12])
		fmt.Print("class 1:")
		for place := range 12 {
			fmt.Printf(" %.0f", b.X[7*24+2*place+1])
		}
	}
	// Output:
	// height, width, classes: [1 12 2]
	// image 7: [0 0 0 1 1 0 0 0 0 0 0 0]
	// class 1: 0 1 1 1 1 1 1 0 0 0 0 0
}
