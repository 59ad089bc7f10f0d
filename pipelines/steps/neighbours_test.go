package steps_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Neighbours are found in the plain pass of the first backbone, which is made for
// them where nothing else asks for it; nothing else is made anew.
func TestCompileNeighbours(t *testing.T) {
	t.Parallel()
	was, now := keys(compileTransfer(t)), keys(compileTransfer(t, "post=[knn auto]"))
	for id, key := range was {
		if now[id] != key {
			t.Errorf("%s is another one", id)
		}
	}
	for _, c := range []struct{ sets, want string }{
		{"train=[{freeze: backbone, epochs: 1}, {epochs: 1}]", "features.lite.train features.lite.train.pass1 features.lite.test neighbours.train neighbours.test"},
		{"models={cnn: {net: small_cnn}, a: {backbone: resnet18}};train=[{epochs: 1}]", "features.a.train features.a.test neighbours.train neighbours.test"},
	} {
		plan := compileTransfer(t, append(strings.Split(c.sets, ";"), "post=[knn 100]")...)
		var got []string
		for _, id := range strings.Fields(ids(plan)) {
			if strings.HasPrefix(id, "features.") || strings.HasPrefix(id, "neighbours.") {
				got = append(got, id)
			}
		}
		slices.Sort(got)
		want := strings.Fields(c.want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", c.sets, got, want)
		}
	}
	k := func(post string) string { return keys(compileTransfer(t, "post=["+post+"]"))["neighbours.test"] }
	if k("knn auto") != k("knn 10") || k("knn 10") == k("knn 31") {
		t.Error("the usual numbers of neighbours share a search")
	}
}

// With more neighbours than there are photos every prediction is the mean of all; the
// record says that it is transductive, and photos of one's own are predicted without.
func TestRunNeighbours(t *testing.T) {
	t.Parallel()
	p := newPhotoBox(t)
	plain, err := p.run(t, t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.run(t, t.Context(), nil, "post=[knn 100]")
	if err != nil {
		t.Fatal(err)
	}
	if out.Post == nil || len(out.Post.Steps) != 1 || !out.Post.Steps[0].Transductive || *out.CV == *plain.CV {
		t.Fatalf("%+v", out.Post)
	}
	alone, smooth, mean := submitted(t, plain), submitted(t, out), 0.0
	for _, v := range alone {
		mean += v / float64(len(alone))
	}
	for id, v := range smooth {
		if math.Abs(v-mean) > 1e-6 {
			t.Errorf("photo %s: got %v, want the mean %v", id, v, mean)
		}
	}
	sent, err := steps.Ledger(p.home).Submissions(submissions.Filter{RunID: out.RunID})
	if err != nil || len(sent) != 1 || !strings.HasPrefix(sent[0].Note, "transductive: ") {
		t.Errorf("the ledger has %+v, %v", sent, err)
	}

	run, err := steps.OpenRun(p.home, out.RunID)
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(steps.DataDir(p.home, "sandbox", "dogs-vs-cats-redux-kernels-edition"), "test.zip")
	got, err := run.Apply(t.Context(), archive, twoThreads, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.LeftOut, "knn 100 is left out: ") {
		t.Errorf("left out: %q", got.LeftOut)
	}
	for i, id := range got.IDs {
		id = strings.TrimSuffix(strings.TrimPrefix(id, "test/"), ".jpg")
		if float32(alone[id]) != got.Proba[2*i+1] {
			t.Fatalf("photo %s: %v, without knn %v", id, got.Proba[2*i+1], alone[id])
		}
	}
	var cached int
	if _, err := p.run(t, t.Context(), func(e pipelines.Event) {
		if strings.HasPrefix(e.Step, "neighbours.") && e.Event == pipelines.EventStepCached {
			cached++
		}
	}, "post=[temperature auto, knn 100, clip 0.02]"); err != nil || cached != 2 {
		t.Errorf("other corrections: %d steps of neighbours are cached, %v", cached, err)
	}
}
