package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// invented is a run of photos that was never run: what its steps would have left.
type invented struct {
	rows, classes, folds int
	side                 int // pixels of the photos
	class                func(c int) string
	file                 func(row int) string
	notes                map[string]string
}

const inventedSpec = `competition: state-farm-distracted-driver-detection
data:   {images: 'imgs.zip/imgs/train/{label}/{img}', test: 'imgs.zip/imgs/test/{img}', size: %d}
target: {column: label, metric: logloss}
split:  {stratified_kfold: %d, seed: 1}
augment: {rotate: 15, channel: 20}
models:
  lite: {backbone: efficientnet_lite0, cut: pool, head: [dense 256 bn, drop 0.8], passes: 1}
train:
  - {freeze: backbone, epochs: 12, batch: 64, optimizer: adam, lr: 0.003, schedule: one_cycle}
post:   [temperature auto]
submit: {name: "{run}", wait: true}
`

// make writes the run into a home of its own and opens it.
func (v invented) make(tb testing.TB) (*steps.Traces, Options) {
	tb.Helper()
	home := tb.TempDir()
	check := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	spec, err := pipelines.Decode("invented", fmt.Appendf(nil, inventedSpec, v.side, v.folds))
	check(err)
	spec.Name = "invented"
	_, err = pipelines.Open(home)
	check(err)
	begun := time.Date(2026, 11, 24, 4, 30, 0, 0, time.UTC)
	record, err := pipelines.StartRun(home, spec, begun)
	check(err)
	plan, err := steps.Compile(spec, &steps.Deps{Home: home})
	check(err)
	store := inventedStore{tb: tb, home: home}
	var made []pipelines.RunStep
	for i, n := range plan.Nodes() {
		key := fmt.Sprintf("%064x", i+1)
		s := pipelines.RunStep{ID: n.ID, Op: n.Op.Name(), State: pipelines.Done, Key: key, Seconds: float64(i) / 3, PeakMemory: 1e8, Why: "never made"}
		made = append(made, s)
		store.put(key, n, v.files(tb, spec, n))
	}
	check(record.Update(func(r *pipelines.Run) {
		r.Steps, r.Server, r.Tool = made, submissions.Sandbox, "v0.0.0"
		r.Metrics = map[string]float64{"cv": 0.31, "cv_spread": 0.02}
		r.Scores = map[string]float64{"public": 0.33, "private": 0.35, "rank": 12, "teams": 1440, "percentile": 100 * 12. / 1440}
		r.Notes = v.notes
	}))
	check(record.Finish(nil, begun.Add(4*time.Minute)))
	t, err := steps.OpenTraces(home, "latest")
	check(err)
	table, err := ledger.Read(home)
	check(err)
	return t, Options{Rows: table.Rows, Now: begun.Add(time.Hour)}
}

// homeOf is the home of an invented run.
func homeOf(t *steps.Traces) string { return filepath.Dir(filepath.Dir(t.Artifact("blend").Dir)) }

// files are what a step leaves, by the name of the file.
func (v invented) files(tb testing.TB, spec *pipelines.Spec, n *pipelines.Node) map[string][]byte {
	tb.Helper()
	switch op := n.Op.Name(); {
	case n.ID == "images.train":
		names := make([]string, v.classes)
		for c := range names {
			names[c] = v.class(c)
		}
		return map[string][]byte{"classes.json": encode(tb, names), "images/images-00000.arrow": v.images(tb)}
	case op == "head":
		var h []train.EpochStats
		for e := range 12 {
			h = append(h, train.EpochStats{Epoch: e + 1, Loss: 2 / float64(e+1), LR: 0.003 * float64(e) / 12, Seconds: 1.5, Score: 0.5 / float64(e+1)})
		}
		return map[string][]byte{"history.json": encode(tb, h)}
	case op == "blend" || op == "post":
		cv := submissions.CV{Metric: spec.Target.Metric, Score: 0.31, Spread: 0.02, Rows: v.rows}
		for f := range v.folds {
			cv.Folds = append(cv.Folds, submissions.FoldScore{Fold: f, Rows: v.rows / v.folds, Score: 0.3 + float64(f)/100})
		}
		return map[string][]byte{"cv.json": encode(tb, cv), "oof.arrow": v.oof(tb, op == "post")}
	}
	return nil
}

// images are squares of noise.
func (v invented) images(tb testing.TB) []byte {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "images.arrow")
	rng := rand.New(rand.NewPCG(1, 2))
	err := features.WriteImages(tb.Context(), path, v.side, v.side, 3, func(yield func(features.Image, error) bool) {
		pixels := make([]byte, v.side*v.side*3)
		for row := range v.rows {
			for i := range pixels[:min(len(pixels), 3000)] {
				pixels[i] = byte(rng.Uint32())
			}
			if !yield(features.Image{ID: v.file(row), Label: row % v.classes, HasLabel: true, Pixels: pixels}, nil) {
				return
			}
		}
	}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// oof are predictions that are right more often than not, and surer when corrected.
func (v invented) oof(tb testing.TB, surer bool) []byte {
	tb.Helper()
	var b bytes.Buffer
	b.WriteString("row,label,fold")
	for c := range v.classes {
		fmt.Fprintf(&b, ",p%d", c)
	}
	b.WriteByte('\n')
	rng := rand.New(rand.NewPCG(3, 4))
	p := make([]float64, v.classes)
	for row := range v.rows {
		fmt.Fprintf(&b, "%d,%d,%d", row, row%v.classes, row%v.folds)
		sum := 0.0
		for c := range p {
			p[c] = rng.ExpFloat64()
			if c == row%v.classes {
				p[c] += 3
			}
			if surer {
				p[c] *= p[c]
			}
			sum += p[c]
		}
		for _, x := range p {
			fmt.Fprintf(&b, ",%.6f", x/sum)
		}
		b.WriteByte('\n')
	}
	dir := tb.TempDir()
	in, out := filepath.Join(dir, "oof.csv"), filepath.Join(dir, "oof.arrow")
	if err := os.WriteFile(in, b.Bytes(), 0o644); err != nil {
		tb.Fatal(err)
	}
	if _, err := features.CSVToIPC(tb.Context(), in, out, features.CSVOptions{}); err != nil {
		tb.Fatal(err)
	}
	arrow, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	return arrow
}

// inventedStore writes artifacts as a store has them.
type inventedStore struct {
	tb   testing.TB
	home string
}

func (s inventedStore) put(key string, n *pipelines.Node, files map[string][]byte) {
	s.tb.Helper()
	dir := filepath.Join(s.home, "artifacts", key)
	m := pipelines.Manifest{SchemaVersion: pipelines.ManifestVersion, Key: key, Step: n.ID, Op: n.Op.Name(), Params: encode(s.tb, n.Op.Params()),
		Origins: []string{"sandbox:state-farm-distracted-driver-detection"}, Notes: map[string]string{}}
	if n.Op.Name() == "weights" {
		m.Notes["licence"], m.Notes["url"], m.Notes["sha256"] = "Apache-2.0", "https://weights.example/lite0.pth", strings.Repeat("ab", 32)
	}
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			s.tb.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			s.tb.Fatal(err)
		}
		m.Files = append(m.Files, pipelines.FileRecord{Name: name, Size: int64(len(b))})
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), encode(s.tb, m), 0o644); err != nil {
		s.tb.Fatal(err)
	}
}

func encode(tb testing.TB, v any) []byte {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
