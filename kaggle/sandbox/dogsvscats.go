package sandbox

import (
	"bufio"
	"context"
	_ "embed" // for the board
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos/pets"
)

// DogsVsCats is the name of the competition with drawn cats and dogs.
const DogsVsCats = "dogs-vs-cats-redux-kernels-edition"

const (
	petTitle      = "Dogs vs. Cats Redux (podium sandbox: synthetic photos, drawn by a program; synthetic board, not Kaggle's)"
	sourceDrawn   = "synthetic photos, drawn by podium"
	defaultPets   = 2400   // photos to learn from
	fullPets      = 25_000 // of the real competition
	leastPets     = 10
	petSeed       = 1
	petPhotoBytes = 30_000 // more than the mean photo has
)

// petBoard has the scores of simple methods on the usual size.
//
//go:embed dogsvscats_board.csv
var petBoard string

// dogsVsCats is the competition with so many photos to learn from.
func dogsVsCats(train int) embedded {
	test := testPets(train)
	p := petFiles{train: train, test: test}
	return embedded{
		name: DogsVsCats,
		config: Config{
			Version: 1, Title: petTitle, Metric: "logloss_binary", Category: "Playground", Reward: "Knowledge",
			Description: fmt.Sprintf("SYNTHETIC. Say how probable it is that a photo shows a dog. The %d labelled and %d hidden photos are cartoons that a program "+
				"drew: they have the files, names and sizes of Kaggle's Dogs vs. Cats Redux, and nothing else of it. Scores here say nothing about scores there. "+
				"The teams on the board are synthetic too: simple methods, run on these very drawings.", train, test),
			Deadline: Date{time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)}, DailyLimit: 100, PublicShare: 0.5, RevealPrivate: true, Origin: sourceDrawn,
		},
		board: p.board, files: p.write, bytes: int64(train+test) * petPhotoBytes,
	}
}

// testPets is half as many, as in the real competition.
func testPets(train int) int { return train / 2 }

// petFiles writes the files of Dogs vs. Cats. What a photo shows depends on its
// name alone, not on how many there are.
type petFiles struct{ train, test int }

func (p petFiles) write(ctx context.Context, dir string, progress func(share float64)) error {
	all, cats := float64(p.train+p.test), (p.train+1)/2
	zip := func(name string, first, n int, draw func(c *photos.Canvas, i int) photos.Shot) error {
		return atomicfile.Write(filepath.Join(dir, "data", name), 0o644, func(w io.Writer) error {
			return photos.Pack(ctx, w, n, draw, func(i int) { progress(float64(first+i+1) / all) })
		})
	}
	err := zip("train.zip", 0, p.train, func(c *photos.Canvas, i int) photos.Shot {
		if i < cats {
			return drawTrainPet(c, pets.Cat, i)
		}
		return drawTrainPet(c, pets.Dog, i-cats)
	})
	if err != nil {
		return err
	}
	err = zip("test.zip", p.train, p.test, func(c *photos.Canvas, i int) photos.Shot { return drawTestPet(c, i+1) })
	if err != nil {
		return err
	}
	for name, label := range map[string]func(id int) string{
		"data/sample_submission.csv": func(int) string { return "0.5" },
		"solution.csv":               func(id int) string { return fmt.Sprint(int(hiddenPet(id))) },
	} {
		if err := atomicfile.Write(filepath.Join(dir, filepath.FromSlash(name)), 0o644, func(w io.Writer) error { return p.writeLabels(w, label) }); err != nil {
			return err
		}
	}
	return nil
}

func drawTrainPet(c *photos.Canvas, k pets.Kind, n int) photos.Shot {
	q := pets.Draw(c, k, seed.Rand(petSeed, "sandbox", DogsVsCats, "train", k, n))
	return photos.Shot{Name: fmt.Sprintf("train/%s.%d.jpg", k, n), Quality: q}
}

func drawTestPet(c *photos.Canvas, id int) photos.Shot {
	q := pets.Draw(c, hiddenPet(id), seed.Rand(petSeed, "sandbox", DogsVsCats, "test", id))
	return photos.Shot{Name: fmt.Sprintf("test/%d.jpg", id), Quality: q}
}

// hiddenPet is what the test photo of a number shows, either with the same
// probability.
func hiddenPet(id int) pets.Kind {
	return pets.Kind(seed.Rand(petSeed, "sandbox", DogsVsCats, "label", id).IntN(2))
}

func (p petFiles) writeLabels(w io.Writer, label func(id int) string) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "id,label") // a bufio.Writer keeps its first error for Flush
	for id := 1; id <= p.test; id++ {
		fmt.Fprintf(b, "%d,%s\n", id, label(id))
	}
	return b.Flush()
}

// board writes the scores that were computed for the usual size; on another one
// only that of an answer which needs no computing stands.
func (p petFiles) board(w io.Writer) error {
	text := petBoard
	if p.train != defaultPets {
		text = "team,public,private,date\nsynthetic: 0.5 for every photo,0.69315,0.69315,2026-01-01T00:00:00Z\n"
	}
	_, err := io.WriteString(w, text)
	return err
}
