package features_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/features"
)

// Photos of a dark and of a light place, with somebody walking through them, are two
// clusters; a split by them parts neither.
func ExampleThumbs_Cluster() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "images.arrow")
	photos := func(yield func(features.Image, error) bool) {
		for i := range 8 {
			pixels := bytes.Repeat([]byte{byte(60 + 120*(i%2))}, 32*32)
			copy(pixels[i*96:], bytes.Repeat([]byte{255}, 64)) // in another place each time
			if !yield(features.Image{ID: fmt.Sprint(i), Pixels: pixels}, nil) {
				return
			}
		}
	}
	ctx := context.Background()
	if err := features.WriteImages(ctx, path, 32, 32, 1, photos, nil); err != nil {
		log.Fatal(err)
	}
	images, err := features.OpenImages(path)
	if err != nil {
		log.Fatal(err)
	}
	defer images.Close()
	thumbs, err := features.NewThumbs(ctx, images, nil)
	if err != nil {
		log.Fatal(err)
	}
	clusters, err := thumbs.Cluster(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(clusters.Of, clusters.Sizes)
	// Output: [0 1 0 1 0 1 0 1] [4 4]
}
