package sandbox

import (
	"bufio"
	"context"
	_ "embed" // for the board
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos/fish"
)

// Fisheries is the name of the competition with drawn fish on drawn boats.
const Fisheries = "the-nature-conservancy-fisheries-monitoring"

const (
	fishTitle      = "The Nature Conservancy Fisheries Monitoring (podium sandbox: synthetic photos, drawn by a program; synthetic board, not Kaggle's)"
	defaultFish    = 1200
	leastFish      = 40
	fishSeed       = 1
	fishPhotoBytes = 110_000 // more than the mean photo has
	unboxed        = 0.02    // of the photos nobody drew a box in
)

// fishBoard has the scores of simple methods on the usual size.
//
//go:embed fisheries_board.csv
var fishBoard string

// fisheries is the competition with so many photos to learn from.
func fisheries(train int) embedded {
	test := testFish(train)
	f := &fishFiles{train: train, test: test}
	return embedded{
		name: Fisheries,
		config: Config{
			Version: 1, Title: fishTitle, Metric: "logloss", Category: "Featured", Reward: "Knowledge", Sample: fishSample,
			Description: fmt.Sprintf("SYNTHETIC. Say which of seven kinds of fish, or none, the camera of a fishing boat shows. The %d labelled and %d hidden photos are "+
				"drawings that a program made: they have the files, names and sizes of the first stage of Kaggle's Fisheries Monitoring, and nothing else of it. The boats of "+
				"the hidden photos are none of those to learn from. annos/ has the boxes of the fish in the layout of those that participants shared. Scores here say "+
				"nothing about scores there. The teams on the board are synthetic too: simple methods, run on these very drawings.", train, test),
			Deadline: Date{time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)}, DailyLimit: 100, PublicShare: 0.5, RevealPrivate: true, Origin: sourceDrawn,
		},
		board: f.board, files: f.write, bytes: int64(train+test) * fishPhotoBytes,
	}
}

// testFish is the same share as in the first stage of the real competition.
func testFish(train int) int { return (train*fullTestFish + fullFish/2) / fullFish }

const fishSample = "sample_submission_stg1.csv"

// fishFiles writes the files of the competition. What a photo shows depends on
// its name alone, not on how many there are.
type fishFiles struct{ train, test int }

func (f *fishFiles) write(ctx context.Context, dir string, progress func(share float64)) error {
	plan, data := newFishPlan(), filepath.Join(dir, "data")
	train, test := plan.train[:f.train], plan.test[:f.test]
	slices.SortFunc(train, func(a, b fishPhoto) int { return strings.Compare(trainName(a), trainName(b)) })
	slices.SortFunc(test, func(a, b fishPhoto) int { return strings.Compare(a.name(), b.name()) })
	boxes := make([][]fish.Box, f.train)
	all := float64(f.train + f.test)
	zip := func(name string, first int, list []fishPhoto, in func(fishPhoto) string, boxed func(i int, b []fish.Box)) error {
		return atomicfile.Write(filepath.Join(data, name), 0o644, func(w io.Writer) error {
			return photos.Pack(ctx, w, len(list), func(c *photos.Canvas, i int) photos.Shot {
				b, quality := plan.draw(c, list[i])
				boxed(i, b)
				return photos.Shot{Name: in(list[i]), Quality: quality}
			}, func(i int) { progress(float64(first+i+1) / all) })
		})
	}
	if err := zip("train.zip", 0, train, trainName, func(i int, b []fish.Box) { boxes[i] = b }); err != nil {
		return err
	}
	err := zip("test_stg1.zip", f.train, test, func(p fishPhoto) string { return "test_stg1/" + p.name() }, func(int, []fish.Box) {})
	if err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(data, "annos"), 0o755); err != nil {
		return err
	}
	for class := range fish.Class(fish.Classes) {
		if class == fish.NoFish {
			continue
		}
		name := filepath.Join(data, "annos", strings.ToLower(class.String())+"_labels.json")
		if err := atomicfile.Write(name, 0o644, func(w io.Writer) error { return writeBoxes(w, class, train, boxes) }); err != nil {
			return err
		}
	}
	if err := atomicfile.Write(filepath.Join(data, fishSample), 0o644, func(w io.Writer) error { return writeFishSample(w, test) }); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, "solution.csv"), 0o644, func(w io.Writer) error { return writeFishSolution(w, test) })
}

func trainName(p fishPhoto) string { return fmt.Sprintf("train/%s/%s", p.class, p.name()) }

// annotation and rect are what the files of boxes hold.
type annotation struct {
	Rects    []rect `json:"annotations"`
	Class    string `json:"class"`
	Filename string `json:"filename"`
}

type rect struct {
	Class  string  `json:"class"`
	Height float64 `json:"height"`
	Width  float64 `json:"width"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
}

// writeBoxes writes the boxes of the photos of a class. A few photos have none.
func writeBoxes(w io.Writer, class fish.Class, list []fishPhoto, boxes [][]fish.Box) error {
	all := []annotation{}
	for i, p := range list {
		if p.class != class || seed.Rand(fishSeed, "sandbox", Fisheries, "unboxed", p.number).Float64() < unboxed {
			continue
		}
		a := annotation{Rects: []rect{}, Class: "image", Filename: p.name()}
		thousandth := func(v float64) float64 { return math.Round(float64(v*1000)) / 1000 }
		for _, b := range boxes[i] {
			a.Rects = append(a.Rects, rect{"rect", thousandth(b.Height), thousandth(b.Width), thousandth(b.X), thousandth(b.Y)})
		}
		all = append(all, a)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(all)
}

// writeFishSample answers with the classes' shares, as the real sample does.
func writeFishSample(w io.Writer, test []fishPhoto) error {
	b := bufio.NewWriter(w) // it keeps its first error for Flush
	var shares strings.Builder
	fmt.Fprint(b, "image")
	for class, n := range fishShares {
		fmt.Fprint(b, ",", fish.Class(class))
		fmt.Fprintf(&shares, ",%.6f", float64(n)/fullFish)
	}
	fmt.Fprintln(b)
	for _, p := range test {
		fmt.Fprintln(b, p.name()+shares.String())
	}
	return b.Flush()
}

func writeFishSolution(w io.Writer, test []fishPhoto) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "image,class")
	for _, p := range test {
		fmt.Fprintf(b, "%s,%s\n", p.name(), p.class)
	}
	return b.Flush()
}

// board writes the scores that were computed for the usual size; on another one
// only that of an answer which needs no computing stands.
func (f *fishFiles) board(w io.Writer) error {
	text := fishBoard
	if f.train != defaultFish {
		text = "team,public,private,date\nsynthetic: one eighth for every class,2.07944,2.07944,2026-01-01T00:00:00Z\n"
	}
	_, err := io.WriteString(w, text)
	return err
}
