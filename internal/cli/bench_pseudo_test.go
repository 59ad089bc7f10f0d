package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// benchPseudo measures state-farm-pseudo in small, as a user does, and gives its lines.
func benchPseudo(t *testing.T, args ...string) (stage, photos map[string]any) {
	t.Helper()
	var out, errOut bytes.Buffer
	t.Setenv("PODIUM_HOME", t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	args = append([]string{"podium", "bench", "--case", "state-farm-pseudo", "--json"}, args...)
	if code := Main(context.Background(), args, strings.NewReader(""), &out, &errOut); code != 0 {
		t.Fatalf("exit %d: %s", code, errOut.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("want 2 lines, got %s", out.String())
	}
	for i, into := range []*map[string]any{&stage, &photos} {
		if err := json.Unmarshal([]byte(lines[i]), into); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	return stage, photos
}

// TestBenchPseudo: two lines, of the round and of the photos' features. Rows are
// counted by hand: 10 epochs of 5 students of 4/5 of 112 rows, a third of each batch
// from the test, and predictions of all 112 rows, and of 400 by each student.
func TestBenchPseudo(t *testing.T) {
	stage, photos := benchPseudo(t, "--rows", "400", "--threads", "1")
	own := regexp.MustCompile(`, with at most \d+ MB of memory beside mapped files`) // not everywhere
	seconds := []string{}
	for _, row := range []map[string]any{stage, photos} {
		row["note"] = own.ReplaceAllString(fmt.Sprint(row["note"]), "")
		ms, _ := row["ms_min"].(float64)
		rate, _ := row["images_per_s"].(float64)
		seconds = append(seconds, fmt.Sprintf("%.1f s", ms/1e3), fmt.Sprintf("%.0f a second", rate))
		for _, key := range []string{"ms_min", "ms_median", "images_per_s"} {
			if v, ok := row[key].(float64); !ok || !(v > 0) {
				t.Errorf("%v: %s is %v", row["case"], key, row[key])
			}
			delete(row, key)
		}
		delete(row, "peak_anonymous_mb") // not everywhere
		delete(row, "device")
	}
	all, _ := photos["extrapolated_s"].(float64)
	delete(photos, "extrapolated_s")
	const rows = 112 + 5*400 + 10*668 // 668 = 5 * 89.6 / 0.67
	want := func(name, note string, more map[string]any) map[string]any {
		w := map[string]any{"schema_version": 1.0, "case": name, "batch": nil, "cpu_ms_median": nil, "gflops": nil, "peak_rss_mb": nil,
			"precision": "fp32", "threads": 1.0, "note": note}
		for k, v := range more {
			w[k] = v
		}
		return w
	}
	if d := cmp.Diff(want("state-farm-pseudo", fmt.Sprintf("a round on 112 + 400 generated rows of features (labels, 5 students, predictions) in %s; "+
		"%d rows went through nets, %s", seconds[0], rows, seconds[1]), map[string]any{"extrapolated_s": nil}), stage); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(want("state-farm-features", fmt.Sprintf("EfficientNet-Lite0, random weights, as the published ones are not on this machine, "+
		"on 10 generated photos in %s; extrapolated, not measured: 102150 photos in %.0f s", seconds[2], all), nil), photos); d != "" || math.IsNaN(all) || all <= 0 {
		t.Errorf("extrapolated %v (-want +got):\n%s", all, d)
	}
}
