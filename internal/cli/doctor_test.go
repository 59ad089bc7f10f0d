package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDoctorFindsFault: a competition that somebody cannot use yet, on a server
// whose clock differs. Not parallel, since the program reads its environment.
func TestDoctorFindsFault(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		competition map[string]any
		left        int
		skew        time.Duration
		want        []string // "state check: text -> fix", of which a part
	}{
		"nothing accepted, an hour ahead": {map[string]any{"title": "T", "deadline": now.Add(100 * time.Hour).UTC().Format(time.RFC3339)}, 0, time.Hour, []string{
			"not ok clock: this machine's is 1h0m0s behind the server's -> set the clock",
			"not ok rules: not accepted: no files, no submissions -> accept them at SITE/competitions/titanic/rules",
			"UTC, in 4 days",
		}},
		"no submission left, a minute behind": {map[string]any{"userHasEntered": true, "maxDailySubmissions": 5}, 0, -time.Minute, []string{
			"note clock: this machine's is ", "ahead of the server's -> set the clock",
			"ok rules: accepted", "note quota: all of today's 5 submissions are made -> wait for midnight UTC", "ok deadline: none",
		}},
		"over": {map[string]any{"deadline": "2020-01-01T00:00:00Z"}, 0, 0, []string{
			"note rules: not accepted, and the competition is over", "note deadline: it was 2020-01-01 00:00: submissions are scored at most, not ranked",
		}},
		"notebooks only": {map[string]any{"userHasEntered": true, "isKernelsSubmissionsOnly": true}, 5, 0, []string{
			"note submissions: it takes notebooks only, no files -> submit a notebook at SITE/competitions/titanic/code",
		}},
		"closed": {map[string]any{"userHasEntered": true, "submissionsDisabled": true}, 5, 0, []string{"note submissions: it takes none"}},
		"too large": {map[string]any{"userHasEntered": true, "maxDailySubmissions": 5, "files": []any{map[string]any{"name": "a", "totalBytes": int64(1) << 60}}}, 4, 0, []string{
			"ok quota: 4 of 5 submissions left today", "not ok files: 1.0 EiB of 1.0 EiB are to be downloaded, and only",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", time.Now().Add(c.skew).UTC().Format(http.TimeFormat))
				answer := map[string]any{"active": true, "username": "ann", "numToday": 5, "numAllowedNow": c.left}
				for k, v := range c.competition {
					answer[k] = v
				}
				_ = json.NewEncoder(w).Encode(answer)
			}))
			defer server.Close()
			dir := t.TempDir()
			t.Setenv("PODIUM_HOME", dir)
			t.Setenv("HOME", dir)
			t.Setenv("PODIUM_KAGGLE_URL", server.URL)
			t.Setenv("KAGGLE_API_TOKEN", "KGAT_test")
			var out, errOut bytes.Buffer
			code := Main(t.Context(), []string{"podium", "doctor", "titanic", "--json"}, strings.NewReader(""), &out, &errOut)
			var got struct {
				OK     bool      `json:"ok"`
				Checks []finding `json:"checks"`
			}
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatalf("%v: %s %s", err, &out, &errOut)
			}
			var lines string
			for _, f := range got.Checks {
				lines += f.State + " " + f.Check + ": " + f.Text
				if f.Fix != nil {
					lines += " -> " + *f.Fix
				}
				lines += "\n"
			}
			for _, want := range c.want {
				if want = strings.ReplaceAll(want, "SITE", server.URL); !strings.Contains(lines, want) {
					t.Errorf("no %q in\n%s", want, lines)
				}
			}
			if bad := strings.Contains(lines, "not ok"); got.OK == bad || (code == 1) != bad {
				t.Errorf("ok %v, exit %d\n%s", got.OK, code, lines)
			}
		})
	}
}

func TestFindLibrary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := filepath.Join(dir, "targets", "x86_64-linux", "lib")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "libcudnn.so.9")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := findLibrary([]string{"", dir, filepath.Join(dir, "targets", "*", "lib")}, "libcudnn.so*"); got != path {
		t.Errorf("got %q, want %q", got, path)
	}
	if got := findLibrary([]string{"", folder}, "libcuda.so*"); got != "" {
		t.Errorf("libcudnn.so.9 was taken for the driver: %q", got)
	}
}

func TestWritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writable(filepath.Join(dir, "not", "yet")); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writable(file); err == nil {
		t.Error("a file was taken for a folder")
	}
}
