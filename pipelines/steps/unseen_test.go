package steps_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// unseen is a competition whose hidden photos are of drivers or boats that no photo to
// learn from shows, and a net small enough to be trained in a test.
type unseen struct {
	competition string
	photos      int       // to learn from
	train, test string    // zips
	of          [2]string // patterns of their photos
	spec        string
}

// On drivers that nobody has seen a net from random weights knows the posture better
// than a program that looks at colours or at pixels one by one does with the setting
// that suits those very drivers best.
func TestUnseenDrivers(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: it trains nets on 500 drawn photos")
	}
	t.Parallel()
	u := unseen{competition: sandbox.StateFarm, photos: 500, train: "imgs.zip", test: "imgs.zip",
		of: [2]string{"imgs/train/{label}/{img}", "imgs/test/{img}"}, spec: `
data: {images: "imgs.zip/imgs/train/{label}/{img}", test: "imgs.zip/imgs/test/{img}", join: driver_imgs_list.csv, size: 40}
target: {column: label, metric: logloss}
split: {group_kfold: 2, by: subject}
augment: {shift: 0.1, rotate: 10, zoom: 0.1, channel: 20}
models: {cnn: {net: small_cnn}}
train: [{epochs: 12, batch: 25, lr: 0.004, schedule: one_cycle}]
`}
	u.check(t, 0.5)
}

// So does a head on a net that knows ImageNet with fish on boats that nobody has seen.
func TestRealUnseenBoats(t *testing.T) {
	path := os.Getenv("PODIUM_LITE0")
	if path == "" {
		t.Skip("needs PODIUM_LITE0, the path of efficientnet-lite0-57934424.pth: podium models pull efficientnet_lite0 fetches it")
	}
	t.Parallel()
	u := unseen{competition: sandbox.Fisheries, photos: 600, train: "train.zip", test: "test_stg1.zip",
		of: [2]string{"train/{label}/{image}", "test_stg1/{image}"}, spec: `
data: {images: "train.zip/train/{label}/{image}", test: "test_stg1.zip/test_stg1/{image}", size: 224, sample: sample_submission_stg1.csv}
target: {column: label, metric: logloss}
split: {group_kfold: 3, by: clusters}
models: {lite: {backbone: efficientnet_lite0, weights: ` + path + `, head: [drop 0.2]}}
train: [{freeze: backbone, epochs: 20, lr: 0.003, schedule: one_cycle}]
`}
	u.check(t, 0.3)
}

// check wants the net's log loss to be so much smaller than that of both baselines.
func (u unseen) check(t *testing.T, by float64) {
	p := photoBox{home: t.TempDir()}
	box, err := sandbox.Open(filepath.Join(p.home, "sandbox"))
	if err != nil {
		t.Fatal(err)
	}
	err = box.AddGenerated(t.Context(), u.competition, u.photos, false, nil)
	if cerr := box.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	spec, err := pipelines.Decode("my.yaml", []byte("competition: "+u.competition+u.spec))
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.runSpec(t, t.Context(), nil, spec)
	if err != nil {
		t.Fatal(err)
	}
	files := steps.DataDir(p.home, "sandbox", u.competition)
	learn, classes := looksOf(t, filepath.Join(files, u.train), u.of[0], nil)
	seen, _ := looksOf(t, filepath.Join(files, u.test), u.of[1], u.hidden(t, p.home, classes))
	histograms, pixels := byHistograms(learn, seen, len(classes)), byPixels(learn, seen, len(classes))
	net := submittedLoss(t, *out.Submission, u.hidden(t, p.home, classes), classes)
	t.Logf("hidden log loss: net %.3f (CV %.3f), colour histograms %.3f, pixels %.3f, shares of the classes %.3f",
		net, *out.CV, histograms, pixels, byShares(learn, seen, len(classes)))
	if least := min(histograms, pixels); !(net < least-by) {
		t.Errorf("the net scores %.3f, the baselines %.3f and %.3f: want it better by %.2f", net, histograms, pixels, by)
	}
}

// submittedLoss is the log loss of a submission's rows that have a class in truth.
func submittedLoss(t *testing.T, file string, truth map[string]int, classes []string) float64 {
	t.Helper()
	rows := readCSV(t, file)
	if !slices.Equal(rows[0][1:], classes) {
		t.Fatalf("the submission has the columns %v, want %v", rows[0][1:], classes)
	}
	var scored []seenPhoto
	var said [][]float64
	for _, r := range rows[1:] {
		class, ok := truth[r[0]]
		if !ok {
			continue
		}
		p := make([]float64, len(classes))
		for c := range p {
			var err error
			if p[c], err = strconv.ParseFloat(r[1+c], 64); err != nil {
				t.Fatal(err)
			}
		}
		scored, said = append(scored, seenPhoto{class: class}), append(said, p)
	}
	if len(scored) != len(truth) {
		t.Fatalf("%d of %d rows are in the submission", len(scored), len(truth))
	}
	return lossOf(scored, func(i int) []float64 { return said[i] })
}

func readCSV(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// hidden are the classes of the photos that count for a score, by name.
func (u unseen) hidden(t *testing.T, home string, classes []string) map[string]int {
	t.Helper()
	rows := readCSV(t, filepath.Join(home, "sandbox", u.competition, "solution.csv"))
	usage := slices.Index(rows[0], "Usage")
	of := map[string]int{}
	for _, r := range rows[1:] {
		if usage < 0 || r[usage] != "Ignored" {
			of[r[0]] = slices.Index(classes, r[1])
		}
	}
	return of
}
