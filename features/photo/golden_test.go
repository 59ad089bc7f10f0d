package photo

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// goldenCase is a line of testdata/golden.json; golden.py beside it says how it
// was made.
type goldenCase struct {
	File                    string
	Width, Height, Channels int
	Mode, Filter            string
	Original                [2]int
	Pixels                  []byte
}

func (c goldenCase) options() Options {
	return Options{Height: c.Height, Width: c.Width, Channels: c.Channels,
		Mode:   map[string]Mode{"squash": Squash, "crop": Crop, "fit": Fit}[c.Mode],
		Filter: map[string]Filter{"bilinear": Bilinear, "bicubic": Bicubic, "lanczos": Lanczos, "area": Area}[c.Filter]}
}

func goldenCases(t *testing.T) (cases []goldenCase) {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err == nil {
		err = json.Unmarshal(b, &cases)
	}
	if err != nil || len(cases) < 50 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	return cases
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tolerance is how far a result may be from PIL's: the largest difference and the
// mean one. PNG has the same pixels before the filter, JPEG has other roundings
// and other ways to enlarge chroma.
func (c goldenCase) tolerance() (most int, mean float64) {
	switch {
	case strings.HasSuffix(c.File, ".png") && c.Filter != "bilinear" && c.Filter != "area":
		return 4, 0.3 // these overshoot, and the first pass is cut off at 0 and 255
	case strings.HasSuffix(c.File, ".png"):
		return 1, 0.3
	case c.File == "large.jpg": // libjpeg decodes it at half the size
		return 20, 2.1
	}
	return 20, 1.7
}

func TestGolden(t *testing.T) {
	t.Parallel()
	decoders := map[string]bool{"image/jpeg": false}
	if lib := Library(); lib != "image/jpeg" {
		decoders[lib] = true
	}
	for name, turbo := range decoders {
		for _, c := range goldenCases(t) {
			d := newDecoder(t, c.options(), turbo)
			got := make([]byte, d.o.Size())
			info, err := d.Decode(got, readFile(t, c.File))
			if err != nil {
				t.Errorf("%s: %+v: %v", name, c.options(), err)
				continue
			}
			if info.Width != c.Original[0] || info.Height != c.Original[1] {
				t.Errorf("%s: %dx%d, PIL has %v", c.File, info.Width, info.Height, c.Original)
			}
			most, mean := difference(got, c.Pixels)
			if m, n := c.tolerance(); most > m || mean > n {
				t.Errorf("%s: %s %dx%dx%d %s %s: differs from PIL by up to %d, want %d, in the mean by %.2f, want %.2f",
					name, c.File, c.Width, c.Height, c.Channels, c.Mode, c.Filter, most, m, mean, n)
			}
		}
	}
}

// newDecoder makes a Decoder with libjpeg-turbo or without.
func newDecoder(t testing.TB, o Options, turbo bool) *Decoder {
	t.Helper()
	d, err := NewDecoder(o)
	if err != nil {
		t.Fatal(err)
	}
	if !turbo {
		d.Close()
	}
	t.Cleanup(d.Close)
	return d
}

func difference(a, b []byte) (most int, mean float64) {
	if len(a) != len(b) {
		return math.MaxInt, math.Inf(1)
	}
	sum := 0
	for i := range a {
		d := int(a[i]) - int(b[i])
		d = max(d, -d)
		most, sum = max(most, d), sum+d
	}
	return most, float64(sum) / float64(len(a))
}
