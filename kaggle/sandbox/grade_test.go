package sandbox

import (
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
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, err := graded(t, c.metric, c.solution, c.sample, strings.NewReader(c.submission))
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(*g.public-c.public) > 1e-12 || math.Abs(*g.private-c.private) > 1e-12 {
				t.Errorf("got %v and %v, want %v and %v", *g.public, *g.private, c.public, c.private)
			}
		})
	}
}

func TestGradeRefuses(t *testing.T) {
	t.Parallel()
	const labels, probas = "ImageId,Label,Usage\n1,7,Public\n2,0,Private\n", "id,a,b,Usage\n1,1,0,Public\n"
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
		{"accuracy", labels, "ImageId,Label\n1," + strings.Repeat("x", maxLine+1), "line longer than 1048576 bytes"},
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

// TestGraderMemory: a line of any length costs a bounded amount of reading.
func TestGraderMemory(t *testing.T) {
	t.Parallel()
	e := &endless{}
	_, err := graded(t, "accuracy", "Id,Label,Usage\n1,a,Public\n", "", io.MultiReader(strings.NewReader("Id,Label\n1,"), e))
	if err == nil || e.read > 2*maxLine {
		t.Errorf("%v after %d bytes", err, e.read)
	}
}

func TestBadSolutions(t *testing.T) {
	t.Parallel()
	c := &competition{name: "t", dir: t.TempDir()}
	for text, want := range map[string]string{
		"": "empty file", "Id,Label,Usage\n": "no rows", "Id\n1\n": "want an id column first", "Usage,a\nPublic,1\n": "want an id column first",
		"Id,Label,Usage\n1,a,Public\n1,a,Private\n": `line 3: Id "1" appears twice`, "Id,Label,Usage\n1,a,public\n": "line 2: Usage: want Public or Private",
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
	public := func() (n int) {
		s, err := c.parseSolution(strings.NewReader(text.String()))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range s.public {
			if p {
				n++
			}
		}
		return n
	}
	if n := public(); n < 1100 || n > 1300 || n != public() { // 1200, standard deviation 29
		t.Errorf("%d of 4000 rows are public, want about 1200, the same each time", n)
	}
}

// FuzzGrade: no submission breaks the grader, and a score is one of those that
// are possible.
func FuzzGrade(f *testing.F) {
	for _, s := range []string{"Id,Label\n1,a\n2,b\n", "Id,Label\n2,b\n1,\"a\"\n", "Id,Label\r\n1,a\r\n2,c", "", "\xef\xbb\xbf", "Id,Label\n1,a,b\n", "\"", "Id,Label\n1,\"\n"} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	m, err := metric.ByName("accuracy")
	if err != nil {
		f.Fatal(err)
	}
	c := &competition{name: "t", dir: dir, metric: m}
	sol, err := c.parseSolution(strings.NewReader("Id,Label,Usage\n1,a,Public\n2,b,Private\n"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := c.grade(sol, strings.NewReader(string(b)))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("not fit to print: %q", err)
			}
			return
		}
		for _, s := range []*float64{g.public, g.private} {
			if s == nil || (*s != 0 && *s != 1) {
				t.Errorf("scores %v and %v", g.public, g.private)
			}
		}
	})
}
