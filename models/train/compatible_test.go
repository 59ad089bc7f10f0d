package train

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// TestCompatible: a training of a whole net has the recipe, and its model's file the
// bytes, that they had before there were trunks and heads; testdata/model1.safetensors
// was written then.
func TestCompatible(t *testing.T) {
	t.Parallel()
	c := Config{Net: Net{Arch: "linear"}, Input: [3]int{3, 4, 1}, Classes: 3, Seed: 11, Engine: ref.New(), Phases: []Phase{
		{Epochs: 2, Batch: 8, LR: 0.05, Schedule: "one_cycle", WeightDecay: 0.1, LabelSmoothing: 0.1, EMA: 0.9},
		{Epochs: 1, Batch: 8, Optimizer: "momentum", LR: 0.2, Schedule: "cosine", EMA: 0.95, ClipNorm: 0.05},
	}}
	r, err := c.recipe(22)
	if err != nil {
		t.Fatal(err)
	}
	const was = `{"version":1,"arch":"linear","input":[3,4,1],"classes":3,"seed":11,"images":22,"phases":[` +
		`{"Epochs":2,"Batch":8,"Optimizer":"","LR":0.05,"Schedule":"one_cycle","WeightDecay":0.1,"Momentum":0,"EMA":0.9,"LabelSmoothing":0.1,"ClipNorm":0},` +
		`{"Epochs":1,"Batch":8,"Optimizer":"momentum","LR":0.2,"Schedule":"cosine","WeightDecay":0,"Momentum":0,"EMA":0.95,"LabelSmoothing":0,"ClipNorm":0.05}]}`
	if b, err := json.Marshal(r); err != nil || string(b) != was {
		t.Errorf("recipe %s, %v\nwas    %s", b, err, was)
	}
	const file = "testdata/model1.safetensors"
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	old, err := Load(file, c.Engine)
	if err != nil {
		t.Fatal(err)
	}
	if old.Recipe != r.digest() || old.Net.String() != "linear" || old.Features {
		t.Errorf("loaded %+v, recipe now %s", old, r.digest())
	}
	again := filepath.Join(t.TempDir(), "again")
	if err := old.Save(again); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(again); err != nil || !bytes.Equal(got, want) {
		t.Errorf("saved again, the file differs; %v", err)
	}
	m, err := Fit(t.Context(), c, waves{})
	if err != nil {
		t.Fatal(err)
	}
	sameHistory(t, old.History, m.History)
}
