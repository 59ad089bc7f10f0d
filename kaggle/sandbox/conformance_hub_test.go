package sandbox_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

var sandboxFlat = sandbox.WithFlatErrors()

// hub drives kagglehub on its port.
func (a *arena) hub(t *testing.T) {
	script, err := filepath.Abs("testdata/conformance/hub.py")
	if err != nil {
		t.Fatal(err)
	}
	p := a.player(t, "current", "python", "KAGGLE_API_ENVIRONMENT=TEST")
	user := arenaUsers[3]
	for name, env := range map[string][]string{
		"token": {"KAGGLE_API_TOKEN=" + user.Token, "KAGGLEHUB_CACHE=" + t.TempDir()},
		"key":   {"KAGGLE_USERNAME=" + user.Name, "KAGGLE_KEY=" + user.Key, "KAGGLEHUB_CACHE=" + t.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			got := p.as(env...).hubCalls(t, script, "whoami", "toy:test.csv", "toy:images/a b/07.bin", "toy:big.csv", "toy:nope.csv", "toy", "toy", "closed", "nope")
			if got[0]["username"] != user.Name {
				t.Errorf("whoami: %v", got[0])
			}
			for i, file := range []string{"test.csv", "images/a b/07.bin", "big.csv"} {
				p.sameFile(t, got[i+1]["path"], a.files[file])
			}
			if got[4]["error"] != "KaggleApiHTTPError" || !strings.Contains(got[4]["text"], "404 Client Error") {
				t.Errorf("unknown file: %v", got[4])
			}
			for _, whole := range got[5:7] { // fetched, then found in the cache
				for file, want := range a.files {
					p.sameFile(t, filepath.Join(whole["path"], filepath.FromSlash(file)), want)
				}
			}
			if got[7]["error"] != "KaggleApiHTTPError" || !strings.Contains(got[7]["text"], "/competitions/closed/rules") {
				t.Errorf("rules not accepted: %v", got[7])
			}
			if got[8]["error"] != "KaggleApiHTTPError" || !strings.Contains(got[8]["text"], "404 Client Error") {
				t.Errorf("unknown competition: %v", got[8])
			}
		})
	}
	got := p.as("KAGGLE_API_TOKEN=KGAT_wrong", "KAGGLEHUB_CACHE="+t.TempDir()).hubCalls(t, script, "whoami", "toy")
	if got[0]["error"] != "UnauthenticatedError" || !strings.Contains(got[1]["text"], "401 Client Error") {
		t.Errorf("wrong token: %v", got)
	}
}

// resumes: the present clients go on where a connection broke, the command-line
// client by itself and kagglehub in the next call.
func (a *arena) resumes(t *testing.T) {
	cut := sandbox.Fault{On: "storage", Do: sandbox.FaultCut, Bytes: 2_000_000}
	first, third := cut, cut // the second request is the first client's next try
	first.First, first.Last, third.First, third.Last = 1, 1, 3, 3
	a.serve(t, sandbox.WithFaults(1, first, third))
	dir := t.TempDir()
	p := a.player(t, "current", "kaggle", "KAGGLE_API_ENVIRONMENT=LOCALHOST", "KAGGLE_API_TOKEN="+arenaUsers[0].Token)
	if out := p.ok(t, "competitions", "download", "toy", "-f", "large.bin", "-p", dir); !strings.Contains(out, "Resuming from") {
		t.Errorf("it did not resume:\n%s", out)
	}
	p.sameFile(t, filepath.Join(dir, "large.bin"), a.files["large.bin"])
	script, err := filepath.Abs("testdata/conformance/hub.py")
	if err != nil {
		t.Fatal(err)
	}
	h := a.player(t, "current", "python", "KAGGLE_API_ENVIRONMENT=TEST", "KAGGLE_API_TOKEN="+arenaUsers[3].Token)
	got := h.hubCalls(t, script, "toy:large.bin", "toy:large.bin")
	if got[0]["error"] == "" {
		t.Errorf("the connection did not break: %v", got[0])
	}
	h.sameFile(t, got[1]["path"], a.files["large.bin"])
}

// hubCalls gives what hub.py tells of each call.
func (p *player) hubCalls(t *testing.T, script string, calls ...string) []map[string]string {
	t.Helper()
	out := p.ok(t, append([]string{script}, calls...)...)
	var all []map[string]string
	for _, line := range strings.Split(out, "\n") {
		text, ok := strings.CutPrefix(line, "RESULT ")
		if !ok {
			continue
		}
		one := map[string]string{}
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		all = append(all, one)
	}
	if len(all) != len(calls) {
		t.Fatalf("%d results of %d calls:\n%s", len(all), len(calls), out)
	}
	return all
}
