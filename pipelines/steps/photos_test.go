package steps_test

import (
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/features/photo"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// The spec refuses, before anything is downloaded, the columns that the ingest of
// photos has for itself, and no others.
func TestTakenColumns(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"row", "name", "width", "height", "id", "group", "pixels", "rows", "name_"} {
		pattern := "{label}/{" + name + "}.jpg"
		spec := `
competition: pets
data: {images: "train.zip/` + pattern + `", test: "test.zip/{id}.jpg", size: 8}
target: {column: label, metric: logloss}
split: {stratified_kfold: 2}
models: {cnn: {net: small_cnn}}
train: [{epochs: 1}]
`
		_, early := pipelines.Decode("pets.yaml", []byte(spec))
		_, late := features.PhotosToImages(t.Context(), t.TempDir(), t.TempDir(),
			features.PhotoOptions{Pattern: pattern, Photo: photo.Options{Height: 8, Width: 8}})
		taken := late != nil && strings.Contains(late.Error(), "is taken")
		if (early != nil) != taken {
			t.Errorf("{%s}: the spec says %v, the ingest %v", name, early, late)
		}
	}
}
