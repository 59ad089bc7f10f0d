package kaggle

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// zipped makes a zip of these names, each with its own name inside.
func zipped(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil && !strings.HasSuffix(name, "/") {
			_, err = w.Write([]byte(name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSurveyNames(t *testing.T) {
	t.Parallel()
	const linux, windows, folding = 1, 2, 4
	for _, c := range []struct {
		names   []string
		refused int // on which systems
		why     error
	}{
		{[]string{"a.csv", "b/", "b/c.csv", "b/d/e.csv", "ü/é.csv"}, 0, nil},
		{[]string{"a.csv", "../b.csv"}, linux | windows, errEscape},
		{[]string{"a/../../b"}, linux | windows, errEscape},
		{[]string{"a/../b"}, linux | windows, errEscape},
		{[]string{"/etc/passwd"}, linux | windows, errEscape},
		{[]string{`a\b`}, linux | windows, errEscape},
		{[]string{`..\b`}, linux | windows, errEscape},
		{[]string{"C:b"}, linux | windows, errEscape},
		{[]string{"c:/b"}, linux | windows, errEscape},
		{[]string{"a\x00b"}, linux | windows, errEscape},
		{[]string{"a\nb"}, linux | windows, errEscape},
		{[]string{"./a"}, linux | windows, errEscape},
		{[]string{"a//b"}, linux | windows, errEscape},
		{[]string{"x/.b.part"}, linux | windows, errReserve},
		{[]string{".podium-download.json"}, linux | windows, errReserve},
		{[]string{"time 12:30.csv"}, windows, errWindows},
		{[]string{"what?.csv"}, windows, errWindows},
		{[]string{"a/con"}, windows, errWindows},
		{[]string{"NUL.txt"}, windows, errWindows},
		{[]string{"Lpt1 .tar.gz"}, windows, errWindows},
		{[]string{"COM²"}, windows, errWindows},
		{[]string{"conin$"}, windows, errWindows},
		{[]string{"dot./x"}, windows, errWindows},
		{[]string{"space /x"}, windows, errWindows},
		{[]string{"console", "com", "com10", "lpt.", "null"}, windows, errWindows}, // for "lpt."
		{[]string{"console", "com", "com10", "lptx", "null"}, 0, nil},
		{[]string{"a", "b", "a"}, linux | windows, errMeet},
		{[]string{"a", "a/b"}, linux | windows, errMeet},
		{[]string{"a/b/c", "a/b"}, linux | windows, errMeet},
		{[]string{"x/A.JPG", "x/a.jpg"}, folding, errMeet},
		{[]string{"Ärger", "ärger"}, folding, errMeet},
		{[]string{"X/1", "x"}, folding, errMeet},
		{[]string{"X/1", "x/2", "X/3"}, 0, nil}, // one folder there, two here: no file is lost
		{[]string{"caf\xe9"}, 0, nil},
		{[]string{"caf\xe9", "caf%E9"}, linux | windows, errMeet},
	} {
		b := zipped(t, c.names...)
		for _, system := range []int{linux, windows, folding} {
			files, _, err := survey(bytes.NewReader(b), int64(len(b)), "", system == windows, func() bool { return system == folding })
			want := c.refused
			if want&linux != 0 {
				want |= folding
			}
			if refused := err != nil; refused != (want&system != 0) || (refused && !errors.Is(err, c.why)) {
				t.Errorf("%q on system %d: %v", c.names, system, err)
			}
			for _, f := range files {
				if err == nil && f.path != readable(f.Name) {
					t.Errorf("%q goes to %q", f.Name, f.path)
				}
			}
		}
	}
}

// TestSurveyKinds: what is no plain file, or would fill the disk, is refused.
func TestSurveyKinds(t *testing.T) {
	t.Parallel()
	header := func(change func(*zip.FileHeader)) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "x", Method: zip.Store, CRC32: 0, CompressedSize64: 3, UncompressedSize64: 3}
		change(h)
		w, err := z.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte("abc"))
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		name   string
		change func(*zip.FileHeader)
		want   error
	}{
		{"link", func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }, errKind},
		{"device", func(h *zip.FileHeader) { h.SetMode(fs.ModeDevice | 0o666) }, errKind},
		{"pipe", func(h *zip.FileHeader) { h.SetMode(fs.ModeNamedPipe | 0o666) }, errKind},
		{"encrypted", func(h *zip.FileHeader) { h.Flags |= 1 }, errKind},
		{"deflate64", func(h *zip.FileHeader) { h.Method = 9 }, errKind},
		{"bomb", func(h *zip.FileHeader) { h.Method, h.UncompressedSize64 = zip.Deflate, 2<<30 }, errBomb},
		{"endless", func(h *zip.FileHeader) { h.Method, h.UncompressedSize64 = zip.Deflate, 1<<63 }, errBomb},
		{"longer than the zip", func(h *zip.FileHeader) { h.CompressedSize64 = 1 << 40 }, errBomb},
		{"plain", func(*zip.FileHeader) {}, nil},
	} {
		b := header(c.change)
		_, _, err := survey(bytes.NewReader(b), int64(len(b)), "", false, nil)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// TestUnpackBounds: an entry that lies about its length is stopped, and one
// whose bytes are others is found out; nothing of either stays.
func TestUnpackBounds(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("long.bin")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(make([]byte, 1<<20))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(f *zip.File){
		"too long": func(f *zip.File) { f.UncompressedSize64 = 1000 },
		"other":    func(f *zip.File) { f.CRC32++ },
	} {
		files, _, err := survey(bytes.NewReader(b.Bytes()), int64(b.Len()), "", false, nil)
		if err != nil {
			t.Fatal(err)
		}
		change(files[0].File)
		dir := t.TempDir()
		u, err := newUnpacker(dir, func(int64) {})
		if err != nil {
			t.Fatal(err)
		}
		defer u.root.Close()
		if err := u.all(t.Context(), files); err == nil {
			t.Errorf("%s: no error", name)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
	}
}

// TestUnpackThroughLink: a link that is in the folder already leads nowhere.
func TestUnpackThroughLink(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "images")); err != nil {
		t.Skip(err)
	}
	b := zipped(t, "images/x.txt")
	files, _, err := survey(bytes.NewReader(b), int64(len(b)), "", false, nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := newUnpacker(dir, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	defer u.root.Close()
	if err := u.all(t.Context(), files); err == nil {
		t.Error("a file was written outside the folder")
	}
	if left, _ := os.ReadDir(outside); len(left) != 0 {
		t.Errorf("outside: %v", left)
	}
}

// FuzzZipNames: whatever the names in a zip, what is unpacked is in the folder,
// each file at its own place with its own bytes.
func FuzzZipNames(f *testing.F) {
	for _, s := range []string{"a.csv", "../x", "/x", `a\b`, "C:x", "a//b", "..", "a/./b", "x\x00", "NUL", "é/ü", "a", "a/b", "A", "\xff", ".x.part"} {
		f.Add(s, "b.csv", false)
		f.Add("a", s, true)
	}
	f.Fuzz(func(t *testing.T, one, two string, windows bool) {
		if len(one) > 60 || len(two) > 60 || strings.HasSuffix(one, "/") || strings.HasSuffix(two, "/") {
			return
		}
		b := zipped(t, one, two)
		files, _, err := survey(bytes.NewReader(b), int64(len(b)), "", windows, func() bool { return true })
		if err != nil {
			return
		}
		base := t.TempDir()
		dir := filepath.Join(base, "in")
		u, err := newUnpacker(dir, func(int64) {})
		if err != nil {
			t.Fatal(err)
		}
		defer u.root.Close()
		if err := u.all(t.Context(), files); err != nil {
			t.Fatalf("%q, %q: %v", one, two, err)
		}
		for _, name := range []string{one, two} {
			got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(readable(name))))
			if err != nil || string(got) != name {
				t.Errorf("%q holds %q: %v", name, got, err)
			}
		}
		if beside, _ := os.ReadDir(base); len(beside) != 1 {
			t.Errorf("%q, %q: beside the folder: %v", one, two, beside)
		}
		n := 0
		if err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				n++
			}
			return err
		}); err != nil || n != 2 {
			t.Errorf("%q, %q: %d files (%v)", one, two, n, err)
		}
	})
}
