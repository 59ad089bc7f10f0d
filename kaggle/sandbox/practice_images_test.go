package sandbox

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// TestPracticeImages: a folder of images becomes tables and two zips; hidden
// images lose the names that tell their class.
func TestPracticeImages(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"%[1]s/%[2]d.JPG", "%[1]s.%[2]d.jpg"} {
		dir := t.TempDir()
		put := func(name, text string) {
			t.Helper()
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 20 {
			class := []string{"cat", "dog"}[i%2]
			put(fmt.Sprintf(layout, class, i), fmt.Sprint(class, i))
		}
		put("readme.txt", "no image")
		put(".hidden/x.jpg", "no class")
		made, c, err := practised(t, "", Practice{From: dir, Holdout: 0.4})
		if err != nil || made.Classes != 2 || made.Train != 12 || made.Public != 4 || made.Private != 4 || made.Metric.Name != "accuracy" {
			t.Fatalf("%+v, %v", made, err)
		}
		if !slices.Contains(made.Notes, "files that are no images, or have no class: 1, left out") {
			t.Errorf("notes %q", made.Notes)
		}
		seen := map[string]bool{}
		label := map[string]string{}
		for _, s := range c.rowsOf(t, "solution.csv")[1:] {
			label[s[0]] = s[1]
		}
		for _, row := range append(c.rowsOf(t, "data/train.csv")[1:], c.rowsOf(t, "data/test.csv")[1:]...) {
			b, err := unzipped(filepath.Join(c.data(), strings.Split(row[1], "/")[0]+".zip"), row[1])
			if err != nil {
				t.Fatal(err)
			}
			class := ""
			if len(row) == 3 {
				class = row[2]
			} else if class = label[row[0]]; row[1] != "test/"+row[0]+".jpg" {
				t.Errorf("the hidden image %q may tell its class", row[1])
			}
			if !strings.HasPrefix(string(b), class) || seen[string(b)] {
				t.Errorf("%v holds %q, want a %s that was not seen yet", row, b, class)
			}
			seen[string(b)] = true
		}
		if len(seen) != 20 {
			t.Errorf("%d images of 20", len(seen))
		}
		if g, err := c.gradeText(t, c.truth(t)); err != nil || g.public != 1 || g.private != 1 {
			t.Errorf("the true answers score %+v, %v", g, err)
		}
		if _, _, err := practised(t, "", Practice{From: dir, Target: "x"}); fault.KindOf(err) != fault.Usage {
			t.Errorf("a column of images: %v", err)
		}
	}
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "cat"), 0o755), os.WriteFile(filepath.Join(dir, "cat", "1.png"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := practised(t, "", Practice{From: dir}); err == nil || !strings.Contains(err.Error(), `all 1 images are of the class "cat"`) {
		t.Errorf("one class: %v", err)
	}
}

func unzipped(archive, name string) ([]byte, error) {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	f, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(f)
}
