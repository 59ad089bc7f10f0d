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
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// StateFarm is the name of the competition with drawn drivers.
const StateFarm = "state-farm-distracted-driver-detection"

const (
	drivingTitle      = "State Farm Distracted Driver Detection (podium sandbox: synthetic photos, drawn by a program; synthetic board, not Kaggle's)"
	defaultDriving    = 2000   // photos to learn from
	fullDriving       = 22_424 // of the real competition
	fullDrivingTest   = 79_726
	leastDriving      = 20
	drivingSeed       = 1
	drivingPublic     = 0.3
	drivingIgnored    = 0.1
	drivingPhotoBytes = 21_000 // more than the mean photo has
)

// drivingBoard has the scores of simple methods on the usual size.
//
//go:embed statefarm_board.csv
var drivingBoard string

// testDriving is half as many again as there are to learn from, and all of the
// real competition's in the full size, where they are more.
func testDriving(train int) int {
	if train == fullDriving {
		return fullDrivingTest
	}
	return train * 3 / 2
}

// stateFarm is the competition with so many photos to learn from.
func stateFarm(train int) embedded {
	f := drivingFiles{train: train, test: testDriving(train)}
	return embedded{
		name: StateFarm,
		config: Config{
			Version: 1, Title: drivingTitle, Metric: "logloss", Category: "Featured", Reward: "Knowledge",
			Description: fmt.Sprintf("SYNTHETIC. Say what a driver does, of ten postures c0 to c9. The %d labelled and %d hidden photos are cartoons that a program "+
				"drew: they have the files, names and sizes of Kaggle's State Farm Distracted Driver Detection, and nothing else of it. The drivers of the hidden photos "+
				"are others than those of the labelled ones, and photos of one driver are alike, so split by subject (driver_imgs_list.csv). Some hidden photos are "+
				"fillers, which count for no score. Scores here say nothing about scores there. The teams on the board are synthetic too: simple methods, run on these "+
				"very drawings.", f.train, f.test),
			Deadline: Date{time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)}, DailyLimit: 100, PublicShare: drivingPublic, RevealPrivate: true, Origin: sourceDrawn,
		},
		board: f.board, files: f.write, bytes: int64(f.train+f.test) * drivingPhotoBytes,
	}
}

// drivingFiles writes the files of State Farm. What a photo shows and how it is
// called does not depend on how many there are.
type drivingFiles struct{ train, test int }

func (f drivingFiles) write(ctx context.Context, dir string, progress func(share float64)) error {
	shots := f.shots()
	all := float64(len(shots))
	err := atomicfile.Write(filepath.Join(dir, "data", "imgs.zip"), 0o644, func(w io.Writer) error {
		draw := func(c *photos.Canvas, i int) photos.Shot {
			return photos.Shot{Name: shots[i].path(), Quality: shots[i].draw(c)}
		}
		return photos.Pack(ctx, w, len(shots), draw, func(i int) { progress(float64(i+1) / all) })
	})
	if err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer, []drivingShot) error{
		"data/driver_imgs_list.csv":  writeDrivers,
		"data/sample_submission.csv": writeDrivingSample,
		"solution.csv":               writeDrivingSolution,
	} {
		if err := atomicfile.Write(filepath.Join(dir, filepath.FromSlash(name)), 0o644, func(w io.Writer) error { return write(w, shots) }); err != nil {
			return err
		}
	}
	return nil
}

// writeDrivers writes the drivers of the labelled photos, by driver and class.
func writeDrivers(w io.Writer, shots []drivingShot) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "subject,classname,img") // a bufio.Writer keeps its first error for Flush
	for _, s := range byDriver(shots) {
		fmt.Fprintf(b, "%s,c%d,%s\n", s.driver, s.posture, s.img())
	}
	return b.Flush()
}

func writeDrivingSample(w io.Writer, shots []drivingShot) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "img,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9")
	for _, s := range shots {
		if !s.train {
			fmt.Fprintln(b, s.img()+",0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1")
		}
	}
	return b.Flush()
}

func writeDrivingSolution(w io.Writer, shots []drivingShot) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "img,classname,"+usageColumn)
	for _, s := range shots {
		if !s.train {
			fmt.Fprintf(b, "%s,c%d,%s\n", s.img(), s.posture, s.usage)
		}
	}
	return b.Flush()
}

// board writes the scores that were computed for the usual size; on another one
// only that of an answer which needs no computing stands.
func (f drivingFiles) board(w io.Writer) error {
	text := drivingBoard
	if f.train != defaultDriving {
		text = "team,public,private,date\nsynthetic: 0.1 for every class,2.30259,2.30259,2026-01-01T00:00:00Z\n"
	}
	_, err := io.WriteString(w, text)
	return err
}
