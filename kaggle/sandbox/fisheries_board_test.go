package sandbox_test

import (
	"bytes"
	"cmp"
	"fmt"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// The board holds what simple methods score on the usual size, set by every
// fifth photo to learn from: a split that has each boat on both sides, so they
// seem to be good, and on the boats to be predicted are worse than an answer
// without a look at the photo. It takes more than a minute: PODIUM_SOAK=1.
func TestFisheriesBoard(t *testing.T) {
	t.Parallel()
	if os.Getenv("PODIUM_SOAK") == "" {
		t.Skip("SKIPPED: set PODIUM_SOAK to draw the whole set and recompute its board")
	}
	dir := t.TempDir()
	r := newRig(t, dir)
	if err := r.Ensure(t.Context(), sandbox.Fisheries, nil); err != nil {
		t.Fatal(err)
	}
	files := readFiles(t, filepath.Join(dir, sandbox.Fisheries), "data/train.zip", "data/test_stg1.zip", "data/sample_submission_stg1.csv", "solution.csv", "leaderboard.csv")
	train, test := fishLooks(t, files, "data/train.zip"), fishLooks(t, files, "data/test_stg1.zip")
	scores := map[string]string{"the classes' shares": fishGraded(t, r, string(files["data/sample_submission_stg1.csv"]))}
	var fit, check []look
	for i, l := range train {
		if i%5 == 0 {
			check = append(check, l)
		} else {
			fit = append(fit, l)
		}
	}
	header, rows, _ := strings.Cut(string(files["data/sample_submission_stg1.csv"]), "\n")
	images := strings.Split(rows, "\n")
	for name, of := range map[string]func(l look) []float64{
		"nearest neighbours by colour histograms": func(l look) []float64 { return l.histogram },
		"nearest neighbours by 32 x 32 pixels":    func(l look) []float64 { return l.pixels },
	} {
		setting, best := 0, math.Inf(1)
		for k, p := range nearestShares(fit, check, of) {
			sum := 0.0
			for i, l := range check {
				sum -= math.Log(p[i][l.label]) / float64(len(check))
			}
			if sum < best {
				setting, best = k, sum
			}
		}
		text := header + "\n"
		for i, p := range nearestShares(train, test, of)[setting] {
			image, _, _ := strings.Cut(images[i], ",")
			text += image
			for _, v := range p {
				text += fmt.Sprintf(",%.6f", v)
			}
			text += "\n"
		}
		scores[name] = fishGraded(t, r, text)
		t.Logf("%s: %.5f on photos of the same boats, %s on others", name, best, scores[name])
	}
	for name, score := range scores {
		if row := `"synthetic: ` + name + `",` + score + ","; !strings.Contains(string(files["leaderboard.csv"]), row) {
			t.Errorf("the board has not %s", row)
		}
	}
}

// fishGraded submits an answer, and gives its public and private score.
func fishGraded(t *testing.T, r *rig, text string) string {
	t.Helper()
	s := r.scored(t, sandbox.DevToken, r.submitTo(t, sandbox.Fisheries, sandbox.DevToken, text))
	return s.PublicScore + "," + s.PrivateScore
}

// fishLooks reads the photos of a zip in its order.
func fishLooks(t *testing.T, files map[string][]byte, zip string) []look {
	t.Helper()
	names, content := photosOf(t, files[zip])
	classOf := map[string]string{}
	for _, l := range strings.Split(string(files["solution.csv"]), "\n") {
		image, class, _ := strings.Cut(l, ",")
		classOf[image] = class
	}
	all := make([]look, len(names))
	var wg sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	for core := range cores {
		wg.Go(func() {
			for i := core; i < len(names); i += cores {
				img, err := jpeg.Decode(bytes.NewReader(content[names[i]]))
				if err != nil {
					t.Error(err)
					return
				}
				class := strings.Split(names[i], "/")[1]
				if zip != "data/train.zip" {
					class = classOf[class]
				}
				all[i] = lookAt(img)
				all[i].label = slices.Index(fishClasses, class)
			}
		})
	}
	wg.Wait()
	return all
}

// nearestShares are, for each number of nearest photos, the classes' shares
// among them, to which the shares in all photos are added as if of one more.
func nearestShares(train, test []look, of func(l look) []float64) [][][8]float64 {
	counts := []int{1, 5, 10, 20, 40, 80, 160}
	var prior [8]float64
	for _, l := range train {
		prior[l.label] += 1 / float64(len(train))
	}
	all := make([][][8]float64, len(counts))
	for c := range counts {
		all[c] = make([][8]float64, len(test))
	}
	type near struct {
		far   float64
		label int
	}
	for i, one := range test {
		order := make([]near, len(train))
		for j, l := range train {
			far := 0.0
			a, b := of(one), of(l)
			for k, v := range a {
				far += (v - b[k]) * (v - b[k])
			}
			order[j] = near{far, l.label}
		}
		slices.SortFunc(order, func(a, b near) int { return cmp.Compare(a.far, b.far) })
		shares := prior
		for j, o := range order[:counts[len(counts)-1]] {
			shares[o.label]++
			if c := slices.Index(counts, j+1); c >= 0 {
				for class, n := range shares {
					all[c][i][class] = n / float64(j+2)
				}
			}
		}
	}
	return all
}
