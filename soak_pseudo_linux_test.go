package main

import (
	"encoding/json"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TestPseudoMemory: a round of pseudo-labels on all of State Farm's rows of features,
// 523 MB, needs little more memory of its own than one on a tenth: some bytes of
// probabilities a row, where the features have 5,120.
func TestPseudoMemory(t *testing.T) {
	needSoak(t)
	const full, tenth, perRow, most = 79_726, 7_972, 600, 128e6
	bin := buildPodium(t)
	t.Setenv("PODIUM_HOME", t.TempDir())
	peak := map[int]float64{}
	for _, rows := range []int{tenth, full} {
		out, err := exec.CommandContext(t.Context(), bin, "bench", "--case", "state-farm-pseudo", "--rows", strconv.Itoa(rows), "--json", "-q").Output()
		if err != nil {
			t.Fatal(err)
		}
		var row struct {
			PeakMB float64 `json:"peak_anonymous_mb"`
		}
		first, _, _ := strings.Cut(string(out), "\n")
		if err := json.Unmarshal([]byte(first), &row); err != nil || row.PeakMB == 0 {
			t.Fatalf("%s: %v", first, err)
		}
		peak[rows] = 1e6 * row.PeakMB
		t.Logf("%d test rows: %.0f MB", rows, row.PeakMB)
	}
	if more := peak[full] - peak[tenth]; more > perRow*(full-tenth) || peak[full] > most {
		t.Errorf("%.0f bytes with %d test rows, %.0f with %d: want at most %d a row more, and %.0f", peak[tenth], tenth, peak[full], full, perRow, most)
	}
}
