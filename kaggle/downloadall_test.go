package kaggle_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

func TestDownloadAllAndAgain(t *testing.T) {
	t.Parallel()
	wrap, count := storageFault(func(int, http.ResponseWriter, *http.Request, http.Handler) bool { return false })
	b := newBox(t, toy, wrap)
	dir := t.TempDir()
	var last [2]int64
	got, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: dir, Progress: func(p kaggle.DownloadProgress) {
		last = [2]int64{p.Done, p.Total}
	}})
	if err != nil || len(got) != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	for name, text := range toy {
		if rel, ok := strings.CutPrefix(name, "data/"); ok {
			fileIs(t, filepath.Join(dir, filepath.FromSlash(rel)), text)
		}
	}
	n := int64(0)
	for _, d := range got {
		n += d.Bytes
	}
	if last != [2]int64{n, n} {
		t.Errorf("last progress: %v, want %d of %d", last, n, n)
	}
	before := count.Load()
	if err := os.WriteFile(filepath.Join(dir, "test.csv"), []byte("x\n1\n2\n3\n5\n"), 0o644); err != nil { // same length
		t.Fatal(err)
	}
	again, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range again {
		if d.Fetched != (d.Name == "test.csv") {
			t.Errorf("second time, %s: fetched %v", d.Name, d.Fetched)
		}
	}
	fileIs(t, filepath.Join(dir, "test.csv"), toy["data/test.csv"])
	if count.Load() != before+2 { // only for the one that was changed: for its sum, and again after it was hashed
		t.Errorf("%d storage requests the second time, want 2", count.Load()-before)
	}
}

func TestDownloadGlobs(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	for _, c := range []struct {
		globs []string
		want  []string
		fails bool
	}{
		{[]string{"t*.csv"}, []string{"test.csv", "train.csv"}, false},
		{[]string{"*.bin"}, []string{"images/a b/one.bin"}, false},
		{[]string{"images/*/*"}, []string{"images/a b/one.bin"}, false},
		{[]string{"images"}, []string{"images/a b/one.bin"}, false},
		{[]string{"images/a*/"}, []string{"images/a b/one.bin"}, false},
		{[]string{"a b"}, nil, true},
		{[]string{"train.csv", "*.bin"}, []string{"images/a b/one.bin", "train.csv"}, false},
		{[]string{"train.csv", "nothing"}, nil, true},
		{[]string{"[a"}, nil, true},
	} {
		got, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: t.TempDir(), Globs: c.globs})
		if (err != nil) != c.fails || (c.fails && fault.KindOf(err) != fault.Usage) {
			t.Errorf("%q: %v", c.globs, err)
		}
		var names []string
		for _, d := range got {
			names = append(names, d.Name)
		}
		if !slices.Equal(names, c.want) {
			t.Errorf("%q: got %q, want %q", c.globs, names, c.want)
		}
	}
}

func TestDownloadUnpacksZippedFile(t *testing.T) {
	t.Parallel()
	const text = "x,label\n1,a\n"
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("train.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(text))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	b := newBox(t, with(map[string]string{
		"competition.yaml": toy["competition.yaml"] + "serve_zipped: [train.csv, test.csv]\n",
		"data/train.csv":   text, "data/train.csv.zip": packed.String(),
		"data/test.csv.zip": "PK no zip at all",
	}), nil)
	dest := filepath.Join(t.TempDir(), "train.csv")
	for i := range 2 {
		got, err := b.client.Download(t.Context(), "toy", "train.csv", dest, nil)
		if err != nil || got.Bytes != int64(len(text)) || got.Fetched != (i == 0) {
			t.Fatalf("time %d: %+v, %v", i+1, got, err)
		}
		fileIs(t, dest, text)
		onlyFile(t, filepath.Dir(dest), "train.csv")
	}
	bad := filepath.Join(t.TempDir(), "test.csv")
	if _, err := b.client.Download(t.Context(), "toy", "test.csv", bad, nil); !errors.Is(err, kaggle.ErrCorrupt) {
		t.Errorf("broken zip: got %v", err)
	}
	if _, err := os.Stat(bad); err == nil {
		t.Error("broken zip: a file is there")
	}
}
