package pipelines_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

func TestAdvice(t *testing.T) {
	t.Parallel()
	const mirrored = `leave flip out`
	for _, c := range []struct {
		name, competition, augment, split, models string
		want                                      []string // place and hint
	}{
		{"as it should be", "state-farm-distracted-driver-detection", "rotate: 10", "group_kfold: 5, by: subject", "{cnn: {net: small_cnn}}", nil},
		{"mirrored drivers", "state-farm-distracted-driver-detection", "flip: true", "group_kfold: 5, by: subject", "{a: {net: small_cnn}, b: {net: small_cnn}}",
			[]string{"my.yaml:5:17 augment.flip: " + mirrored}},
		{"one model's own", "state-farm-distracted-driver-detection", "rotate: 10", "group_kfold: 5, by: subject", "{a: {net: small_cnn}, b: {net: small_cnn, augment: {flip: both}}}",
			[]string{"my.yaml:6:67 models.b.augment.flip: " + mirrored, "my.yaml:6:67 models.b.augment.flip: " + mirrored}},
		{"a random split of drivers", "state-farm-distracted-driver-detection", "rotate: 10", "seed: 3, stratified_kfold: 5", "{cnn: {net: small_cnn}}",
			[]string{"my.yaml:7:36 split.stratified_kfold: write split: {group_kfold: 5, by: subject, seed: 3}"}},
		{"a random split of nobody knows who", "state-farm-distracted-driver-detection", "rotate: 10", "kfold: 4", "{cnn: {net: small_cnn}}",
			[]string{"my.yaml:7:16 split.kfold: write split: {group_kfold: 4, by: subject}, and join: driver_imgs_list.csv in data"}},
		{"a random split of boats, which may be mirrored", "the-nature-conservancy-fisheries-monitoring", "flip: true", "kfold: 5", "{cnn: {net: small_cnn}}",
			[]string{"my.yaml:7:16 split.kfold: write split: {group_kfold: 5, by: clusters}"}},
		{"digits", "digit-recognizer", "flip: vertical", "kfold: 5", "{cnn: {net: small_cnn}}", []string{"my.yaml:5:17 augment.flip: " + mirrored}},
		{"nothing is known", "dogs-vs-cats-redux-kernels-edition", "flip: both", "kfold: 5", "{cnn: {net: small_cnn}}", nil},
	} {
		spec, err := pipelines.Decode("my.yaml", fmt.Appendf(nil, `competition: %s
data: {images: "imgs.zip/train/{label}/{img}", test: "imgs.zip/test/{img}", %ssize: 64}
target: {column: label, metric: logloss}
train: [{epochs: 3}]
augment: {%s}
models: %s
split: {%s}
`, c.competition, map[bool]string{true: "join: driver_imgs_list.csv, "}[c.split != "kfold: 4"], c.augment, c.models, c.split))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range spec.Advice() {
			got = append(got, fmt.Sprintf("%s:%d:%d %s: %s", p.File, p.Line, p.Column, p.Path, p.Hint))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// No pipeline that comes with podium needs advice.
func TestBuiltinsNeedNoAdvice(t *testing.T) {
	t.Parallel()
	for _, b := range pipelines.Builtins() {
		src, name, err := pipelines.Load(b.Name)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := pipelines.Decode(name, src)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range spec.Advice() {
			t.Errorf("%s", p.Advice())
		}
	}
}
