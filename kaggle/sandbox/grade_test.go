package sandbox

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// graded makes a competition of these texts and grades a submission.
func graded(t testing.TB, name, solution, sample string, submission io.Reader) (grades, error) {
	t.Helper()
	m, err := metric.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	c := &competition{name: "t", dir: t.TempDir(), metric: m}
	if sample != "" {
		if err := os.MkdirAll(c.data(), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(c.data(), "sample_submission.csv"), []byte(sample), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sol, err := c.parseSolution(strings.NewReader(solution))
	if err != nil {
		t.Fatal(err)
	}
	return c.grade(sol, submission)
}

// TestGrade has scores that can be worked out by hand.
func TestGrade(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, metric, solution, sample, submission string
		public, private                            float64
	}{
		{"integer labels", "accuracy", "ImageId,Label,Usage\n1,7,Public\n2,0,Private\n3,1,Private\n", "ImageId,Label\n", "ImageId,Label\n3,1\n1,07\n2, 5\n", 1, 0.5},
		{"text labels, CRLF, BOM", "accuracy", "id,label,Usage\na,cat,Public\nb,dog,Private\n", "", "\ufeffid,label\r\na,cat\r\nb,cat\r\n", 1, 0},
		{"log loss by class name", "logloss", "img,classname,Usage\nx,c1,Public\ny,c0,Private\n", "img,c0,c1\nx,0.5,0.5\n", "img,c0,c1\nx,0.2,0.8\ny,1,3\n", -math.Log(0.8), -math.Log(0.5)},
		{"log loss, one-hot solution", "logloss", "img,c0,c1,c2,Usage\nx,0,1,0,Public\ny,1,0,0,Private\n", "img,c0,c1,c2\n", "img,c0,c1,c2\nx,0.25,0.5,0.25\ny,0.1,0.2,0.7\n", -math.Log(0.5), -math.Log(0.1)},
		{"binary log loss", "logloss_binary", "id,label,Usage\n1,1,Public\n2,0,Private\n", "id,label\n", "id,label\n1,0.9\n2,0.4\n", -math.Log(0.9), -math.Log(0.6)},
		{"auc, ties count half", "auc", "id,y,Usage\n1,1,Public\n2,0,Public\n3,0,Private\n4,1,Private\n5,0,Private\n", "", "id,y\n1,3e5\n2,-7\n3,2\n4,2\n5,1\n", 1, 0.75},
		{"f1", "f1", "id,y,Usage\n1,1,Public\n2,0,Public\n3,1,Private\n4,1,Private\n", "", "id,y\n1,1\n2,1\n3,1\n4,0\n", 2. / 3, 2. / 3},
		{"macro f1, two unknown labels are two classes", "f1_macro", "id,y,Usage\n1,a,Public\n2,a,Public\n3,a,Public\n4,b,Private\n", "", "id,y\n1,a\n2,x\n3,y\n4,b\n", 0.5 / 3, 1},
		{"kappa", "quadratic_kappa", "id,y,Usage\n1,1,Public\n2,2,Public\n3,4,Public\n4,0,Private\n", "", "id,y\n1,4\n2,2\n3,1\n4,0\n", 1 - 6./(28./9), 1},
		{"rmse", "rmse", "id,y,Usage\n1,1.5,Public\n2,-2,Private\n3,0,Private\n", "", "id,y\n1,4.5\n2,2\n3,4e0\n", 3, 4},
		{"rmsle", "rmsle", "id,y,Usage\n1,0,Public\n2,3,Private\n", "", "id,y\n1,1\n2,7\n", math.Ln2, math.Ln2},
		{"mae", "mae", "id,y,Usage\n1,1,Public\n2,2,Private\n3,3,Private\n", "", "id,y\n1,0.5\n2,1\n3,6\n", 0.5, 2},
		{"map@2", "map@2", "id,y,Usage\n1,w_1,Public\n2,a b c,Private\n", "", "id,y\n1,w_2 w_1 w_1\n2,b a a\n", 0.5, 1},
		{"public rows only", "accuracy", "id,y,Usage\n1,a,Public\n2,b,Public\n", "", "id,y\n1,a\n2,a\n", 0.5, 0.5},
		{"private rows only", "accuracy", "id,y,Usage\n1,a,Private\n2,b,Ignored\n", "", "id,y\n1,a\n2,a\n", 1, 1},
		{"ignored rows count for nothing", "accuracy", "id,y,Usage\n1,a,Public\n2,b,Private\n3,c,Ignored\n", "", "id,y\n1,a\n2,b\n3,a\n", 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, err := graded(t, c.metric, c.solution, c.sample, strings.NewReader(c.submission))
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(g.public-c.public) > 1e-12 || math.Abs(g.private-c.private) > 1e-12 {
				t.Errorf("got %v and %v, want %v and %v", g.public, g.private, c.public, c.private)
			}
		})
	}
}

