package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// disturbed is an op that is told of every progress of it.
type disturbed struct {
	pipelines.Op
	told func()
}

func (d disturbed) Run(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
	env.Progress = func(float64, string, map[string]any) { d.told() }
	return d.Op.Run(ctx, env, in)
}

// runOp runs an op on what lies at its ports, files or folders, and gives the folder of
// what it made. If disturb, it is killed whenever it tells how far it is, and goes on.
func runOp(t *testing.T, o pipelines.Op, seed uint64, at map[string][]string, disturb bool) (string, pipelines.Report, error) {
	t.Helper()
	store, err := pipelines.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for killed := 0; ; killed++ {
		ctx, cancel := context.WithCancel(t.Context())
		b := pipelines.NewBuilder("x")
		var in []pipelines.Edge
		for _, p := range o.Inputs() {
			for i, path := range at[p.Name] {
				source := given(p.Kind, func(to string) error {
					if p.Kind == kindFeatures {
						return os.CopyFS(to, os.DirFS(path))
					}
					return copyFile(path, to)
				})
				in = append(in, b.Add(fmt.Sprintf("%s%d", p.Name, i), source, uint64(len(in)+1)).Out("it").To(p.Name))
			}
		}
		at := disturbed{o, func() {
			if disturb {
				cancel()
			}
		}}
		b.Add("op", at, seed, in...)
		plan, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		result, err := (&pipelines.Local{Store: store}).Run(ctx, plan, pipelines.Options{})
		cancel()
		if errors.Is(err, context.Canceled) && killed < 50 {
			continue
		}
		if disturb && killed < 4 {
			t.Fatalf("killed %d times only", killed)
		}
		r, _ := result.Step("op")
		if err != nil {
			return "", pipelines.Report{}, err
		}
		return r.Artifact.Dir, pipelines.Report{Metrics: r.Artifact.Manifest.Metrics, Notes: r.Artifact.Manifest.Notes}, nil
	}
}

// classroom is what the step of a student of fold 0 reads, by port: 40 training rows in
// two folds and 60 test rows of 2x2x4 features, and what nets predict.
type classroom struct {
	dir string
	at  map[string][]string
}

const classes = 3

