package steps

import (
	"iter"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos/fish"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// deck is photos of boats as Fisheries has them: hauls of a few frames, of any class,
// drawn small. It says whose boat each is of.
func deck(boats, hauls, frames, side int) (boat []int, images iter.Seq2[features.Image, error]) {
	for i := range boats * hauls * frames {
		boat = append(boat, i%boats)
	}
	return boat, func(yield func(features.Image, error) bool) {
		var fleet []*fish.Boat
		for b := range boats {
			fleet = append(fleet, fish.NewBoat(b%fish.Cameras, seed.Rand(5, "boat", b)))
		}
		var c photos.Canvas
		pixels := make([]byte, side*side*3)
		for i, b := range boat {
			haul := i / boats / frames
			class := fish.Class(seed.Derive(5, "class", b, haul) % fish.Classes)
			fleet[b].Haul(class, seed.Rand(5, "haul", b, haul)).Draw(&c, i/boats%frames, seed.Rand(5, "frame", i))
			m := c.Image()
			for at := range side * side {
				p := m.RGBAAt(at%side*m.Rect.Dx()/side, at/side*m.Rect.Dy()/side)
				pixels[at*3], pixels[at*3+1], pixels[at*3+2] = p.R, p.G, p.B
			}
			if !yield(features.Image{ID: "x", Pixels: pixels}, nil) {
				return
			}
		}
	}
}

// A cluster is photos of one boat, and a boat is few clusters: people and fish move in
// front of the deck, and the light changes.
func TestClustersAreBoats(t *testing.T) {
	if testing.Short() {
		t.Skip("draws 128 photos")
	}
	t.Parallel()
	const boats = 8
	boat, images := deck(boats, 4, 4, 64)
	b := pipelines.NewBuilder("boats")
	shard := b.Add("images", given(kindImages, func(path string) error { return features.WriteImages(t.Context(), path, 64, 64, 3, images, nil) }), 0)
	b.Add("clusters", newClusters(), 0, shard.Out("it").To("images"))
	plan, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	store, err := pipelines.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	result, err := (&pipelines.Local{Store: store}).Run(t.Context(), plan, pipelines.Options{})
	if err != nil {
		t.Fatal(err)
	}
	step, _ := result.Step("clusters")
	clusters, err := readClusters(filepath.Join(step.Artifact.Dir, "clusters.arrow"))
	if err != nil {
		t.Fatal(err)
	}
	count, ofBoat := map[string]map[int]int{}, make([]map[string]int, boats)
	for i, c := range clusters {
		if count[c] == nil {
			count[c] = map[int]int{}
		}
		if ofBoat[boat[i]] == nil {
			ofBoat[boat[i]] = map[string]int{}
		}
		count[c][boat[i]]++
		ofBoat[boat[i]][c]++
	}
	pure, whole := 0, 0
	for _, m := range count {
		pure += largest(m)
	}
	for _, m := range ofBoat {
		whole += largest(m)
	}
	n := float64(len(boat))
	t.Logf("%d clusters of %d boats: purity %.3f, share of a boat's photos in its largest cluster %.3f", len(count), boats, float64(pure)/n, float64(whole)/n)
	if float64(pure)/n < 0.95 || float64(whole)/n < 0.7 {
		t.Errorf("%v", count)
	}
}

func largest[K comparable](counts map[K]int) int {
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	return most
}
