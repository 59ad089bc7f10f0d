package pipelines_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

func ExampleDecode() {
	src := []byte("use: digit-recognizer-linear\nsplit: {kfold: 3}\n")
	spec, err := pipelines.Decode("mine.yaml", src, "train.epochs=1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(spec.Canonical()))
	// Output:
	// competition: digit-recognizer
	// seed: 1
	// data: {table: train.csv, test: test.csv, pixels: pixel* 28x28x1, sample: sample_submission.csv}
	// target: {column: label, metric: accuracy}
	// split: {kfold: 3, seed: 1}
	// augment: {rotate: 0, shift: [0, 0], shear: 0, zoom: 0, elastic: 0}
	// models:
	//   linear: {net: linear, copies: 1}
	// train:
	//   - {epochs: 1, batch: 64, optimizer: adam, lr: 0.001, weight_decay: 0, clip_norm: 0, schedule: constant, ema: 0, label_smoothing: 0}
	// blend: {how: mean, over: [folds], weights: equal}
	// submit: {name: '{run} cv={cv:.4f}', wait: true}
}

func ExampleDecode_error() {
	_, err := pipelines.Decode("mine.yaml", []byte("use: digit-recognizer\ntrain:\n  - {epoch: 3}\n"))
	fmt.Println("error:", err)
	fmt.Println("hint:", fault.HintOf(err))
	// Output:
	// error: bad spec: mine.yaml:3:6: train.0: unknown key "epoch", did you mean "epochs"?
	// hint: keys of train.0: epochs, batch, optimizer, lr, weight_decay, momentum, clip_norm, schedule, ema, label_smoothing, freeze, backbone_lr, warmup, early_stop
}

func ExampleExpandName() {
	message, err := pipelines.ExpandName("{pipeline} cv={cv:.4f}", pipelines.NameValues{Pipeline: "digits", CV: 0.99513})
	fmt.Println(message, err)
	// Output: digits cv=0.9951 <nil>
}

func ExampleLoad() {
	_, _, err := pipelines.Load("digit-recogniser")
	fmt.Println(err)
	// Output: no pipeline called "digit-recogniser", did you mean "digit-recognizer"?
}

// letters is a step that writes some letters, upper one that takes them.
type letters struct{ Text string }

func (letters) Name() string              { return "letters" }
func (letters) Version() int              { return 1 }
func (l letters) Params() any             { return l }
func (letters) Inputs() []pipelines.Port  { return nil }
func (letters) Outputs() []pipelines.Port { return []pipelines.Port{{Name: "out", Kind: "text"}} }
func (l letters) run(env pipelines.Env) error {
	return os.WriteFile(env.Path("out"), []byte(l.Text), 0o600)
}
func (l letters) Run(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
	return pipelines.Report{}, l.run(env)
}

type upper struct{}

func (upper) Name() string              { return "upper" }
func (upper) Version() int              { return 1 }
func (upper) Params() any               { return nil }
func (upper) Inputs() []pipelines.Port  { return []pipelines.Port{{Name: "in", Kind: "text"}} }
func (upper) Outputs() []pipelines.Port { return []pipelines.Port{{Name: "out", Kind: "text"}} }
func (upper) Run(_ context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
	b, err := os.ReadFile(in.Path("in"))
	if err != nil {
		return pipelines.Report{}, err
	}
	return pipelines.Report{}, os.WriteFile(env.Path("out"), []byte(strings.ToUpper(string(b))), 0o600)
}

// A plan is run twice, then with another parameter.
func ExampleLocal() {
	root, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(root)
	store, err := pipelines.Open(root)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"abc", "abc", "xyz"} {
		b := pipelines.NewBuilder("example")
		l := b.Add("letters", letters{text}, 0)
		u := b.Add("upper", upper{}, 0, l.Out("out").To("in"))
		plan, err := b.Build()
		if err != nil {
			fmt.Println(err)
			return
		}
		result, err := (&pipelines.Local{Store: store}).Run(context.Background(), plan, pipelines.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		path, _ := result.Output(plan, u.Out("out"))
		made, _ := os.ReadFile(path)
		fmt.Println(result.Steps[0].State, result.Steps[1].State, string(made))
	}
	// Output:
	// done done ABC
	// cached cached ABC
	// done done XYZ
}
