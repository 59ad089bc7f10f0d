package features

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/features/photo"
	"github.com/seed-a5aa75a0/podium/internal/digest"
)

// jpegOf is a photo of one colour with a darker corner.
func jpegOf(t testing.TB, w, h int, c color.RGBA) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.SetRGBA(i%w, i/w, c)
		if i%w < w/2 && i/w < h/2 {
			m.SetRGBA(i%w, i/w, color.RGBA{c.R / 2, c.G / 2, c.B / 2, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// petFiles are photos in the layout of Dogs vs Cats, one of them broken.
func petFiles(t testing.TB) map[string][]byte {
	files := map[string][]byte{"train/readme.txt": []byte("no photo"), "train/cat.3.jpg": []byte("\xff\xd8 not much of one")}
	for i := range 12 {
		label := []string{"cat", "dog"}[i%2]
		if i != 3 {
			files[fmt.Sprintf("train/%s.%d.jpg", label, i)] = jpegOf(t, 40+i, 30, color.RGBA{uint8(20 * i), 100, 200, 255})
		}
	}
	return files
}

func writeZip(t testing.TB, files map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "train.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	for name, b := range files { // in any order
		e, err := w.Create(name)
		if err == nil {
			_, err = e.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeFolder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, b, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func petOptions() PhotoOptions {
	return PhotoOptions{Pattern: "train/{label}.{n}.jpg", Label: "label", ID: "n", SkipBroken: true,
		Photo: photo.Options{Height: 16, Width: 20}, ShardBytes: 4 * 16 * 20 * 3}
}

func TestPhotosToImages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rep, err := PhotosToImages(t.Context(), writeZip(t, petFiles(t)), dir, petOptions())
	if err != nil {
		t.Fatal(err)
	}
	if rep.Photos != 11 || len(rep.Shards) != 3 || !slices.Equal(rep.Classes, []string{"cat", "dog"}) {
		t.Errorf("%+v", rep)
	}
	if len(rep.Broken) != 1 || rep.Broken[0].Name != "train/cat.3.jpg" || !strings.Contains(rep.Broken[0].Err.Error(), "ends too early") {
		t.Errorf("broken: %v", rep.Broken)
	}
	im, err := OpenImages(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	table, err := OpenTable(filepath.Join(dir, PhotoTable))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if want := []string{"row", "name", "label", "n", "width", "height"}; !slices.Equal(table.Names(), want) {
		t.Errorf("columns %v, want %v", table.Names(), want)
	}
	names, _ := table.Strings("name")
	labels, _ := table.Strings("label")
	numbers, err := table.Ints("n")
	widths, _ := table.Ints("width")
	if err != nil || im.N() != 11 || len(names) != 11 || !slices.IsSorted(names) {
		t.Fatalf("%d images, names %v, %v", im.N(), names, err)
	}
	for i := range im.N() {
		n := int(numbers[i])
		if im.ID(i) != fmt.Sprint(n) || names[i] != fmt.Sprintf("train/%s.%d.jpg", labels[i], n) || int(widths[i]) != 40+n {
			t.Errorf("row %d: id %s, %s, %d wide", i, im.ID(i), names[i], widths[i])
		}
		if l, ok := im.Label(i); !ok || rep.Classes[l] != labels[i] {
			t.Errorf("row %d: label %d of %s", i, l, labels[i])
		}
		p := im.Pixels(i)[(15*20+19)*3:] // the lower right corner is not dark
		if d := int(p[0]) - 20*n; d < -4 || d > 4 {
			t.Errorf("row %d: red %d, want %d", i, p[0], 20*n)
		}
	}
}

// folderDigest is of all files in dir.
func folderDigest(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if out[filepath.Base(n)], err = digest.File(n); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// A zip and a folder, and any number of workers, give the same bytes.
func TestPhotosAreDeterministic(t *testing.T) {
	t.Parallel()
	files := petFiles(t)
	var want map[string]string
	for _, source := range []string{writeZip(t, files), writeFolder(t, files), writeZip(t, files)} {
		for _, workers := range []int{1, 3, 8} {
			o, dir := petOptions(), t.TempDir()
			o.Workers = workers
			o.Memory = int64(workers) * 9000 // most are decoded alone
			if _, err := PhotosToImages(t.Context(), source, dir, o); err != nil {
				t.Fatal(err)
			}
			got := folderDigest(t, dir)
			if want == nil {
				want = got
			}
			if len(got) != 4 || !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %d workers: other bytes", source, workers)
			}
		}
	}
}

func TestPhotosErrors(t *testing.T) {
	t.Parallel()
	files := petFiles(t)
	source := writeZip(t, files)
	for name, tt := range map[string]struct {
		change func(*PhotoOptions)
		want   string
	}{
		"stop":           {func(o *PhotoOptions) { o.SkipBroken = false }, `photo "train/cat.3.jpg": the file ends too early`},
		"no match":       {func(o *PhotoOptions) { o.Pattern = "test/{label}.{n}.png" }, `no file matches "test/{label}.{n}.png"`},
		"no label":       {func(o *PhotoOptions) { o.Label = "class" }, `no column "class" for the label`},
		"no id":          {func(o *PhotoOptions) { o.ID = "id" }, `no column "id" for the id`},
		"other class":    {func(o *PhotoOptions) { o.Classes = []string{"cat"} }, `no class "dog" among 1`},
		"size":           {func(o *PhotoOptions) { o.Photo.Width = 0 }, "want a size"},
		"pattern":        {func(o *PhotoOptions) { o.Pattern = "{a" }, "want a } for each {"},
		"all are broken": {func(o *PhotoOptions) { o.MaxFile = 5 }, "all 12 are broken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := petOptions()
			tt.change(&o)
			if _, err := PhotosToImages(t.Context(), source, t.TempDir(), o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
	if _, err := PhotosToImages(t.Context(), filepath.Join(t.TempDir(), "no.zip"), t.TempDir(), petOptions()); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestPhotosCancelled(t *testing.T) {
	t.Parallel()
	source, dir := writeZip(t, petFiles(t)), t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	o := petOptions()
	o.Progress = func(done, total int) {
		if done == 5 {
			cancel()
		}
	}
	if _, err := PhotosToImages(ctx, source, dir, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Zips that are made to harm are refused, or their files count as broken.
func TestUnsafeZips(t *testing.T) {
	t.Parallel()
	good := jpegOf(t, 8, 8, color.RGBA{1, 2, 3, 255})
	for name, tt := range map[string]struct {
		headers []zip.FileHeader
		want    string
	}{
		"leaves":    {[]zip.FileHeader{{Name: "../a.1.jpg"}}, "leads out"},
		"twice":     {[]zip.FileHeader{{Name: "train/a.1.jpg"}, {Name: "train/a.1.jpg"}}, "is there twice"},
		"link":      {[]zip.FileHeader{{Name: "train/a.1.jpg", ExternalAttrs: 0o120777 << 16, CreatorVersion: 3 << 8}}, "it is no file"},
		"encrypted": {[]zip.FileHeader{{Name: "train/a.1.jpg", Flags: 1}}, "it is encrypted"},
		"method":    {[]zip.FileHeader{{Name: "train/a.1.jpg", Method: 12}}, "compression method 12"},
		"large":     {[]zip.FileHeader{{Name: "train/a.1.jpg", UncompressedSize64: 1 << 40}}, "more than the limit"},
		"larger":    {[]zip.FileHeader{{Name: "train/a.1.jpg", UncompressedSize64: uint64(len(good)) - 1}}, "not a valid zip"},
		"smaller":   {[]zip.FileHeader{{Name: "train/a.1.jpg", UncompressedSize64: uint64(len(good)) + 1}}, "unexpected EOF"},
		"no end":    {[]zip.FileHeader{{Name: "train/a.1.jpg", CompressedSize64: 1 << 40, UncompressedSize64: 1 << 40}}, "have no end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			w := zip.NewWriter(&b)
			for _, h := range tt.headers {
				if h.CompressedSize64 == 0 {
					h.CompressedSize64 = uint64(len(good))
				}
				if h.UncompressedSize64 == 0 {
					h.UncompressedSize64 = uint64(len(good))
				}
				e, err := w.CreateRaw(&h)
				if err == nil {
					_, err = e.Write(good)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(t.TempDir(), "a.zip")
			if err := errors.Join(w.Close(), os.WriteFile(path, b.Bytes(), 0o644)); err != nil {
				t.Fatal(err)
			}
			o := petOptions()
			o.Pattern, o.SkipBroken = "*/{label}.{n}.jpg", false
			if _, err := PhotosToImages(t.Context(), path, t.TempDir(), o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, name string
		want          []string // nil: no match
	}{
		{"train/{label}.{n}.jpg", "train/cat.12.jpg", []string{"cat", "12"}},
		{"train/{label}.{n}.jpg", "train/a.b.c.jpg", []string{"a", "b.c"}},
		{"train/{label}.{n}.jpg", "train/cat.12.png", nil},
		{"train/{label}.{n}.jpg", "train/x/cat.12.jpg", nil},
		{"train/{label}.{n}.jpg", "train/.12.jpg", nil},
		{"imgs/train/{label}/{img}", "imgs/train/c0/img_1.jpg", []string{"c0", "img_1.jpg"}},
		{"*/{a}-*.png", "x/y-z.png", []string{"y"}},
		{"{a}+(b)[c].jpg", "x+(b)[c].jpg", []string{"x"}},
		{"{größe}.jpg", "12.jpg", []string{"12"}},
		{"", "a/b c/D.JPEG", []string{}},
		{"", "x.png", []string{}},
		{"", "a/._x.png", nil},
		{"", "notes.txt", nil},
	} {
		p, err := parsePattern(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := p.match(tt.name); ok != (tt.want != nil) || !slices.Equal(got, tt.want) {
			t.Errorf("%s, %s: got %q, %v", tt.pattern, tt.name, got, ok)
		}
	}
	for _, bad := range []string{"/a.jpg", "{", "a}", "{}", "{a b}", "{a}{b}", "{a}*", "{a}/{a}", "{name}.jpg", "{1}", strings.Repeat("a", 2000)} {
		if _, err := parsePattern(bad); err == nil {
			t.Errorf("%.20q is accepted", bad)
		}
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("train/{label}.{n}.jpg", "train/cat.1.jpg")
	f.Add("*/{a}-*", "b/c-d")
	f.Add("{a", "}")
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := parsePattern(text)
		if err != nil {
			return
		}
		values, ok := p.match(name)
		if ok && len(values) != len(p.columns) {
			t.Fatalf("%d values for %d columns", len(values), len(p.columns))
		}
		for _, v := range values {
			if v == "" || strings.Contains(v, "/") {
				t.Fatalf("%q", v)
			}
		}
	})
}

// Shards of different sizes do not make one.
func TestOpenImagesOfFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := OpenImages(dir); err == nil || !strings.Contains(err.Error(), "no image shards") {
		t.Errorf("empty folder: %v", err)
	}
	for i, w := range []int{2, 3} {
		one := func(yield func(Image, error) bool) { yield(Image{Pixels: make([]byte, w)}, nil) }
		if err := WriteImages(t.Context(), filepath.Join(dir, fmt.Sprintf("images-%d.arrow", i)), 1, w, 1, one, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := OpenImages(dir); err == nil || !strings.Contains(err.Error(), "want images of 1x2x1") {
		t.Errorf("two sizes: %v", err)
	}
}

// What would be left out is told; what macOS and others put beside photos is no photo.
func TestPhotosWithoutAPlace(t *testing.T) {
	t.Parallel()
	b := jpegOf(t, 8, 8, color.RGBA{1, 2, 3, 255})
	fine := map[string][]byte{"imgs/train/c0/img_1.jpg": b, "imgs/test/img_2.jpg": b, "imgs/cover.jpg": b, "imgs/train/readme.txt": nil,
		"imgs/train/c0/.DS_Store": nil, "imgs/train/c0/._img_1.jpg": nil, "imgs/train/.cache/img_1.jpg": nil, "imgs/train/__MACOSX/img_1.jpg": nil, "__MACOSX/imgs/train/c0/._img_1.jpg": nil}
	o := PhotoOptions{Pattern: "imgs/train/{label}/{img}", Label: "label", Photo: photo.Options{Height: 4, Width: 4}}
	rep, err := PhotosToImages(t.Context(), writeZip(t, fine), t.TempDir(), o)
	if err != nil || rep.Photos != 1 {
		t.Fatalf("%+v, %v", rep, err)
	}
	for name, want := range map[string]string{
		"imgs/train/img_9.jpg":       `photo "imgs/train/img_9.jpg" does not match "imgs/train/{label}/{img}"`,
		"imgs/train/c0/more/a_9.PNG": `photo "imgs/train/c0/more/a_9.PNG" does not match "imgs/train/{label}/{img}"`,
	} {
		files := maps.Clone(fine)
		files[name] = b
		for _, source := range []string{writeZip(t, files), writeFolder(t, files)} {
			if _, err := PhotosToImages(t.Context(), source, t.TempDir(), o); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}
}
