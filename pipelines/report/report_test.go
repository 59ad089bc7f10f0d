package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// small is an invented run whose names try to be markup.
func small() invented {
	return invented{rows: 60, classes: 3, folds: 3, side: 32,
		class: func(c int) string { return fmt.Sprintf(`<b onclick="alert(%d)">&class</b>`, c) },
		file:  func(row int) string { return fmt.Sprintf(`"><script>alert(%d)</script>.jpg`, row) },
		notes: map[string]string{pipelines.NoteWarning + ".leaks": `the split shares <img src=x onerror=alert(1)> drivers`},
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	traces, o := small().make(t)
	var page bytes.Buffer
	made, err := Write(t.Context(), &page, traces, o)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"summary", "folds", "curves", "classes", "photos", "calibration", "augmentation", "board", "cost", "licences", "plan"}
	if !slices.Equal(made.Sections, want) || !slices.Equal(made.LeftOut, []string{"pictures"}) {
		t.Errorf("sections %v, left out %v", made.Sections, made.LeftOut)
	}
	text := page.String()
	for _, part := range []string{"0.31000", "CV - public: -0.02000", "12 of 1440", "on the sandbox", "Apache-2.0", "https://weights.example/lite0.pth",
		"fold2", "metric: logloss", "4 min 0 s", "Warning:", "data:image/jpeg;base64,", "lite, head on features"} {
		if !strings.Contains(text, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	for _, never := range []string{"could not be made", "ZgotmplZ", ">NaN", " NaN", "%!"} {
		if i := strings.Index(text, never); i >= 0 {
			t.Errorf("the page says %q: %s", never, text[max(i-200, 0):i+100])
		}
	}
	var again bytes.Buffer
	if _, err := Write(t.Context(), &again, traces, o); err != nil || !bytes.Equal(page.Bytes(), again.Bytes()) {
		t.Errorf("made twice, the page is another: %v", err)
	}
}

// Medals are Kaggle's.
func TestPlaceOn(t *testing.T) {
	t.Parallel()
	if p := placeOn(12, 1440, submissions.Kaggle); p.Medal != submissions.Gold || len(p.Marks) != 4 || !p.TopHalf || p.Marks[2] != (mark{"bronze", 144, 10}) {
		t.Errorf("%+v", p)
	}
	if p := placeOn(3, 5, submissions.Sandbox); p.Medal != submissions.NoMedal || len(p.Marks) != 1 || p.TopHalf {
		t.Errorf("%+v", p)
	}
}

// What data say is text on the page, whatever it looks like.
func TestEscapes(t *testing.T) {
	t.Parallel()
	traces, o := small().make(t)
	var page bytes.Buffer
	if _, err := Write(t.Context(), &page, traces, o); err != nil {
		t.Fatal(err)
	}
	for _, markup := range []string{"<script>alert", `<b onclick`, "<img src=x", `"><script`, "<!--"} {
		if bytes.Contains(page.Bytes(), []byte(markup)) {
			t.Errorf("the page holds %s", markup)
		}
	}
	for _, text := range []string{"&lt;script&gt;alert(", "&lt;b onclick=", "&lt;img src=x"} {
		if !bytes.Contains(page.Bytes(), []byte(text)) {
			t.Errorf("the page does not hold %s", text)
		}
	}
}

// A run without its artifacts, and one that is damaged, have a page that says so.
func TestWriteWhatIsLeft(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, artifacts string)
		want   []string
		text   string
	}{
		{"artifacts are gone", func(t *testing.T, artifacts string) {
			if err := os.RemoveAll(artifacts); err != nil {
				t.Fatal(err)
			}
		}, []string{"summary", "board", "cost", "plan"}, "no longer there"},
		{"predictions are damaged", func(t *testing.T, artifacts string) {
			files, err := filepath.Glob(filepath.Join(artifacts, "*", "oof.arrow"))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			for _, f := range files {
				st, err := os.Stat(f)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(f, make([]byte, st.Size()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}, []string{"summary", "folds", "curves", "classes", "photos", "calibration", "augmentation", "board", "cost", "licences", "plan"}, "This section could not be made"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			traces, o := small().make(t)
			c.damage(t, filepath.Join(homeOf(traces), "artifacts"))
			traces, err := steps.OpenTraces(homeOf(traces), "latest")
			if err != nil {
				t.Fatal(err)
			}
			var page bytes.Buffer
			made, err := Write(t.Context(), &page, traces, o)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(made.Sections, c.want) {
				t.Errorf("want %v, got %v", c.want, made.Sections)
			}
			if !strings.Contains(page.String(), c.text) {
				t.Errorf("the page does not say %q", c.text)
			}
		})
	}
}
