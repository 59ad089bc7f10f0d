package features

import (
	"encoding/json"
	"os"
	"testing"
)

// reference is testdata/reference.json; reference.py beside it says how it was
// made.
type reference struct {
	Stratified []struct {
		Labels []int
		K      int
		Counts [][]int
	}
	Group []struct {
		Groups []string
		K      int
		Sizes  []int
	}
	StratifiedGroup []struct {
		Groups, Labels, Folds []int
		K                     int
	} `json:"stratified_group"`
	Affine []struct {
		H, W           int
		Angle, Shear   float64
		ZX, ZY, DX, DY float64
		Src            []int
		Want           []float64
	}
	Elastic []struct {
		H, W   int
		DX, DY [bendKnots][bendKnots]float64
		Src    []int
		Want   []float64
	}
}

func loadReference(t *testing.T) (r reference) {
	t.Helper()
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}