func TestGradeRefuses(t *testing.T) {
	t.Parallel()
	const labels, probas = "ImageId,Label,Usage\n1,7,Public\n2,0,Private\n", "id,a,b,Usage\n1,1,0,Public\n"
	const binary = "id,y,Usage\n1,1,Public\n2,0,Public\n"
	for _, c := range []struct{ metric, solution, submission, want string }{
		{"accuracy", labels, "ImageId,Label\n1,seven\n2,0\n", `line 2: column "Label": want an integer, got "seven"`},
		{"accuracy", labels, "ImageId,Label\n1,7.0\n2,0\n", `line 2: column "Label": want an integer, got "7.0"`},
		{"accuracy", labels, "ImageId,Label\n1,7\n", `want 2 rows, got 1: ImageId "2" is missing`},
		{"accuracy", labels, "", "empty file"},
		{"accuracy", labels, "ImageId\n1\n", `line 1: want columns "ImageId,Label", got "ImageId"`},
		{"accuracy", labels, "ImageId,Label\n\x001,7\n2,0\n", `line 2: ImageId "\x001" is not one of the test rows`},
		{"accuracy", labels, "ImageId,Label\n1,7\n\n2\n", "line 4: want 2 columns, got 1"},
		{"accuracy", labels, "ImageId,Label\n1,\"7\n2,0\n", "line 3: extraneous or missing \" in quoted-field"},
		{"logloss", probas, "id,a,b\n1,nan,0\n", `line 2: column "a": want a finite number, got "nan"`},
		{"logloss", probas, "id,a,b\n1,0.5,1e999\n", `line 2: column "b": want a finite number, got "1e999"`},
		{"accuracy", labels, "ImageId,Label\n1," + strings.Repeat("x", maxRow+1<<16), "after line 1: row longer than 1048576 bytes"},
		{"accuracy", labels, "ImageId,Label\n1,\"7" + strings.Repeat("\n2,0", maxRow), "after line 1: row longer than 1048576 bytes: is a quote not closed?"},
		{"accuracy", labels, "ImageId,Label\n1,7\n2,0\n1,7\n", `line 4: ImageId "1" appears twice`},
		{"accuracy", labels, "ImageId,Label\n1,7\n2,0\n3,7\n", `line 4: ImageId "3" is not one of the test rows`},
		{"accuracy", labels, "ImageId,Label\n", `want 2 rows, got 0: ImageId "1" is missing`},
		{"accuracy", labels, "ImageId,Label\n1,\n2,0\n", `line 2: column "Label": want an integer, got ""`},
		{"accuracy", "id,y,Usage\n1,a,Public\n", "id,y\n1, \n", `line 2: column "y": want a label, got nothing`},
		{"logloss_binary", binary, "id,y\n1,0.5\n2,\n", `line 3: column "y": want a finite number, got ""`},
		{"auc", binary, "id,y\n1,0.5\n2,high\n", `line 3: column "y": want a finite number, got "high"`},
		{"auc", "id,y,Usage\n1,1,Public\n2,1,Public\n", "id,y\n1,0\n2,1\n", "public score: auc wants rows of class 0 and of class 1, got 2 rows of class 1 only"},
		{"f1", binary, "id,y\n1,0.5\n2,1\n", `line 2: column "y": want 0 or 1, got "0.5"`},
		{"quadratic_kappa", binary, "id,y\n1,0\n2,1.0\n", `line 3: column "y": want an integer, got "1.0"`},
		{"rmse", binary, "id,y\n1,0\n2,Inf\n", `line 3: column "y": want a finite number, got "Inf"`},
		{"rmse", binary, "id,y\n1,0\n2,1e300\n", `score: rmse: the values are too large`},
		{"rmsle", binary, "id,y\n1,0\n2,-0.1\n", `line 3: column "y": rmsle wants a number of at least 0, got "-0.1"`},
		{"mae", binary, "id,y\n1,0\n2,\"1,5\"\n", `line 3: column "y": want a finite number, got "1,5"`},
		{"map@3", binary, "id,y\n1,0 1\n2, \n", `line 3: column "y": want labels separated by spaces, got nothing`},
		// the organiser's own mistakes
		{"f1", labels, "ImageId,Label\n", `the competition is not set up right: solution, ImageId "1": want 0 or 1, got "7"`},
		{"rmse", "id,y,Usage\n1,x,Public\n", "id,y\n", `solution, id "1": column "y": want a finite number, got "x"`},
		{"rmse", probas, "id,a,b\n", "rmse needs one answer column, the sample submission has 2 and the solution 2"},
		{"logloss", binary, "id,y\n", "logloss needs an answer column for each class, the sample submission has 1"},
		{"logloss", "id,a,b,Usage\n1,1,1,Public\n", "id,a,b\n", `solution, id "1": want one of the classes "a,b", got "1,1"`},
	} {
		_, err := graded(t, c.metric, c.solution, "", strings.NewReader(c.submission))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: %v, want %s", c.submission, err, c.want)
		}
	}
}

