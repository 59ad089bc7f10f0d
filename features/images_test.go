package features

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// shard is an image shard of n images of random bytes with labels i mod 3.
func shard(t testing.TB, n, h, w, c int) *Images {
	t.Helper()
	path := filepath.Join(t.TempDir(), "images.arrow")
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	err := WriteImages(context.Background(), path, h, w, c, func(yield func(Image, error) bool) {
		for i := range n {
			im := Image{ID: fmt.Sprintf("im%d", i), Label: i % 3, HasLabel: true, Pixels: bytesOf(h*w*c, uint64(i))}
			if i%2 == 0 {
				im.Group = fmt.Sprintf("g%d", i/4)
			}
			if !yield(im, nil) {
				return
			}
		}
	}, mem)
	if err != nil {
		t.Fatal(err)
	}
	if tt, ok := t.(*testing.T); ok {
		mem.AssertSize(tt, 0)
	}
	im, err := OpenImages(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { im.Close() })
	return im
}

func TestImages(t *testing.T) {
	t.Parallel()
	// 2000x1000 bytes an image: three to a record batch.
	for _, s := range [][4]int{{1, 1, 1, 1}, {500, 4, 3, 3}, {8, 2000, 1000, 1}} {
		im := shard(t, s[0], s[1], s[2], s[3])
		if im.N() != s[0] || im.H() != s[1] || im.W() != s[2] || im.C() != s[3] {
			t.Fatalf("%v: %d images of %dx%dx%d", s, im.N(), im.H(), im.W(), im.C())
		}
		for i := range im.N() {
			if string(im.Pixels(i)) != string(bytesOf(s[1]*s[2]*s[3], uint64(i))) {
				t.Fatalf("%v: pixels of image %d", s, i)
			}
			l, ok := im.Label(i)
			g, hasGroup := im.Group(i)
			if l != i%3 || !ok || im.ID(i) != fmt.Sprintf("im%d", i) || hasGroup != (i%2 == 0) || hasGroup && g != fmt.Sprintf("g%d", i/4) {
				t.Fatalf("%v: image %d is %q, label %d, group %q", s, i, im.ID(i), l, g)
			}
		}
		// The same memory each time: nothing is copied.
		if a, b := im.Pixels(0), im.Pixels(0); unsafe.SliceData(a) != unsafe.SliceData(b) {
			t.Error("pixels are copied")
		}
	}
}

func TestWriteImagesBad(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	one := func(im Image, err error) iter.Seq2[Image, error] {
		return func(yield func(Image, error) bool) { yield(im, err) }
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		ctx  context.Context
		h    int
		im   Image
		err  error
		want string
	}{
		{t.Context(), 0, Image{}, nil, "at least 1x1x1"},
		{t.Context(), 2, Image{ID: "x", Pixels: make([]byte, 3)}, nil, `image "x": want 4 bytes of pixels, got 3`},
		{t.Context(), 2, Image{ID: "x", Pixels: make([]byte, 4), Label: math.MaxInt32 + 1, HasLabel: true}, nil, "does not fit 32 bits"},
		{t.Context(), 2, Image{}, broken, "broken"},
		{cancelled, 2, Image{Pixels: make([]byte, 4)}, nil, "canceled"},
	} {
		dir := t.TempDir()
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		err := WriteImages(tt.ctx, filepath.Join(dir, "x.arrow"), tt.h, 2, 1, one(tt.im, tt.err), mem)
		mem.AssertSize(t, 0)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: left behind %v", tt.want, left)
		}
	}
}

