package sandbox

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/digits"
)

// DigitRecognizer is the name of the embedded competition.
const DigitRecognizer = "digit-recognizer"

const (
	digitTitle   = "Digit Recognizer (podium sandbox: MNIST digits, synthetic board, not Kaggle's)"
	sourceSubset = "mnist-subset" // the 15,000 digits inside the program
	sourceMNIST  = "mnist"        // the 70,000 of the IDX files

	mnistTrain, mnistTest = 42_000, 28_000
	digitSeed             = 1    // of the split, Usage and the board
	digitPublic           = 0.25 // of the hidden rows
)

// embeddedDigits is digit-recognizer of the digits inside the program.
func embeddedDigits() embedded {
	return embedded{
		name: DigitRecognizer, config: digitConfig(sourceSubset, digits.EmbeddedTrain, digits.EmbeddedTest),
		board: func(w io.Writer) error { return writeDigitBoard(w, publicRows(digits.EmbeddedTest)) },
		files: func(_ context.Context, dir string, _ func(float64)) error {
			train, test, err := digits.Embedded()
			if err != nil {
				return err
			}
			return writeDigits(dir, train, test)
		},
	}
}

// AddMNIST makes digit-recognizer out of the four IDX files of MNIST in dir,
// gzipped or not: 42,000 labelled and 28,000 hidden rows, split with a fixed
// seed, stratified by digit. It takes the place of the embedded one and of its
// submissions.
func (s *Sandbox) AddMNIST(dir string) error {
	all, err := digits.ReadMNIST(dir)
	if err != nil {
		return err
	}
	trainRows, testRows, err := digits.Split(all.Labels, mnistTrain, mnistTest, digitSeed)
	if err != nil {
		return err
	}
	s.making.Lock()
	defer s.making.Unlock()
	return s.installEmbedded(context.Background(), embedded{
		name: DigitRecognizer, config: digitConfig(sourceMNIST, mnistTrain, mnistTest),
		board: func(w io.Writer) error { return writeDigitBoard(w, publicRows(mnistTest)) },
		files: func(_ context.Context, dir string, _ func(float64)) error {
			return writeDigits(dir, all.Pick(trainRows), all.Pick(testRows))
		},
	}, true, nil)
}

// writeDigits writes data/ and solution.csv into dir.
func writeDigits(dir string, train, test digits.Set) error {
	public := publicRows(test.Len())
	for name, write := range map[string]func(io.Writer) error{
		"data/train.csv":             func(w io.Writer) error { return digits.WriteTrain(w, train) },
		"data/test.csv":              func(w io.Writer) error { return digits.WriteTest(w, test) },
		"data/sample_submission.csv": func(w io.Writer) error { return writeAnswers(w, make([]byte, test.Len()), nil) },
		"solution.csv":               func(w io.Writer) error { return writeAnswers(w, test.Labels, public) },
	} {
		if err := atomicfile.Write(filepath.Join(dir, filepath.FromSlash(name)), 0o644, write); err != nil {
			return err
		}
	}
	return nil
}

// publicRows draws which hidden rows make the public score: exactly the
// public share of them.
func publicRows(n int) []bool {
	public := make([]bool, n)
	for i := range int(float64(n) * digitPublic) {
		public[i] = true
	}
	seed.Rand(digitSeed, "sandbox", DigitRecognizer, "usage").Shuffle(n, func(i, j int) { public[i], public[j] = public[j], public[i] })
	return public
}

// writeAnswers writes ImageId,Label and, with public given, Usage.
func writeAnswers(w io.Writer, labels []byte, public []bool) error {
	b := bufio.NewWriter(w)
	line := "ImageId,Label"
	if public != nil {
		line += "," + usageColumn
	}
	for i := -1; ; i++ {
		_, _ = b.WriteString(line + "\n") // a bufio.Writer keeps its first error for Flush
		if i+1 == len(labels) {
			return b.Flush()
		}
		line = strconv.Itoa(i+2) + "," + strconv.Itoa(int(labels[i+1]))
		if public != nil && public[i+1] {
			line += ",Public"
		} else if public != nil {
			line += ",Private"
		}
	}
}

func writeDigitBoard(w io.Writer, public []bool) error {
	teams, err := digits.Baselines()
	if err != nil {
		return err
	}
	n := 0
	for _, p := range public {
		if p {
			n++
		}
	}
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "team,public,private,date")
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, t := range teams {
		fmt.Fprintf(b, "%s,%s,%s,%s\n", t.Team, metric.Format(t.Draw(n, digitSeed, "public")),
			metric.Format(t.Draw(len(public)-n, digitSeed, "private")), day.AddDate(0, 0, i).Format(time.RFC3339))
	}
	return b.Flush()
}

func digitConfig(source string, train, test int) Config {
	return Config{
		Version: 1, Title: digitTitle, Metric: "accuracy", Category: "Getting Started", Reward: "Knowledge",
		Description: fmt.Sprintf("Say which digit 0..9 a handwritten image of 28 x 28 pixels shows. %d labelled and %d hidden images of MNIST "+
			"(LeCun, Cortes, Burges). Neither the rows nor the board are Kaggle's; the teams are synthetic, drawn from published accuracies.", train, test),
		Deadline: Date{time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)}, DailyLimit: 100, PublicShare: digitPublic, RevealPrivate: true, Origin: source,
	}
}
