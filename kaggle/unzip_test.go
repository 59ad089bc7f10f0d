package kaggle_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// packed is a zip of these files.
func packed(t testing.TB, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tree is every file below dir but podium's own.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".podium-download.json" {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestUnzip(t *testing.T) {
	t.Parallel()
	photos := map[string]string{"cat/1.jpg": noise(300_000), "cat/2.jpg": "two", "dog/ü.jpg": "three"}
	wrap, count := storageFault(func(int, http.ResponseWriter, *http.Request, http.Handler) bool { return false })
	b := newBox(t, with(map[string]string{
		"data/images/a b/one.bin": "", "data/images/train.ZIP": packed(t, photos), "data/images/none.zip": packed(t, nil),
	}), wrap)
	dir := t.TempDir()
	var doing []string
	o := kaggle.DownloadOptions{Dir: dir, Unzip: true, Progress: func(p kaggle.DownloadProgress) {
		if p.Doing == "unpack" && p.Done == p.Total {
			doing = append(doing, fmt.Sprintf("%s %d", p.File, p.Total))
		}
	}}
	got, err := b.client.DownloadAll(t.Context(), "toy", o)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for name, text := range photos {
		want["images/"+name] = text
	}
	for name, text := range toy {
		if rel, ok := strings.CutPrefix(name, "data/"); ok && rel != "images/a b/one.bin" {
			want[rel] = text
		}
	}
	if files := tree(t, dir); !maps.Equal(files, want) {
		t.Errorf("there are %v, want %v", slices.Sorted(maps.Keys(files)), slices.Sorted(maps.Keys(want)))
	}
	if !slices.Contains(doing, "images/train.ZIP 300008") {
		t.Errorf("progress: %q", doing)
	}
	i := slices.IndexFunc(got, func(d kaggle.Downloaded) bool { return d.Name == "images/train.ZIP" })
	if d := got[i]; d.Unpacked != 3 || d.Bytes != 300_008 || d.Path != filepath.Join(dir, "images") || !d.Fetched || !d.Verified {
		t.Errorf("%+v", d)
	}

	before := count.Load()
	again, err := b.client.DownloadAll(t.Context(), "toy", o)
	if err != nil || count.Load() != before {
		t.Errorf("the second time: %d requests, %v", count.Load()-before, err)
	}
	if d := again[i]; d.Fetched || d.Unpacked != 3 || d.Bytes != 300_008 {
		t.Errorf("the second time: %+v", d)
	}
	remove(t, filepath.Join(dir, "images", "cat", "2.jpg"))
	if _, err := b.client.DownloadAll(t.Context(), "toy", o); err != nil {
		t.Fatal(err)
	}
	fileIs(t, filepath.Join(dir, "images", "cat", "2.jpg"), "two")
}

// TestUnzipLater unpacks what an earlier call got, without getting it again.
func TestUnzipLater(t *testing.T) {
	t.Parallel()
	wrap, count := storageFault(func(int, http.ResponseWriter, *http.Request, http.Handler) bool { return false })
	b := newBox(t, with(map[string]string{"data/x.zip": packed(t, map[string]string{"a": "b"})}), wrap)
	dir := t.TempDir()
	if _, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	before := count.Load()
	if _, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: dir, Unzip: true}); err != nil {
		t.Fatal(err)
	}
	files := tree(t, dir)
	if _, there := files["x.zip"]; there || files["a"] != "b" || count.Load() != before {
		t.Errorf("%d requests; the zip is there: %v", count.Load()-before, there)
	}
}

// TestUnzipRefusals: a zip that is not to be trusted writes nothing and stays.
func TestUnzipRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		files map[string]string
		free  int64
		want  string
	}{
		{"out of the folder", map[string]string{"a.txt": "1", "../../b.txt": "2"}, 1 << 40, `"../../b.txt": name leads out of the folder`},
		{"over another file", map[string]string{"train.csv": "1"}, 1 << 40, `"train.csv": two names for one file`},
		{"no room", map[string]string{"zeros": strings.Repeat("0", 1<<20)}, 1 << 19, "not enough disk space"},
	} {
		b := newBox(t, with(map[string]string{"data/x.zip": packed(t, c.files)}), nil)
		dir := t.TempDir()
		client := newClient(t, b.url, kaggle.WithFree(func(string) (int64, bool) { return c.free, true }))
		_, err := client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: dir, Globs: []string{"x.zip"}, Unzip: true})
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Failed || fault.HintOf(err) == "" {
			t.Errorf("%s: %v, hint %q", c.name, err, fault.HintOf(err))
		}
		if files := tree(t, dir); len(files) != 1 || files["x.zip"] == "" {
			t.Errorf("%s: there are %v", c.name, slices.Sorted(maps.Keys(files)))
		}
	}
}