// endless is a line without an end.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.read += len(b)
	return len(b), nil
}

// TestGraderMemory: a row of any length costs a bounded amount of reading.
func TestGraderMemory(t *testing.T) {
	t.Parallel()
	e := &endless{}
	_, err := graded(t, "accuracy", "Id,Label,Usage\n1,a,Public\n", "", io.MultiReader(strings.NewReader("Id,Label\n1,"), e))
	if err == nil || e.read > 2*maxRow {
		t.Errorf("%v after %d bytes", err, e.read)
	}
}

func TestBadSolutions(t *testing.T) {
	t.Parallel()
	c := &competition{name: "t", dir: t.TempDir()}
	for text, want := range map[string]string{
		"": "empty file", "Id,Label,Usage\n": "no rows", "Id,Label,Usage\n1,a,Ignored\n": "no rows that count", "Id\n1\n": "want an id column first", "Usage,a\nPublic,1\n": "want an id column first",
		"Id,Label,Usage\n1,a,Public\n1,a,Private\n": `line 3: Id "1" appears twice`, "Id,Label,Usage\n1,a,public\n": "line 2: Usage: want Public, Private or Ignored",
	} {
		if _, err := c.parseSolution(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestUsageByShare: without a Usage column the share is drawn by the id.
func TestUsageByShare(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("Id,Label\n")
	for i := range 4000 {
		fmt.Fprintf(&text, "%d,a\n", i)
	}
	c := &competition{name: "t", dir: t.TempDir(), Config: Config{PublicShare: 0.3}}
	public := func() int {
		s, err := c.parseSolution(strings.NewReader(text.String()))
		if err != nil {
			t.Fatal(err)
		}
		return len(s.rows(usagePublic))
	}
	if n := public(); n < 1100 || n > 1300 || n != public() { // 1200, standard deviation 29
		t.Errorf("%d of 4000 rows are public, want about 1200, the same each time", n)
	}
}

// FuzzGrade: no submission breaks the grader of any metric; a score is one of
// those that are possible, and an error fits on a line of a terminal.
func FuzzGrade(f *testing.F) {
	for i, s := range []string{"Id,Label\n1,1\n2,0\n3,0\n4,1\n", "Id,Label\n2,1\n1,\"0\"\n3,0.5\n4,7\n", "Id,Label\r\n1,1 0\r\n2,c d\r\n3,\r\n4,1", "Id,0,1\n1,0.5,0.5\n2,1,0\n3,0,0\n4,1e-300,-1\n",
		"", "\xef\xbb\xbf", "Id,Label\n1,a,b\n", "\"", "Id,Label\n1,\"\n", "Id,Label\n1,-0\n2,1e308\n3,-1e308\n4,0x1p9\n"} {
		for m := range metric.Names() {
			f.Add(byte(m+i), []byte(s))
		}
	}
	plain, wide := &competition{name: "t", dir: f.TempDir()}, &competition{name: "t", dir: f.TempDir()}
	if err := errors.Join(os.Mkdir(wide.data(), 0o755), os.WriteFile(filepath.Join(wide.data(), "sample_submission.csv"), []byte("Id,0,1\n"), 0o644)); err != nil {
		f.Fatal(err)
	}
	sol, err := plain.parseSolution(strings.NewReader("Id,Label,Usage\n1,1,Public\n2,0,Private\n3,0,Public\n4,1,Private\n"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		names := metric.Names()
		m, err := metric.ByName(names[int(which)%len(names)])
		if err != nil {
			t.Fatal(err)
		}
		c := *plain
		if m.Name == "logloss" {
			c = *wide
		}
		c.metric = m
		g, err := c.grade(sol, strings.NewReader(string(b)))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") || len(err.Error()) > 3000 { // a header of 300 bytes, escaped
				t.Errorf("not fit to print: %q", err)
			}
			return
		}
		for _, s := range []float64{g.public, g.private} {
			bounded := m.Classifies() && !m.LowerIsBetter && m.Kind != metric.Ratings || m.Kind == metric.Lists
			if math.IsNaN(s) || math.IsInf(s, 0) || bounded && (s < 0 || s > 1) || m.LowerIsBetter && s < 0 {
				t.Errorf("%s: scores %v and %v", m.Name, g.public, g.private)
			}
		}
	})
}
