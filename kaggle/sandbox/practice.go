package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// Practice says what to make a practice competition of: a table with a column
// of known answers, or a folder of images sorted by class.
type Practice struct {
	From    string  // a CSV file, or a folder with train.csv, any one CSV file, or images
	Table   string  // the CSV file in From; "": see From
	Target  string  // column to be predicted; "": target, label, class or y
	ID      string  // column that tells rows apart; "": one named like an id, else made
	Group   string  // rows of one value stay together; "": each row by itself
	Metric  string  // "": accuracy for classes, rmse for numbers
	Holdout float64 // share of the rows that is hidden, between 0 and 1
	Public  float64 // share of the hidden rows that makes the public score, between 0 and 1
	Seed    uint64  // of every draw: the same seed and data give the same files
	Replace bool    // of a competition of that name, with its submissions

	Progress func(share float64) // may be nil; called from one goroutine
}

// Made is what AddPractice made.
type Made struct {
	Table   string // what it was made of
	Target  string
	ID      string
	Metric  metric.Metric
	Classes int      // of the target; 0: numbers
	Train   int      // labelled rows
	Public  int      // hidden rows of the public score
	Private int      // hidden rows of the private score
	Notes   []string // what was decided for the caller, a line each
}

// The names of practice competitions are those that a pipeline can name.
var practiceName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// AddPractice makes a competition out of labelled data: some rows become
// data/train.csv, the others are hidden, data/test.csv without the answers and
// solution.csv with them. Hidden rows are drawn at random, from every class its
// share, or in whole groups. Rows without an id are numbered, the hidden ones
// last; hidden rows are in random order, so that neither tells the answer. The
// board begins empty: there are no made-up teams.
//
// The table is read twice and streamed. What is held in memory is what must be
// known of every row, its target, group and place in the file and a digest of
// its id, and the ids and answers of the hidden rows: with the collector's share
// about 160 bytes a row (1,000,000 rows of 95 bytes: 160 MB). The competition is
// there whole or not at all. Wrong data and words are faults
// (fault.Usage) that name file, line and column.
func (s *Sandbox) AddPractice(ctx context.Context, name string, p Practice) (Made, error) {
	if err := s.checkPractice(name, p); err != nil {
		return Made{}, err
	}
	var made Made
	err := s.install(name, p.Replace, func(dir string) error {
		w := &practiceWriter{Practice: p, name: name, dir: dir}
		err := w.make(ctx)
		made = w.made
		return err
	})
	if errors.Is(err, errThere) {
		err = s.alreadyThere(name)
	}
	return made, err
}

func (s *Sandbox) checkPractice(name string, p Practice) error {
	switch {
	case !practiceName.MatchString(name) || !validName(name):
		return fault.New(fault.Usage, "name it "+slugLike(name), "competition name: want lower-case letters and digits with - between, got %q", name)
	case isEmbedded(name):
		return fault.New(fault.Usage, "choose another name", "%s is podium's own competition", name)
	case !(p.Holdout > 0 && p.Holdout < 1):
		return fault.New(fault.Usage, "--holdout 0.2 hides a fifth of the rows", "holdout: want a share between 0 and 1, got %v", p.Holdout)
	case !(p.Public > 0 && p.Public < 1):
		return fault.New(fault.Usage, "--public 0.5 lets half of the hidden rows make the public score", "public: want a share between 0 and 1, got %v", p.Public)
	case !p.Replace && s.exists(name):
		return s.alreadyThere(name)
	case p.Metric != "":
		_, err := metric.ByName(p.Metric)
		return err
	}
	return nil
}

// alreadyThere says so, and what would be lost.
func (s *Sandbox) alreadyThere(name string) error {
	var n int
	if err := s.journal.view(func(st *state) { n = len(st.of(name)) }); err != nil {
		return err
	}
	return fault.New(fault.Usage, fmt.Sprintf("choose another name, or add --force: it replaces %s and forgets its submissions (%d)", name, n),
		"there is a local competition %s already", name)
}

// slugLike turns words into a name.
func slugLike(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if len(words) == 0 {
		return "my-practice"
	}
	return strings.Join(words, "-")
}

// source is where a practice competition comes from.
type source struct {
	table  string // path of the CSV file; "": images
	images string // folder of images sorted by class
}

// findSource looks at what From is.
func (p Practice) findSource() (source, error) {
	const hint = "--from takes a CSV file, a folder with train.csv, or a folder with one sub-folder of images a class"
	info, err := os.Stat(p.From)
	if err != nil {
		return source{}, fault.Wrap(err, fault.Usage, hint, "read the data")
	}
	if !info.IsDir() {
		if p.Table != "" {
			return source{}, fault.New(fault.Usage, "leave --table away", "%s is a file: --table names a file in a folder", p.From)
		}
		return source{table: p.From}, nil
	}
	if p.Table != "" {
		return source{table: filepath.Join(p.From, p.Table)}, nil
	}
	if _, err := os.Stat(filepath.Join(p.From, "train.csv")); err == nil {
		return source{table: filepath.Join(p.From, "train.csv")}, nil
	}
	tables, err := filepath.Glob(filepath.Join(globQuoted(p.From), "*.csv"))
	switch {
	case err != nil:
		return source{}, err
	case len(tables) == 1:
		return source{table: tables[0]}, nil
	case len(tables) > 1:
		return source{}, fault.New(fault.Usage, "add --table "+filepath.Base(tables[0]), "%s holds %d CSV files, none of them train.csv: which one?", p.From, len(tables))
	}
	return source{images: p.From}, nil
}

// globQuoted keeps the signs of a pattern in a folder's name from being one.
func globQuoted(dir string) string {
	if filepath.Separator == '\\' {
		return dir // there is no quoting; such folders are rare
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