// many is a competition of more files than Kaggle gives one by one.
func many(t *testing.T) map[string]string {
	files := with(map[string]string{"data/more.zip": packed(t, map[string]string{"m.txt": "m"})})
	for i := range 48 {
		files[fmt.Sprintf("data/images/%03d.txt", i)] = fmt.Sprint("image ", i)
	}
	return files
}

// TestBundle: many small files come as one zip, and not again.
func TestBundle(t *testing.T) {
	t.Parallel()
	files := many(t)
	var single, bundles atomic.Int64
	b := newBox(t, files, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch filepath.Base(r.URL.Path) {
			case "DownloadDataFile":
				single.Add(1)
			case "DownloadDataFiles":
				bundles.Add(1)
			}
			next.ServeHTTP(w, r)
		})
	})
	dir := t.TempDir()
	o := kaggle.DownloadOptions{Dir: dir, Unzip: true}
	got, err := b.client.DownloadAll(t.Context(), "toy", o)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"m.txt": "m"}
	for name, text := range files {
		if rel, ok := strings.CutPrefix(name, "data/"); ok && rel != "more.zip" {
			want[rel] = text
		}
	}
	if has := tree(t, dir); !maps.Equal(has, want) {
		t.Errorf("there are %d files, want %d: %v", len(has), len(want), slices.Sorted(maps.Keys(has)))
	}
	for _, d := range got {
		if !d.Fetched || !d.Verified {
			t.Errorf("%+v", d)
		}
	}
	if single.Load() != 0 || bundles.Load() != 1 || len(got) != 53 {
		t.Errorf("%d files in %d single calls and %d for the bundle", len(got), single.Load(), bundles.Load())
	}
	if _, err := b.client.DownloadAll(t.Context(), "toy", o); err != nil || bundles.Load() != 1 || single.Load() != 0 {
		t.Errorf("the second time: %v, %d single calls and %d for the bundle", err, single.Load(), bundles.Load()-1)
	}
	// A few of them are better fetched one by one.
	if _, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: t.TempDir(), Globs: []string{"*.csv"}}); err != nil || bundles.Load() != 1 || single.Load() != 3 {
		t.Errorf("three files: %v, %d single calls and %d for the bundle", err, single.Load(), bundles.Load()-1)
	}
}

// TestBundleNotOffered, or there is no room for it: one by one then.
func TestBundleNotOffered(t *testing.T) {
	t.Parallel()
	files := many(t)
	for name, status := range map[string]int{"not there": http.StatusNotFound, "not made": http.StatusNotImplemented, "no room": 0} {
		var single atomic.Int64
		b := newBox(t, files, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch filepath.Base(r.URL.Path) {
				case "DownloadDataFile":
					single.Add(1)
				case "DownloadDataFiles":
					if status == 0 {
						t.Error("no room: the bundle is asked for")
					}
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(status)
					fmt.Fprintf(w, `{"error":{"code":%d,"message":"no such method"}}`, status)
					return
				}
				next.ServeHTTP(w, r)
			})
		})
		free := int64(1 << 40)
		if status == 0 {
			free = 900
		}
		client := newClient(t, b.url, kaggle.WithFree(func(string) (int64, bool) { return free, true }))
		got, err := client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: t.TempDir()})
		if err != nil || len(got) != 53 || single.Load() != 53 {
			t.Errorf("%s: %d files in %d calls, %v", name, len(got), single.Load(), err)
		}
	}
}

