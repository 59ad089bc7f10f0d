package sandbox

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// practised makes a practice competition of a table.
func practised(t testing.TB, table string, p Practice) (Made, *competition, error) {
	t.Helper()
	dir := t.TempDir()
	if p.From == "" {
		p.From = filepath.Join(dir, "own.csv")
		if err := os.WriteFile(p.From, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if p.Holdout == 0 {
		p.Holdout = 0.3
	}
	p.Public = max(p.Public, 0.5)
	s, err := Open(filepath.Join(dir, "state"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	made, err := s.AddPractice(t.Context(), "own", p)
	if err != nil {
		if left, err := os.ReadDir(s.dir); err != nil || slices.ContainsFunc(left, func(e fs.DirEntry) bool { return e.IsDir() && e.Name() != ".uploads" }) {
			t.Errorf("left behind: %v, %v", left, err)
		}
		return made, nil, err
	}
	c, err := s.load("own")
	if err != nil {
		t.Fatal(err)
	}
	return made, c, nil
}

// rowsOf reads a CSV file of a competition, header first.
func (c *competition) rowsOf(t testing.TB, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return rows
}

// gradeText grades a submission.
func (c *competition) gradeText(t testing.TB, rows [][]string) (grades, error) {
	t.Helper()
	sol, err := c.readSolution()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return c.grade(sol, &b)
}

// truth is the submission that is all right.
func (c *competition) truth(t testing.TB) [][]string {
	t.Helper()
	header := c.rowsOf(t, "data/sample_submission.csv")[0]
	rows := [][]string{header}
	for _, s := range c.rowsOf(t, "solution.csv")[1:] {
		row := []string{s[0], s[1]}
		if len(header) > 2 {
			row = slices.Repeat([]string{"0"}, len(header))
			row[0], row[slices.Index(header[1:], s[1])+1] = s[0], "1"
		}
		rows = append(rows, row)
	}
	return rows
}

const fruit = "weight,label\n1,apple\n2,pear\n3,apple\n4,pear\n5,apple\n6,pear\n7,apple\n8,pear\n9,apple\n10,pear\n"

// TestPracticeGuesses: what is not said is chosen, and told.
func TestPracticeGuesses(t *testing.T) {
	t.Parallel()
	var numbers strings.Builder
	numbers.WriteString("PassengerId,age,y\n")
	for i := range 60 {
		fmt.Fprintf(&numbers, "%d,%d,%d\n", i, i%7, i*i%61)
	}
	for _, c := range []struct {
		table  string
		id     string
		metric string
		notes  []string
	}{
		{fruit, "id", "accuracy", []string{`target: the column "label", by its name`, `numbered in a new column "id"`, `accuracy, as "label" holds words`}},
		{numbers.String(), "PassengerId", "rmse", []string{`target: the column "y"`, `id: the column "PassengerId"`, `rmse, as "y" holds numbers`}},
		{strings.ReplaceAll(strings.ReplaceAll(fruit, "apple", "3"), "pear", "5"), "id", "accuracy", []string{"label", "id", `holds 2 different integers (--metric rmse takes them for numbers)`}},
		{strings.ReplaceAll(fruit, "weight", "id"), "id", "accuracy", []string{"label", `id: the column "id", by its name and its values`, "words"}},
		{strings.ReplaceAll(strings.ReplaceAll(fruit, "weight", "id"), "10,", "9,"), "row_id", "accuracy", []string{"label", `new column "row_id"`, "words"}},
	} {
		made, _, err := practised(t, c.table, Practice{})
		if err != nil || made.ID != c.id || made.Metric.Name != c.metric || len(made.Notes) != len(c.notes) {
			t.Errorf("%.30q: %+v, %v", c.table, made, err)
			continue
		}
		for i, n := range c.notes {
			if !strings.Contains(made.Notes[i], n) {
				t.Errorf("note %q lacks %q", made.Notes[i], n)
			}
		}
	}
}

func TestPracticeRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, table string
		p           Practice
		want        string
	}{
		{"no target", "a,b\n1,2\n", Practice{}, `own.csv: which column is to be predicted? There are "a,b"`},
		{"two targets", "y,label\n1,2\n", Practice{}, "which column is to be predicted?"},
		{"no such target", "a,b\n1,2\n", Practice{Target: "c"}, `--target: own.csv has no column "c"`},
		{"target twice", "a,a,b\n1,2,3\n", Practice{Target: "a"}, `--target: own.csv has two columns "a"`},
		{"target is id", "a,b\n1,2\n", Practice{Target: "a", ID: "a"}, `the target "a" cannot be the id`},
		{"target is group", "a,b\n1,2\n", Practice{Target: "a", Group: "a"}, `the target "a" cannot be the id or the group`},
		{"reserved", "a,Usage\n1,2\n", Practice{Target: "Usage"}, `keep the column "Usage" for themselves`},
		{"no such group", fruit, Practice{Group: "who"}, `--group: own.csv has no column "who"`},
		{"empty", "", Practice{}, "own.csv: empty file"},
		{"semicolons", "a;y\n1;2\n", Practice{}, "want at least two columns"},
		{"header only", "a,y\n", Practice{}, "want at least 3 rows, got 0"},
		{"ragged", "a,y\n1,2\n3\n", Practice{}, "line 3: want 2 columns, got 1"},
		{"open quote", "a,y\n1,\"2\n3,4\n", Practice{}, `own.csv: line 3: extraneous or missing " in quoted-field`},
		{"no answer", "a,y\n1,2\n3, \n", Practice{}, `own.csv: line 3, column "y": no value`},
		{"no group", "a,y,g\n1,2,u\n3,4,\n", Practice{Group: "g"}, `line 3, column "g": no value: every row needs its group`},
		{"one group", "a,y,g\n1,2,u\n3,4,u\n4,2,u\n4,3,u\n4,4,u\n", Practice{Group: "g", Metric: "rmse"}, "want at least 2 groups, got 1"},
		{"id twice", fruit + "10,pear\n", Practice{ID: "weight"}, `own.csv: line 12, column "weight": the id "10" is empty or there a second time`},
		{"one class", "a,y\n1,x\n2,x\n3,x\n", Practice{}, `column "y": every row has the value "x"`},
		{"more lists than are held", numbered(maxClasses + 1), Practice{Metric: "map@5"}, `column "y": more than 100000 different values in 100001 rows are no classes`},
		{"all different", "a,y\n1,x\n2,z\n3,w\n4,v\n", Practice{}, `column "y": 4 different values in 4 rows are no classes`},
		{"words for rmse", fruit, Practice{Metric: "rmse"}, `own.csv: line 2, column "label": rmse wants numbers, got "apple"`},
		{"negative for rmsle", "a,y\n1,5\n2,-1\n3,1\n", Practice{Metric: "rmsle"}, `own.csv: line 3, column "y": rmsle wants numbers of at least 0, got "-1"`},
		{"words for auc", fruit, Practice{Metric: "auc"}, `auc wants a target of 0 and 1, column "label" holds "apple,pear"`},
		{"words for kappa", fruit, Practice{Metric: "quadratic_kappa"}, `quadratic_kappa wants a target of whole numbers, column "label" holds "apple,pear"`},
		{"no such metric", fruit, Practice{Metric: "acuracy"}, `unknown metric "acuracy"`},
		{"few rows", "a,y\n1,5\n2,1\n3,1\n", Practice{Metric: "rmse", Holdout: 0.1}, "3 rows with --holdout 0.1 hide 0: want at least one for each"},
		{"much hidden", fruit, Practice{Holdout: 0.95}, "leave no row of some class to learn from"},
		{"one class hidden", "a,y\n1,1\n2,0\n3,0\n4,0\n5,0\n6,0\n7,0\n8,1\n", Practice{Metric: "auc"}, "the hidden rows cannot be scored: public score: auc wants rows of class 0 and of class 1"},
		{"holdout", fruit, Practice{Holdout: 20}, "holdout: want a share between 0 and 1, got 20"},
		{"holdout NaN", fruit, Practice{Holdout: math.NaN()}, "holdout: want a share between 0 and 1"},
		{"public", fruit, Practice{Public: 1}, "public: want a share between 0 and 1, got 1"},
		{"nowhere", "", Practice{From: filepath.Join(t.TempDir(), "nowhere")}, "read the data: "},
		{"nothing there", "", Practice{From: t.TempDir()}, "holds no data that is known"},
		{"no such table", "", Practice{From: t.TempDir(), Table: "x.csv"}, "read the table: "},
	} {
		_, _, err := practised(t, c.table, c.p)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
			continue
		}
		if fault.KindOf(err) != fault.Usage || (fault.HintOf(err) == "" && c.name != "no such table") {
			t.Errorf("%s: kind %v, hint %q", c.name, fault.KindOf(err), fault.HintOf(err))
		}
	}
}

func TestPracticeName(t *testing.T) {
	t.Parallel()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, hint := range map[string]string{"My Data!": "name it my-data", "../x": "name it x", "": "name it my-practice", "a_b": "name it a-b", "digit-recognizer": "choose another name"} {
		_, err := s.AddPractice(t.Context(), name, Practice{From: "x", Holdout: 0.5, Public: 0.5})
		if fault.KindOf(err) != fault.Usage || fault.HintOf(err) != hint {
			t.Errorf("%q: %v, hint %q, want %q", name, err, fault.HintOf(err), hint)
		}
	}
}

// TestPracticeReplace: nothing is overwritten unless one insists; then the
// submissions go with the data. The same seed gives the same files.
func TestPracticeReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := filepath.Join(dir, "own.csv")
	if err := os.WriteFile(own, []byte(fruit), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open(filepath.Join(dir, "state"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := Practice{From: own, Holdout: 0.4, Public: 0.5, Seed: 3}
	contents := func() (all []string) {
		for _, name := range []string{"data/train.csv", "data/test.csv", "data/sample_submission.csv", "solution.csv", "competition.yaml"} {
			b, err := os.ReadFile(filepath.Join(s.dir, "own", filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(b))
		}
		return all
	}
	if _, err := s.AddPractice(t.Context(), "own", p); err != nil {
		t.Fatal(err)
	}
	first := contents()
	err = s.journal.update(t.Context(), func(tx *tx) error {
		return tx.add(event{Kind: kindSubmit, Competition: "own", Ref: 1, User: "sandbox"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddPractice(t.Context(), "own", p); fault.KindOf(err) != fault.Usage || !strings.Contains(fault.HintOf(err), "forgets its submissions (1)") {
		t.Errorf("a second time: %v, %s", err, fault.HintOf(err))
	}
	p.Replace = true
	if _, err := s.AddPractice(t.Context(), "own", p); err != nil || !slices.Equal(contents(), first) {
		t.Errorf("the same seed gives other files (%v)", err)
	}
	if infos, err := s.List(); err != nil || infos[2].Submissions != 0 || infos[2].Source != "own.csv, own data, not Kaggle's" {
		t.Errorf("%+v, %v", infos, err)
	}
	p.Seed = 4
	if _, err := s.AddPractice(t.Context(), "own", p); err != nil || slices.Equal(contents(), first) {
		t.Errorf("another seed gives the same files (%v)", err)
	}
	if err := s.Remove("own"); err != nil || s.exists("own") {
		t.Errorf("remove: %v", err)
	}
	if err := s.Remove("own"); fault.KindOf(err) != fault.Usage {
		t.Errorf("remove again: %v", err)
	}
	if err := s.Remove("../own"); fault.KindOf(err) != fault.Usage {
		t.Errorf("remove elsewhere: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := os.WriteFile(own, []byte("a,y\n"+strings.Repeat("1,2\n3,4\n", 4000)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddPractice(ctx, "own", p); !errors.Is(err, context.Canceled) || s.exists("own") {
		t.Errorf("cancelled: %v", err)
	}
}

// TestPracticeTables finds the table in a folder.
func TestPracticeTables(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a [b]")
	put := func(name string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, name), []byte(fruit), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ file, table, want string }{
		{"one.csv", "", "one.csv"}, {"two.csv", "", "which one?"}, {"", "two.csv", "two.csv"}, {"train.csv", "", "train.csv"}, {"", "one.csv", "one.csv"},
	} {
		if c.file != "" {
			put(c.file)
		}
		made, _, err := practised(t, "", Practice{From: dir, Table: c.table})
		if made.Table != c.want && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %q, %v", c, made.Table, err)
		}
	}
}

// FuzzPractice: no table breaks the making, and what is made can be graded.
func FuzzPractice(f *testing.F) {
	for i, s := range []string{fruit, "a,y,id\n1,2,3\n4,5,6\n7,8,9\n1,1,1\n", "\xef\xbb\xbfg,y\r\nu,0\r\n\r\nv,1\r\nu,1\r\nv,0\r\n", "y,g\n\"a\nb\",1\n\"a\nb\",2\nc,3\nc,4\n", "y,y\n1,2\n", "\"", ",y\n,1\n,2\n,1\n,2\n"} {
		f.Add([]byte(s), byte(i), i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, table []byte, which byte, grouped bool) {
		names := append(metric.Names(), "")
		p := Practice{Target: "y", Holdout: 0.4, Public: 0.5, Metric: names[int(which)%len(names)]}
		if grouped {
			p.Group = "g"
		}
		dir := t.TempDir()
		p.From = filepath.Join(dir, "own.csv")
		w := &practiceWriter{Practice: p, name: "own", dir: filepath.Join(dir, "new")}
		if err := errors.Join(os.WriteFile(p.From, table, 0o644), os.MkdirAll(filepath.Join(w.dir, "data"), 0o755)); err != nil {
			t.Fatal(err)
		}
		if err := w.make(t.Context()); err != nil {
			if strings.ContainsAny(err.Error(), "\x1b") || len(err.Error()) > 2000 {
				t.Errorf("not fit to print: %q", err)
			}
			return
		}
		made, c := w.made, &competition{name: "own", dir: w.dir, metric: w.metric} // the sample was graded
		if n := len(c.rowsOf(t, "data/train.csv")) + len(c.rowsOf(t, "data/test.csv")) - 2; n != made.Train+made.Public+made.Private {
			t.Errorf("%d rows, %+v", n, made)
		}
	})
}

// numbered is a table with as many different targets as rows.
func numbered(rows int) string {
	var b strings.Builder
	b.WriteString("a,y\n")
	for i := range rows {
		fmt.Fprintf(&b, "1,%d\n", i)
	}
	return b.String()
}
