package submissions_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// mix mixes files of these contents, called a.csv, b.csv, ..., and gives what is
// written.
func mix(t testing.TB, m submissions.Mix, contents ...string) (string, submissions.Mixed, error) {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i, c := range contents {
		path := filepath.Join(dir, string(rune('a'+i))+".csv")
		if err := os.WriteFile(path, []byte(c), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	out := filepath.Join(dir, "out.csv")
	mixed, err := m.Files(paths, out)
	if err != nil {
		if _, there := os.Stat(out); there == nil {
			t.Errorf("%v, and a file is left", err)
		}
		return "", mixed, err
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), mixed, nil
}

func TestMixFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mix   submissions.Mix
		files []string
		want  string
	}{
		"mean": {submissions.Mix{How: "mean"}, []string{"id,p\n1,0.1\n2,0.9\n", "id,p\n1,0.2\n2,0.4\n"}, "id,p\n1,0.15\n2,0.65\n"},
		"rows and columns in another order": {submissions.Mix{How: "mean"},
			[]string{"id,a,b\nx,0.2,0.8\ny,0.5,0.5\n", "id,b,a\ny,0,1\nx,0.4,0.6\n"}, "id,a,b\nx,0.4,0.6\ny,0.75,0.25\n"},
		"weights": {submissions.Mix{How: "mean", Weights: []float64{3, 1}}, []string{"id,p\n1,1\n2,.5\n", "id,p\n1,0\n2,.1\n"}, "id,p\n1,0.75\n2,0.4\n"},
		"one that counts is left as it is": {submissions.Mix{How: "rank", Weights: []float64{0, 2}},
			[]string{"id,p\n1,0.25\n", "id,p\n1,0.10000000000000000001\n"}, "id,p\n1,0.10000000000000000001\n"},
		"quantities":           {submissions.Mix{How: "mean", Numbers: true}, []string{"id,n\n1,3\n", "id,n\n1,4\n"}, "id,n\n1,3.5\n"},
		"geometric quantities": {submissions.Mix{How: "geometric", Numbers: true}, []string{"id,n\n1,4.5\n2,0.0\n", "id,n\n1,2\n2,7\n"}, "id,n\n1,3\n2,0\n"},
		"geometric rows": {submissions.Mix{How: "geometric"}, []string{"id,a,b\n1,1,0.0\n2,.8,.2\n", "id,a,b\n1,0,1\n2,.8,.2e0\n"},
			"id,a,b\n1,0.5,0.5\n2,0.8,0.2\n"},
		"geometric odds":          {submissions.Mix{How: "geometric"}, []string{"id,p\n1,0.9\n2,1.0\n", "id,p\n1,0.1\n2,0.0\n"}, "id,p\n1,0.5\n2,0.5\n"},
		"ranks":                   {submissions.Mix{How: "rank"}, []string{"id,s\n1,10\n2,-3.5\n3,7\n4,7\n", "id,s\n1,.9\n2,.1\n3,.2\n4,.3\n"}, "id,s\n1,0.875\n2,0.125\n3,0.4375\n4,0.5625\n"},
		"vote":                    {submissions.Mix{How: "vote"}, []string{"id,l\n1,cat\n2,dog\n", "id,l\n1,dog\n2,cat\n", "id,l\n2,cat\n1,dog\n"}, "id,l\n1,dog\n2,cat\n"},
		"a tie goes to the first": {submissions.Mix{How: "vote"}, []string{"id,l\n1,7\n", "id,l\n1,3\n"}, "id,l\n1,7\n"},
		"a weighty vote":          {submissions.Mix{How: "vote", Weights: []float64{1, 1, 3}}, []string{"id,l\n1,7\n", "id,l\n1,7\n", "id,l\n1,9\n"}, "id,l\n1,9\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := mix(t, c.mix, c.files...)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v\nwant %q", got, err, c.want)
			}
		})
	}
}

