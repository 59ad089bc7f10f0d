package steps_test

import (
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Students come beside the nets that teach them, whose keys they leave alone.
func TestCompilePseudo(t *testing.T) {
	t.Parallel()
	const heads = "pseudo1.labels.fold0 pseudo1.labels.fold1 pseudo1.head.lite.fold0 pseudo1.predict.lite.fold0 pseudo1.head.lite.fold1 pseudo1.predict.lite.fold1"
	for _, c := range []struct{ sets, want string }{
		{"pseudo={}", "pseudo1.before " + heads},
		{"pseudo={rounds: 2, mix: [4, 2, 1]};post=[clip auto]", "pseudo1.before pseudo1.before.post " + heads +
			" pseudo2.before pseudo2.before.post " + strings.ReplaceAll(heads, "pseudo1", "pseudo2")},
		{"pseudo={};train=[{freeze: backbone, epochs: 1}, {epochs: 1}]", "features.lite.test features.lite.test.pass1 features.lite.test.pass2 " +
			"pseudo1.before pseudo1.labels.fold0 pseudo1.labels.fold1 " +
			"pseudo1.head.lite.fold0 pseudo1.train.lite.fold0 pseudo1.predict.lite.fold0 pseudo1.head.lite.fold1 pseudo1.train.lite.fold1 pseudo1.predict.lite.fold1"},
		{"pseudo={};models={a: {net: small_cnn}, b: {net: linear}};train=[{epochs: 1}]", "pseudo1.before pseudo1.labels.fold0 pseudo1.labels.fold1 " +
			"pseudo1.train.a.fold0 pseudo1.predict.a.fold0 pseudo1.train.a.fold1 pseudo1.predict.a.fold1 " +
			"pseudo1.train.b.fold0 pseudo1.predict.b.fold0 pseudo1.train.b.fold1 pseudo1.predict.b.fold1"},
	} {
		var without []string
		for _, s := range strings.Split(c.sets, ";") {
			if !strings.HasPrefix(s, "pseudo=") {
				without = append(without, s)
			}
		}
		was, plan := keys(compileTransfer(t, without...)), compileTransfer(t, strings.Split(c.sets, ";")...)
		now := keys(plan)
		for id, key := range was {
			if now[id] != key {
				t.Errorf("%s: %s is another one", c.sets, id)
			}
		}
		var got []string
		for _, n := range plan.Nodes() {
			if was[n.ID] == "" {
				got = append(got, n.ID)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.sets, s, c.want)
		}
	}
}

// Students learn from photos, too, of both archives: whole nets, and heads before them.
func TestRunPseudoOnPhotos(t *testing.T) {
	t.Parallel()
	p := newPhotoBox(t)
	losses := map[string]float64{}
	see := func(e pipelines.Event) {
		if e.Event == pipelines.EventStepDone {
			losses[e.Step] = e.Metrics["loss"]
		}
	}
	scratch := p
	scratch.weights = ""
	for _, c := range []struct {
		box  photoBox
		sets []string
		step string
	}{
		{scratch, []string{"models={cnn: {net: small_cnn}}", "train=[{epochs: 2, batch: 16}]", "augment={flip: true, mixup: 0.4}"}, "pseudo1.train.cnn.fold1"},
		{p, []string{"models.lite.passes=1", "train=[{freeze: backbone, epochs: 2, batch: 16}, {epochs: 1, batch: 8, lr: 1e-7}]"}, "pseudo1.train.lite.fold1"},
	} {
		out, err := c.box.run(t, t.Context(), see, append(c.sets, "pseudo={mix: [2, 1, 1]}", "blend.over=[folds, models]")...)
		if err != nil {
			t.Fatal(err)
		}
		teacher := losses[strings.TrimPrefix(c.step, "pseudo1.")]
		if student := losses[c.step]; student == 0 || student == teacher || out.CVBefore == nil {
			t.Errorf("%s: a loss of %v, of the teacher %v", c.step, student, teacher)
		}
	}
}

// The whole way: nets teach, nets that begin anew learn, and their predictions are
// what is blended; what was there stays.
func TestRunPseudo(t *testing.T) {
	t.Parallel()
	p := newPhotoBox(t)
	ended, metrics := map[string]string{}, map[string]map[string]float64{}
	see := func(e pipelines.Event) {
		if e.Event == pipelines.EventStepDone || e.Event == pipelines.EventStepCached {
			ended[e.Step], metrics[e.Step] = e.Event, e.Metrics
		}
	}
	plain, err := p.run(t, t.Context(), see)
	if err != nil {
		t.Fatal(err)
	}
	if plain.CVBefore != nil {
		t.Errorf("without pseudo-labels there is a CV before them: %v", *plain.CVBefore)
	}
	for _, set := range []string{"pseudo={rounds: 2}", "pseudo={mix: [4, 2, 1], labels: hard}"} {
		out, err := p.run(t, t.Context(), see, set)
		if err != nil {
			t.Fatal(err)
		}
		if out.CVBefore == nil || *out.CVBefore != *plain.CV || *out.CV == *plain.CV {
			t.Errorf("%s: CV %v, before %v; %v without pseudo-labels", set, *out.CV, out.CVBefore, *plain.CV)
		}
		if ended["head.lite.fold0"] != pipelines.EventStepCached || ended["pseudo1.head.lite.fold0"] != pipelines.EventStepDone {
			t.Errorf("%s: %v", set, ended)
		}
	}
	if m := metrics["pseudo1.labels.fold1"]; m["test_rows"] == 0 || m["test_kept"] != m["test_rows"] || m["oof_rows"] != 20 {
		t.Errorf("labels: %v", m)
	}
}
