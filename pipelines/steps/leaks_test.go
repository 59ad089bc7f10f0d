package steps

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// A random split of drivers who look like themselves leaks, is warned of before a net
// would learn, and the line that the warning proposes does not; nor are the classes, or
// the photos' names, taken for groups.
func TestLeaks(t *testing.T) {
	t.Parallel()
	c, home := shoot(t, 10, 8), t.TempDir()
	for _, s := range []struct{ split, write string }{
		{"{stratified_kfold: 4}", "split: {group_kfold: 4, by: subject}"},
		{"{kfold: 4, seed: 9}", "split: {group_kfold: 4, by: subject, seed: 9}"},
		{"{group_kfold: 4, by: subject}", ""},
		{"{stratified_group_kfold: 4, by: clusters}", ""},
	} {
		_, result, err := c.develop(t, home, splitOf(t, s.split))
		if err != nil {
			t.Fatal(err)
		}
		step, _ := result.Step("leaks")
		var report leakReport
		if err := readJSON(filepath.Join(step.Artifact.Dir, "leaks.json"), &report); err != nil {
			t.Fatal(err)
		}
		warning := step.Artifact.Manifest.Notes[pipelines.NoteWarning]
		if (warning == "") != (s.write == "") || !strings.HasSuffix(warning, s.write) {
			t.Errorf("%s: warning %q, want %q", s.split, warning, s.write)
		}
		if len(report.Leaks) != 2 || report.Leaks[0].By != "subject" || report.Leaks[1].By != pipelines.Clusters || report.Photos != 160 || report.Queries != 160 {
			t.Fatalf("%s: %+v", s.split, report)
		}
		for _, l := range report.Leaks {
			leaks := s.write != ""
			if l.Leaks != leaks || l.Groups != 10 || (l.Shared > 0.99) != leaks || leaks && l.Declared < l.Apart+0.3 {
				t.Errorf("%s: %+v", s.split, l)
			}
		}
	}
}