func TestMixRefuses(t *testing.T) {
	t.Parallel()
	const good = "id,p\n1,0.5\n2,0.25\n"
	for name, c := range map[string]struct {
		mix        submissions.Mix
		files      []string
		says, hint string
	}{
		"missing id":   {submissions.Mix{How: "mean"}, []string{good, "id,p\n1,0.5\n"}, `b.csv: no row has the id "2" of DIR/a.csv, line 3`, "same ids"},
		"extra id":     {submissions.Mix{How: "mean"}, []string{good, good + "3,0.1\n"}, `b.csv: line 4: the id "3" is not in DIR/a.csv`, "same ids"},
		"twice":        {submissions.Mix{How: "mean"}, []string{good, good + "1,0.1\n"}, `b.csv: line 4, column "id": the id "1" is there a second time, first in line 2`, "one row"},
		"twice, first": {submissions.Mix{How: "mean"}, []string{good + "2,0\n", good}, `a.csv: line 4, column "id": the id "2" is there a second time`, ""},
		"other column": {submissions.Mix{How: "mean"}, []string{good, "id,q\n1,0.5\n2,1\n"}, `b.csv: line 1: no column is called "p"`, "has the columns id,p"},
		"more columns": {submissions.Mix{How: "mean"}, []string{good, "id,p,q\n1,0.5,1\n2,1,1\n"}, `line 1: the column "q" is not in DIR/a.csv`, ""},
		"other id":     {submissions.Mix{How: "mean"}, []string{good, "Id,p\n1,0.5\n2,1\n"}, `want the id column "id" first, got "Id"`, ""},
		"column twice": {submissions.Mix{How: "mean"}, []string{"id,p,p\n1,0.5,1\n", good}, `the column "p" is there twice`, ""},
		"no columns":   {submissions.Mix{How: "mean"}, []string{"id\n1\n", good}, `want an id column and at least one more, got 1`, ""},
		"no rows":      {submissions.Mix{How: "mean"}, []string{"id,p\n", good}, `a header but no rows`, ""},
		"labels":       {submissions.Mix{How: "mean"}, []string{good, "id,p\n1,0\n2,1\n"}, `b.csv: every answer is a whole number: labels cannot be averaged`, "--how vote"},
		"text":         {submissions.Mix{How: "rank"}, []string{good, "id,p\n1,0.5\n2,cat\n"}, `b.csv: line 3, column "p": want a finite number, got "cat"`, "--how vote"},
		"NaN":          {submissions.Mix{How: "mean"}, []string{good, "id,p\n1,NaN\n2,0.1\n"}, `line 2, column "p": want a finite number, got "NaN"`, ""},
		"empty":        {submissions.Mix{How: "mean"}, []string{good, "id,p\n1,\n2,0.1\n"}, `line 2, column "p": the cell is empty`, ""},
		"negative":     {submissions.Mix{How: "geometric"}, []string{good, "id,p\n1,0.5\n2,-0.1\n"}, `line 3, column "p": a geometric mean wants numbers of at least 0, got -0.1`, "--how mean"},
		"vote":         {submissions.Mix{How: "vote"}, []string{good, good}, `a.csv: line 2, column "p": a vote wants labels, got the number 0.5`, "--how mean"},
		"way":          {submissions.Mix{How: "men"}, []string{good, good}, `unknown way "men"`, "did you mean mean?"},
		"weights":      {submissions.Mix{How: "mean", Weights: []float64{1}}, []string{good, good}, `want 2 weights, one a file, got 1`, "2,1"},
		"weight":       {submissions.Mix{How: "mean", Weights: []float64{1, -1}}, []string{good, good}, `want weights of at least 0, got -1`, ""},
		"no weight":    {submissions.Mix{How: "mean", Weights: []float64{0, 0}}, []string{good, good}, `want a weight above 0`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := mix(t, c.mix, c.files...)
			if err == nil {
				t.Fatal("no error")
			}
			message := err.Error()
			for _, part := range strings.Split(c.says, "DIR/") {
				if !strings.Contains(message, part) {
					t.Errorf("got %q, want %q", message, part)
				}
			}
			if !strings.Contains(fault.HintOf(err), c.hint) {
				t.Errorf("hint %q, want %q", fault.HintOf(err), c.hint)
			}
		})
	}
}

// FuzzMix: never a panic; what is written is a submission of the first file's ids
// with finite numbers, probabilities where all are, and mixing it with itself
// changes nothing.
func FuzzMix(f *testing.F) {
	f.Add("id,p\n1,0.5\n2,0\n", "id,p\n2,1e-320\n1,1\n", uint8(0))
	f.Add("id,a,b\n1,0.5,.5\n2,0,1\n", "id,b,a\n2,1,0\n1,1,0\n", uint8(1))
	f.Add("id,s\n1,1e308\n2,-1e308\n", "id,s\n1,1e308\n2,3\n", uint8(2))
	f.Add("id,s\nx,cat\n", "id,s\nx,\"do\ng\"\n", uint8(3))
	f.Add("\ufeffid,s\r\nx,1.5\r\n", "id,s\nx,0x1p-2\n", uint8(1))
	f.Fuzz(func(t *testing.T, a, b string, how uint8) {
		m := submissions.Mix{How: submissions.MixHows()[int(how)%len(submissions.MixHows())]}
		got, mixed, err := mix(t, m, a, b)
		if err != nil {
			return
		}
		path := filepath.Join(t.TempDir(), "again.csv")
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := submissions.ReadAnswers(path)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%q", err, got)
		}
		if len(again.IDs) != mixed.Rows || len(again.Header) != mixed.Columns+1 {
			t.Fatalf("%d rows of %d columns, the report says %+v", len(again.IDs), len(again.Header)-1, mixed)
		}
		if m.How == "vote" {
			return
		}
		for _, cell := range again.Cells {
			if v, err := strconv.ParseFloat(cell, 64); err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%q is not a finite number", cell)
			}
		}
	})
}

func ExampleMix_Files() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	a, b, out := filepath.Join(dir, "a.csv"), filepath.Join(dir, "b.csv"), filepath.Join(dir, "out.csv")
	_ = os.WriteFile(a, []byte("id,p\ncat.1,0.9\ncat.2,0.2\n"), 0o600)
	_ = os.WriteFile(b, []byte("id,p\ncat.2,0.5\ncat.1,0.6\n"), 0o600)
	mixed, err := submissions.Mix{How: "mean", Weights: []float64{2, 1}}.Files([]string{a, b}, out)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d rows, weights %.3f\n", mixed.Rows, mixed.Weights)
	text, _ := os.ReadFile(out)
	fmt.Print(string(text))
	// Output:
	// 2 rows, weights [0.667 0.333]
	// id,p
	// cat.1,0.8
	// cat.2,0.3
}