func TestTableToImages(t *testing.T) {
	t.Parallel()
	// Columns of several types hold pixels as long as the values do.
	tab, err := convert(t, "name,label,pixel0,pixel1,pixel2,pixel3,who\na,1,0,1,2,3,x\nb,2,255,5,6,7,y\nc,0,8,9,10,11,x\n",
		CSVOptions{BlockSize: 30, Types: []ColumnType{{"pixel1", Int32}, {"pixel2", Text}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "im.arrow")
	if err := TableToImages(t.Context(), tab, PixelOptions{Label: "label", ID: "name", Group: "who"}, path); err != nil {
		t.Fatal(err)
	}
	im, err := OpenImages(path)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	var got strings.Builder
	for i := range im.N() {
		l, _ := im.Label(i)
		g, _ := im.Group(i)
		fmt.Fprint(&got, im.ID(i), l, g, im.Pixels(i), ";")
	}
	if want := "a1x[0 1 2 3];b2y[255 5 6 7];c0x[8 9 10 11];"; got.String() != want || im.H() != 2 || im.W() != 2 {
		t.Errorf("got %s, want %s", got.String(), want)
	}
	// Without an id column the rows are counted from 1; without labels there are none.
	if err := TableToImages(t.Context(), tab, PixelOptions{H: 1, W: 4}, path+"2"); err != nil {
		t.Fatal(err)
	}
	bare, err := OpenImages(path + "2")
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	if _, ok := bare.Labels(); ok || bare.ID(2) != "3" || bare.W() != 4 {
		t.Errorf("labels %v, id %q", ok, bare.ID(2))
	}
}

func TestTableToImagesBad(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, csv string
		o         PixelOptions
		want      string
	}{
		{"text", "label,pixel0\n1,2\n1,x\n2,y\n", PixelOptions{}, `read in.csv: line 3, column "pixel0": want an integer in 0..255, got "x"`},
		{"earliest row", "pixel0,pixel1,pixel2,pixel3\n1,2,3,4\n1,2,3,x\nx,1,2,3\n", PixelOptions{}, `line 3, column "pixel3"`},
		{"too big", "pixel0\n2\n256\n", PixelOptions{}, `line 3, column "pixel0": want an integer in 0..255, got "256"`},
		{"negative", "pixel0\n2\n-1\n", PixelOptions{}, `got "-1"`},
		{"fraction", "pixel0\n2\n1.5\n", PixelOptions{}, `line 3, column "pixel0": want an integer in 0..255, got "1.5"`},
		{"missing", "pixel0,b\n2,1\n,1\n", PixelOptions{}, `line 3, column "pixel0": want an integer in 0..255, got nothing`},
		{"lines unknown", "pixel0,b\n1,\"x\ny\"\n2,z\n-3,z\n", PixelOptions{}, `row 3 after the header, column "pixel0"`},
		{"not square", "pixel0,pixel1\n1,2\n", PixelOptions{}, `want 1 columns "pixel*" for 1x1x1 pixels, got 2`},
		{"other size", "pixel0,pixel1\n1,2\n", PixelOptions{H: 2, W: 2}, `want 4 columns "pixel*" for 2x2x1 pixels, got 2`},
		{"no pixels", "a\n1\n", PixelOptions{}, `in.csv has no column "pixel*"`},
		{"no label", "pixel0\n1\n", PixelOptions{Label: "pixl0"}, `in.csv has no column "pixl0"`},
		{"null label", "label,pixel0\n,1\n", PixelOptions{Label: "label"}, `line 2, column "label": want an integer, got nothing`},
		{"text label", "label,pixel0\n1,1\ncat,2\n", PixelOptions{Label: "label"}, `column "label": want an integer, got "cat"`},
		{"negative label", "label,pixel0\n1,1\n-1,2\n", PixelOptions{Label: "label"}, `line 3, column "label": want a class from 0, got -1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tab, err := convert(t, tt.csv, CSVOptions{})
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			err = TableToImages(t.Context(), tab, tt.o, filepath.Join(dir, "im.arrow"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
			if fault.HintOf(err) == "" {
				t.Error("no hint")
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestOpenImagesBad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.arrow")
	if err := os.WriteFile(in, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := CSVToIPC(t.Context(), in, out, CSVOptions{}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{out: "want an image shard", in: "want an Arrow IPC file", filepath.Join(dir, "none"): "none"} {
		if _, err := OpenImages(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestMeanStd(t *testing.T) {
	t.Parallel()
	im := shard(t, 7, 5, 4, 3)
	rows := []int{1, 3, 4}
	got, err := MeanStd(t.Context(), im, rows)
	if err != nil {
		t.Fatal(err)
	}
	for ch := range 3 {
		var v []float64
		for _, r := range rows {
			for i, p := range im.Pixels(r) {
				if i%3 == ch {
					v = append(v, float64(p)/255)
				}
			}
		}
		mean := 0.0
		for _, x := range v {
			mean += x / float64(len(v))
		}
		if math.Abs(float64(got.Mean[ch])-mean) > 1e-6 || math.Abs(float64(got.Std[ch])-deviation(v)) > 1e-6 {
			t.Errorf("channel %d: got %v, want %g and %g", ch, got, mean, deviation(v))
		}
	}
	for _, rows := range [][]int{{}, {7}, {-1}} {
		if _, err := MeanStd(t.Context(), im, rows); err == nil {
			t.Errorf("rows %v: no error", rows)
		}
	}
}