func newClassroom(t *testing.T) classroom {
	t.Helper()
	c := classroom{dir: t.TempDir(), at: map[string][]string{}}
	r := seed.Rand(5, "classroom")
	for i, port := range []string{"features", "test"} {
		n := []int{40, 60}[i]
		dir := filepath.Join(c.dir, port)
		x := make([]float32, 16*n)
		for i := range x {
			x[i] = r.Float32()
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := features.WriteVectors(filepath.Join(dir, features.VectorShard(0)), [3]int{2, 2, 4}, x); err != nil {
			t.Fatal(err)
		}
		c.at[port] = []string{dir}
	}
	c.folds(t, func(row int) int { return row % classes })
	c.boxes(t, func(row int) float32 { return float32(row) })
	c.predict(t, "pseudo_test", count(60))
	c.predict(t, "pseudo_oof", span(0, 40, 2))
	return c
}

// span is every step-th number from lo to below hi.
func span(lo, hi, step int) (rows []int) {
	for r := lo; r < hi; r += step {
		rows = append(rows, r)
	}
	return rows
}

// folds deals the rows in turn and labels them.
func (c classroom) folds(t *testing.T, label func(row int) int) {
	t.Helper()
	f := frame{names: []string{"label", "fold"}, ints: make([][]int64, 2)}
	for row := range 40 {
		f.ints[0], f.ints[1] = append(f.ints[0], int64(label(row))), append(f.ints[1], int64(row%2))
	}
	c.put(t, "folds", f)
}

// boxes gives every row but each seventh a box that begins at x of 50 pixels.
func (c classroom) boxes(t *testing.T, x func(row int) float32) {
	t.Helper()
	f := frame{names: []string{"has", "width", "height"}, ints: make([][]int64, 3), boxes: []float32{}}
	for row := range 40 {
		f.ints[0], f.ints[1], f.ints[2] = append(f.ints[0], int64(min(row%7, 1))), append(f.ints[1], 50), append(f.ints[2], 50)
		f.boxes = append(f.boxes, x(row), 10, 5, 5)
	}
	c.put(t, "boxes", f)
}

// predict draws what nets predict of rows.
func (c classroom) predict(t *testing.T, port string, rows []int) {
	t.Helper()
	r := seed.Rand(6, port)
	f := frame{names: []string{"row"}, ints: [][]int64{wide(rows)}, classes: classes}
	for range rows {
		p := []float32{r.Float32(), r.Float32(), r.Float32()}
		for _, v := range p {
			f.proba = append(f.proba, v/(p[0]+p[1]+p[2]))
		}
	}
	c.put(t, port, f)
}

func (c classroom) put(t *testing.T, port string, f frame) {
	t.Helper()
	path := filepath.Join(c.dir, port+".arrow")
	if err := f.write(path); err != nil {
		t.Fatal(err)
	}
	c.at[port] = []string{path}
}

const lesson = `
competition: x
data: {images: "train.zip/{label}/{n}.jpg", test: "test.zip/{id}.jpg", size: 32, boxes: "annos/*.json"}
target: {column: label, metric: logloss}
split: {stratified_kfold: 2}
models: {lite: {backbone: efficientnet_lite0, head: [drop 0.3, dense 8 bn], boxes: 0.1}}
train: [{freeze: backbone, epochs: 4, batch: 16, label_smoothing: 0.1, early_stop: {patience: 3, share: 0.2}}]
pseudo: {mix: [8, 5, 3]}
`

// student trains a student of fold 0 and gives its file.
func (c classroom) student(t *testing.T, disturb bool) []byte {
	t.Helper()
	spec, err := pipelines.Decode("x.yaml", []byte(lesson))
	if err != nil {
		t.Fatal(err)
	}
	d := &Deps{OpenEngine: func() (engine.Engine, error) { return cpu.New(cpu.Options{Threads: 2}) }}
	defer d.Close()
	m, err := newDesign(spec, spec.Models[0])
	if err != nil {
		t.Fatal(err)
	}
	m.features = [3]int{2, 2, 4}
	dir, _, err := runOp(t, newHead(d, spec, m, 0, &spec.Pseudo), 7, c.at, disturb)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// No label, and no box, of the fold reaches its student, by whatever way: with all of them changed
// it is bit by bit the same. What it may learn from does change it.
func TestNoLabelOfItsFoldReachesAStudent(t *testing.T) {
	t.Parallel()
	c := newClassroom(t)
	want := c.student(t, false)
	c.folds(t, func(row int) int {
		if row%2 == 0 { // of fold 0
			return (row + 1) % classes
		}
		return row % classes
	})
	if !slices.Equal(want, c.student(t, false)) {
		t.Error("the labels of the student's own fold change it")
	}
	c.boxes(t, func(row int) float32 { return float32(row + 3*(1-row%2)) })
	if !slices.Equal(want, c.student(t, false)) {
		t.Error("the boxes of the student's own fold change it")
	}
	c.boxes(t, func(row int) float32 { return float32(row + row%2) })
	if slices.Equal(want, c.student(t, false)) {
		t.Error("the boxes of other folds change nothing")
	}
	c.boxes(t, func(row int) float32 { return float32(row) })
	c.folds(t, func(row int) int { return (row + row%2) % classes })
	if slices.Equal(want, c.student(t, false)) {
		t.Error("the labels of other folds change nothing")
	}
	for _, port := range []string{"pseudo_test", "pseudo_oof"} {
		c := newClassroom(t)
		f, err := readFrame(c.at[port][0], "row")
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(f.proba)
		c.put(t, port, f)
		if slices.Equal(want, c.student(t, false)) {
			t.Errorf("other predictions at %s change nothing", port)
		}
	}
}

// A student that is killed now and then ends as one that nobody disturbed.
func TestStudentGoesOn(t *testing.T) {
	t.Parallel()
	c := newClassroom(t)
	if !slices.Equal(c.student(t, false), c.student(t, true)) {
		t.Error("it ends as another one")
	}
}

// labels makes pseudo-labels of two nets' predictions.
func labels(t *testing.T, p pipelines.Pseudo, nets ...[]float32) (map[string]frame, pipelines.Report, error) {
	t.Helper()
	at, dir := map[string][]string{}, t.TempDir()
	for i, proba := range nets {
		f := frame{names: []string{"row"}, ints: [][]int64{wide(count(len(proba) / 2))}, proba: proba, classes: 2}
		path := filepath.Join(dir, string(rune('a'+i)))
		if err := f.write(path); err != nil {
			t.Fatal(err)
		}
		at["test"] = append(at["test"], path)
	}
	at["oof"] = at["test"]
	o := newPseudo(p, 3)
	out, report, err := runOp(t, o, 0, at, false)
	made := map[string]frame{}
	if err == nil {
		for _, port := range o.Outputs() {
			f, err := readFrame(port.Path(out), "row")
			if err != nil {
				t.Fatal(err)
			}
			made[port.Name] = f
		}
	}
	return made, report, err
}

// Labels are the mean of the nets; rows that they are not sure of go, and are counted.
func TestPseudoLabels(t *testing.T) {
	t.Parallel()
	a, b := []float32{0.5, 0.5, 0.875, 0.125, 0.25, 0.75, 0, 1}, []float32{0.75, 0.25, 0.875, 0.125, 0.75, 0.25, 0.5, 0.5}
	soft, report, err := labels(t, pipelines.Pseudo{Rounds: 1, Labels: "soft", TestShare: 0.5}, a, b)
	if err != nil {
		t.Fatal(err)
	}
	if f := soft["test"]; !slices.Equal(f.proba, []float32{0.625, 0.375, 0.875, 0.125, 0.5, 0.5, 0.25, 0.75}) || !slices.Equal(f.ints[0], []int64{0, 1, 2, 3}) {
		t.Errorf("soft: rows %v, %v", f.ints[0], f.proba)
	}
	if report.Metrics["test_rows"] != 4 || report.Metrics["test_kept"] != 4 || len(soft) != 1 {
		t.Errorf("%v, %d outputs", report, len(soft))
	}
	hard, report, err := labels(t, pipelines.Pseudo{Rounds: 1, Labels: "hard", Mix: []int{2, 1, 1}, Confidence: 0.75}, a, b)
	if err != nil {
		t.Fatal(err)
	}
	for port, f := range hard {
		if !slices.Equal(f.proba, []float32{1, 0, 0, 1}) || !slices.Equal(f.ints[0], []int64{1, 3}) {
			t.Errorf("hard, %s: rows %v, %v", port, f.ints[0], f.proba)
		}
	}
	if len(hard) != 2 || report.Metrics["oof_kept"] != 2 || report.Notes["kept"] != "2 of 4 test rows, 2 of 4 held-out rows" {
		t.Errorf("%v", report)
	}
	_, _, err = labels(t, pipelines.Pseudo{Rounds: 1, Labels: "soft", TestShare: 0.5, Confidence: 0.9}, a, b)
	want := "step op: pseudo-labels of fold 3: no test row is left: pseudo.confidence is 0.9, and of 4 rows the surest has 0.875"
	if err == nil || err.Error() != want || fault.HintOf(err) != "such as --set pseudo.confidence=0.83" {
		t.Errorf("%v, hint %s", err, fault.HintOf(err))
	}
	if _, _, err := labels(t, pipelines.Pseudo{Rounds: 1, Labels: "soft"}, a, b[:6]); err == nil || !strings.Contains(err.Error(), "predicts other rows or classes") {
		t.Errorf("nets of other rows: %v", err)
	}
}