// TestIndex: what is not as it was verified is looked at again.
func TestIndex(t *testing.T) {
	t.Parallel()
	wrap, count := storageFault(func(int, http.ResponseWriter, *http.Request, http.Handler) bool { return false })
	b := newBox(t, toy, wrap)
	dir := t.TempDir()
	index := filepath.Join(dir, ".podium-download.json")
	o := kaggle.DownloadOptions{Dir: dir}
	for _, c := range []struct {
		name  string
		do    func()
		asked int64 // requests to storage
	}{
		{"first", func() {}, 4},
		{"nothing changed", func() {}, 0},
		{"all are to be checked", func() { o.Check = true }, 4},
		{"index gone", func() { o.Check = false; remove(t, index) }, 4},
		{"index spoiled", func() { spoil(t, index, 0) }, 4},
		{"one file gone", func() { remove(t, filepath.Join(dir, "train.csv")) }, 1},
		{"one file changed", func() { spoil(t, filepath.Join(dir, "train.csv"), 0) }, 2},
		{"the server's changed", func() {
			writeTree(t, filepath.Join(b.dir, "toy"), map[string]string{"data/train.csv": "x,label\n1,b\n2,a\n"})
		}, 2},
	} {
		c.do()
		before := count.Load()
		if _, err := b.client.DownloadAll(t.Context(), "toy", o); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if asked := count.Load() - before; asked != c.asked {
			t.Errorf("%s: %d requests to storage, want %d", c.name, asked, c.asked)
		}
	}
	fileIs(t, filepath.Join(dir, "train.csv"), "x,label\n1,b\n2,a\n")
}

// TestSweep: what killed processes left of unpacking goes, other parts stay.
func TestSweep(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	dir := filepath.Join(t.TempDir(), "a[b")
	writeTree(t, dir, map[string]string{".podium-unpack-1.part": "x", "..podium-download.json.tmp-1": "x", "mine.part": "x", ".podium-case-2.part": "x"})
	if _, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: dir, Globs: []string{"train.csv"}}); err != nil {
		t.Fatal(err)
	}
	if has := slices.Sorted(maps.Keys(tree(t, dir))); !slices.Equal(has, []string{"mine.part", "train.csv"}) {
		t.Errorf("there are %q", has)
	}
}

// TestCaseTwins: names that differ in case are two files where the disk has two.
func TestCaseTwins(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	probe := t.TempDir()
	writeTree(t, probe, map[string]string{"x": ""})
	if _, err := os.Stat(filepath.Join(probe, "X")); err == nil {
		t.Skip("this disk takes them for one")
	}
	b := newBox(t, with(map[string]string{"data/A.txt": "large", "data/a.txt": "small"}), nil)
	got, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: dir, Globs: []string{"[aA].txt"}})
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	fileIs(t, filepath.Join(dir, "A.txt"), "large")
	fileIs(t, filepath.Join(dir, "a.txt"), "small")
}

// TestNoSpaceForAll: the whole set is compared with the disk first.
func TestNoSpaceForAll(t *testing.T) {
	t.Parallel()
	wrap, count := storageFault(func(int, http.ResponseWriter, *http.Request, http.Handler) bool { return false })
	b := newBox(t, toy, wrap)
	client := newClient(t, b.url, kaggle.WithFree(func(string) (int64, bool) { return 20, true })) // more than any of them
	dir := t.TempDir()
	_, err := client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{Dir: dir})
	if !errors.Is(err, kaggle.ErrNoSpace) || count.Load() != 0 || len(tree(t, dir)) != 0 {
		t.Errorf("%v after %d requests", err, count.Load())
	}
}

// TestRateLimit: whatever the limit, the bytes are the same, and so many of them
// are not taken at once.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	data := noise(200_000)
	b := newBox(t, with(map[string]string{"data/big.bin": data}), nil)
	dir := t.TempDir()
	last, most := int64(0), int64(0)
	_, err := b.client.DownloadAll(t.Context(), "toy", kaggle.DownloadOptions{
		Dir: dir, Globs: []string{"big.bin"}, RateLimit: 800_000,
		Progress: func(p kaggle.DownloadProgress) { most, last = max(most, p.Done-last), p.Done },
	})
	if err != nil || most > 100_000 {
		t.Errorf("%v; %d bytes at once, want at most an eighth of a second's", err, most)
	}
	fileIs(t, filepath.Join(dir, "big.bin"), data)
}
