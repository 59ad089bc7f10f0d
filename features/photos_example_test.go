package features_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/features/photo"
)

func ExamplePhotosToImages() {
	dir, err := os.MkdirTemp("", "podium-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "train.zip")
	f, err := os.Create(source)
	if err == nil {
		err = features.WritePhotoZip(f, 5, 120, 90)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	rep, err := features.PhotosToImages(context.Background(), source, dir, features.PhotoOptions{
		Pattern: "train/{label}.{n}.jpg", Label: "label", ID: "n", Photo: photo.Options{Height: 64, Width: 64}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rep.Photos, "photos of", rep.Classes, "in", rep.Shards, "broken:", len(rep.Broken))
	images, err := features.OpenImages(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer images.Close()
	label, _ := images.Label(4)
	fmt.Println("the last:", images.ID(4), rep.Classes[label], len(images.Pixels(4)), "bytes")
	// Output:
	// 5 photos of [cat dog] in [images-00000.arrow] broken: 0
	// the last: 3 dog 12288 bytes
}
