package steps_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// transfer is a small pipeline of photos and a backbone.
const transfer = `
competition: dogs-vs-cats-redux-kernels-edition
data: {images: "train.zip/train/{label}.{n}.jpg", test: "test.zip/test/{id}.jpg", size: 32}
target: {column: label, metric: logloss_binary}
split: {stratified_kfold: 2}
augment: {flip: true}
models:
  lite: {backbone: efficientnet_lite0, head: [drop 0.1], passes: 2}
train: [{freeze: backbone, epochs: 3, batch: 8}]
blend: {over: [folds, copies, models, tta 3]}
`

func decodeTransfer(t testing.TB, sets ...string) *pipelines.Spec {
	t.Helper()
	spec, err := pipelines.Decode("my.yaml", []byte(transfer), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func compileTransfer(t testing.TB, sets ...string) *pipelines.Plan {
	t.Helper()
	plan, err := steps.Compile(decodeTransfer(t, sets...), &steps.Deps{Server: "sandbox"})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// ids are the steps of a plan, but for those that all plans have.
func ids(p *pipelines.Plan) string {
	var out []string
	for _, n := range p.Nodes() {
		if kind, _, named := strings.Cut(n.ID, "."); named && kind != "download" && kind != "images" {
			out = append(out, n.ID)
		}
	}
	return strings.Join(out, " ")
}

func TestCompileTransfer(t *testing.T) {
	t.Parallel()
	const last = "train=[{freeze: backbone, epochs: 1}, {epochs: 1, backbone_lr: x0.1}]"
	for _, c := range []struct{ sets, want string }{
		// Heads learn from two passes, and three are predicted from.
		{"", "weights.lite features.lite.train features.lite.train.pass1 features.lite.train.pass2 features.lite.test features.lite.test.pass1 " +
			"features.lite.test.pass2 head.lite.fold0 predict.lite.fold0 head.lite.fold1 predict.lite.fold1"},
		// A net that is trained whole in the end predicts from photos.
		{last, "weights.lite features.lite.train features.lite.train.pass1 head.lite.fold0 train.lite.fold0 predict.lite.fold0 " +
			"head.lite.fold1 train.lite.fold1 predict.lite.fold1"},
		// Nothing frozen: no features.
		{"models={a: {backbone: resnet18}, b: {backbone: vgg16, weights: none}};train=[{epochs: 1}]",
			"weights.a train.a.fold0 predict.a.fold0 train.a.fold1 predict.a.fold1 train.b.fold0 predict.b.fold0 train.b.fold1 predict.b.fold1"},
	} {
		var sets []string
		if c.sets != "" {
			sets = strings.Split(c.sets, ";")
		}
		if got := ids(compileTransfer(t, sets...)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.sets, got, c.want)
		}
	}
}

// What a backbone cannot be is told where it stands, with what can be done.
func TestCompileRefusesBackbones(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ model, msg, hint string }{
		{"{backbone: efficientnet_lite}", `my.yaml:8:20: models.lite.backbone: unknown net "efficientnet_lite"`, "did you mean efficientnet_lite0?"},
		{"{backbone: small_cnn}", "my.yaml:8:20: models.lite.backbone: no weights of small_cnn are published", "from scratch: net: small_cnn"},
		{"{backbone: resnet18, cut: layer9}", `my.yaml:8:35: models.lite.cut: `, "did you mean layer1?"},
		{"{backbone: resnet18, head: [drop 0.5, dens 9]}", `my.yaml:8:47: models.lite.head.1: `, "did you mean dense?"},
		{"{backbone: resnet18, head: [drop 2]}", `my.yaml:8:37: models.lite.head.0: `, "drop P: dropout"},
		{"{backbone: resnet18, cut: layer1, head: [maxpool 40x40, heat]}", `my.yaml:8:49: models.lite.head: the head [maxpool 40x40, heat] on `, ""},
		{"{backbone: resnet18, head: [dense 9, pool]}", `my.yaml:8:46: models.lite.head.1: `, ""},
	} {
		src := strings.Replace(transfer, "{backbone: efficientnet_lite0, head: [drop 0.1], passes: 2}", c.model, 1)
		spec, err := pipelines.Decode("my.yaml", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		_, err = steps.Compile(spec, &steps.Deps{Server: "sandbox"})
		if err == nil || fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), c.msg) || !strings.Contains(fault.HintOf(err), c.hint) {
			t.Errorf("%s: got %v, hint %q\nwant %s, hint %q", c.model, err, fault.HintOf(err), c.msg, c.hint)
		}
	}
}

// keys are what decides the outputs of each step, but for its inputs.
func keys(p *pipelines.Plan) map[string]string {
	out := map[string]string{}
	for _, n := range p.Nodes() {
		out[n.ID] = fmt.Sprintf("%s %v %d", n.Op.Name(), n.Op.Params(), n.Seed)
	}
	return out
}

// Features belong to the trunk: another head, another training, another fold or
// another augmentation of other passes must not make them again.
func TestFeaturesAreShared(t *testing.T) {
	t.Parallel()
	was := keys(compileTransfer(t))
	for _, set := range []string{"models.lite.head=[dense 8]", "train.0.lr=0.1", "split.stratified_kfold=3", "models.lite.copies=2", "models.lite.passes=3"} {
		now := keys(compileTransfer(t, set))
		for id, key := range was {
			if strings.HasPrefix(id, "features.") && now[id] != key {
				t.Errorf("%s: %s is another one", set, id)
			}
		}
	}
	now := keys(compileTransfer(t, "augment={rotate: 5}"))
	if now["features.lite.train"] != was["features.lite.train"] || now["features.lite.train.pass1"] == was["features.lite.train.pass1"] {
		t.Error("another augmentation is of all passes but the plain one")
	}
	two := keys(compileTransfer(t, "models={lite: {backbone: resnet18, passes: 2}, more: {backbone: resnet18, head: [drop 0.5], passes: 2}}"))
	for _, of := range []string{"train", "train.pass1", "test", "test.pass2"} {
		if two["features.lite."+of] != two["features.more."+of] {
			t.Errorf("two heads on one trunk share no %s", of)
		}
	}
	if a, b := keys(compileTransfer(t, "models.lite.cut=last_conv")), was; a["features.lite.train"] == b["features.lite.train"] {
		t.Error("another cut gives the same features")
	}
}

// The built-ins that run in place of others need nothing that is not there.
func TestFallbacksNeedNoWeights(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, b := range pipelines.Builtins() {
		src, name, err := pipelines.Load(b.Name)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := pipelines.Decode(name, src)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := steps.Compile(spec, &steps.Deps{Server: "sandbox"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		needs := slices.ContainsFunc(spec.Models, func(m pipelines.Model) bool { return m.Backbone != "" })
		if needs == (spec.Fallback == "") {
			t.Errorf("%s: fallback %q, needs weights: %v", name, spec.Fallback, needs)
		}
		if spec.Fallback == "" {
			continue
		}
		seen++
		src, name, err = pipelines.Load(spec.Fallback)
		if err != nil {
			t.Fatal(err)
		}
		if other, err := pipelines.Decode(name, src); err != nil || other.Fallback != "" || other.Competition != spec.Competition {
			t.Errorf("%s falls back to %s: %v", spec.Name, name, err)
		}
	}
	if seen == 0 {
		t.Error("the test looks at nothing")
	}
}
