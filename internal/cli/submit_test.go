package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// practice serves a small competition of this process to the command line, and
// makes the credentials and folders those of a test. Not for parallel tests,
// since the program reads its environment.
func practice(t *testing.T, config string, opts ...sandbox.Option) (file string) {
	t.Helper()
	dir, home := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"toy/competition.yaml":           "version: 1\ntitle: Toy\nmetric: accuracy\npublic_share: 0.5\ndaily_limit: 9\nreal_board: false\norigin: test\n" + config,
		"toy/data/sampleSubmission.csv":  "Id,Label\n1,a\n2,a\n",
		"toy/data/gender_submission.csv": "Id,Label\n1,b\n2,b\n",
		"toy/solution.csv":               "Id,Label,Usage\n1,a,Public\n2,b,Private\n",
		"mine.csv":                       "Id,Label\n1,a\n2,b\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	box, err := sandbox.Open(dir, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	srv, err := box.Serve(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	for name, value := range map[string]string{"HOME": home, "PODIUM_HOME": home, "PODIUM_KAGGLE_URL": srv.URL(), "KAGGLE_API_TOKEN": srv.Token()} {
		t.Setenv(name, value)
	}
	return filepath.Join(dir, "mine.csv")
}

func runPodium(t *testing.T, words ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), append([]string{"podium"}, words...), strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// TestSubmitOutcomes: the exit code tells a score, a failed scoring and a
// scoring that takes too long apart, and the JSON is printed in each case.
func TestSubmitOutcomes(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		opts   []sandbox.Option
		words  []string
		text   string // of the file, if not the right one
		code   int
		status string
		note   string
	}{
		"scored":       {words: []string{"--wait"}, status: "complete"},
		"not scorable": {words: []string{"--wait", "--no-check"}, text: "Id,Label\n7,a\n", code: 9, status: "error"},
		"takes long":   {opts: []sandbox.Option{sandbox.WithScoreDelay(time.Hour)}, words: []string{"--timeout", "30ms"}, code: 8, status: "pending"},
		"not waited":   {opts: []sandbox.Option{sandbox.WithScoreDelay(time.Hour)}, status: "pending"},
		"late":         {config: "deadline: 2020-01-01T00:00:00Z\n", status: "pending", note: "the deadline has passed"},
	} {
		t.Run(name, func(t *testing.T) {
			file := practice(t, c.config, c.opts...)
			if c.text != "" {
				if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			code, out, errOut := runPodium(t, append([]string{"submit", "toy", file, "-m", "x", "--json"}, c.words...)...)
			var got submitted
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatalf("%v: exit %d: %s%s", err, code, out, errOut)
			}
			if code != c.code || got.Status != c.status || got.Ref != 1 || !strings.HasPrefix(textOf(got.Note), c.note) || (got.Note == nil) != (c.note == "") {
				t.Errorf("exit %d, want %d: %s%s", code, c.code, out, errOut)
			}
		})
	}
}

// TestRefusedBeforehand: what the competition tells is looked at before the
// file is, and before a byte is sent.
func TestRefusedBeforehand(t *testing.T) {
	for name, c := range map[string]struct {
		config, want string
		code         int
	}{
		"rules":     {"rules: accept\n", "competition rules not accepted", 4},
		"too late":  {"rules: accept\ndeadline: 2020-01-01T00:00:00Z\n", "takes no submissions", 1},
		"code only": {"code_only: true\n", "takes notebooks only", 1},
		"disabled":  {"submissions_disabled: true\n", "takes no submissions", 1},
	} {
		t.Run(name, func(t *testing.T) {
			file := practice(t, c.config)
			if err := os.WriteFile(file, []byte("wrong"), 0o644); err != nil {
				t.Fatal(err)
			}
			code, out, errOut := runPodium(t, "submit", "toy", file, "-m", "x")
			if code != c.code || out != "" || !strings.Contains(errOut, c.want) {
				t.Errorf("exit %d: %s%s", code, out, errOut)
			}
		})
	}
	file := practice(t, "")
	if err := os.WriteFile(file, []byte("Id,Label\n1,a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, errOut := runPodium(t, "submit", "toy", file, "-m", "x")
	if code != 1 || !strings.Contains(errOut, `the id "2" is missing`) {
		t.Errorf("exit %d: %s", code, errOut)
	}
}

func TestSamplesAmong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ names, want string }{
		{"train.csv sample_submission.csv test.csv", "sample_submission.csv"},
		{"a/SampleSubmission.csv gender_submission.csv", "a/SampleSubmission.csv"},
		{"train.csv gender_submission.csv", "gender_submission.csv"},
		{"sample_submission.csv.zip submission.txt sample.csv", ""},
		{"sample_submission_1.csv sample_submission_2.csv", "sample_submission_1.csv sample_submission_2.csv"},
	} {
		if got := strings.Join(samplesAmong(strings.Fields(c.names)), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.names, got, c.want)
		}
	}
}
