package photo

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// noise is n random bytes, many of them 0 or 255.
func noise(n int, path ...any) []byte {
	r, b := seed.Rand(1, path...), make([]byte, n)
	for i := range b {
		b[i] = byte(min(max(r.IntN(400)-70, 0), 255))
	}
	return b
}

// With the machine's kernels every bit is as without.
func TestKernels(t *testing.T) {
	t.Parallel()
	if kernels == nil {
		t.Skip("no kernels for this processor")
	}
	for i, s := range [][4]int{{500, 375, 224, 224}, {40, 33, 8, 9}, {17, 300, 16, 17}, {31, 3, 90, 70}, {1, 1, 25, 3}, {9, 200, 33, 1}, {640, 5, 7, 24}} {
		for f := Bilinear; f <= Area; f++ {
			for _, step := range []int{1, 3, 4} {
				w, h, tw, th := s[0], s[1], s[2], s[3]
				pix := noise(w*h*step, "resize", i)
				var src []plane
				for c := range min(step, 3) {
					src = append(src, plane{pix[c:], w * step, step, w, h, 1, 1})
				}
				var out [2][][]byte
				for j, k := range []*rowKernels{nil, kernels} {
					for range src {
						out[j] = append(out[j], make([]byte, tw*th))
					}
					z := resizer{kernels: k}
					z.resize(out[j], src, box{0.25, 0, float64(w) - 0.25, float64(h)}, tw, th, f)
				}
				for c := range src {
					if !bytes.Equal(out[0][c], out[1][c]) {
						t.Errorf("%v, filter %d, %d bytes a pixel, channel %d: other bytes", s, f, step, c)
					}
				}
			}
		}
	}
	for i, most := range []int{1, 40, 300, 4000, 1 << 16} {
		r, values, factors := seed.Rand(1, "blocks", i), make([][64]int16, 6), new([64]int16)
		for k := range factors {
			factors[k] = int16(1 + r.IntN(min(most, 255)))
			for b := range values {
				if r.IntN(3) == 0 {
					values[b][k] = int16(r.IntN(most) - most/2)
				}
			}
		}
		want, got := make([]byte, 6*64), make([]byte, 6*64)
		(*rowKernels)(nil).idct(want, 8, values, factors)
		narrow := *kernels
		narrow.blocks4 = nil
		for _, k := range []*rowKernels{kernels, &narrow} {
			if k.idct(got, 8, values, factors); !bytes.Equal(got, want) {
				t.Errorf("values up to %d: other pixels (AVX-512: %t)", most, k.blocks4 != nil)
			}
		}
	}
	for _, n := range []int{1, 15, 16, 17, 64, 1000} {
		y, cb, cr := noise(n, "y", n), noise(n, "cb", n), noise(n, "cr", n)
		want, got := make([]byte, 3*n+1), make([]byte, 3*n+1)
		(*rowKernels)(nil).ycbcr(want[:3*n], y, cb, cr)
		kernels.ycbcr(got[:3*n], y, cb, cr)
		if !bytes.Equal(got, want) {
			t.Errorf("%d pixels: other colours", n)
		}
	}
}

// TestGenerated writes the assembly again and compares it with what is committed.
func TestGenerated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "run", "./internal/rowgen", "-out", dir).CombinedOutput(); err != nil {
		t.Fatalf("go run ./internal/rowgen: %v\n%s", err, out)
	}
	for _, ext := range []string{"s", "go"} {
		fresh, err := os.ReadFile(filepath.Join(dir, "rows_amd64."+ext))
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile("rows_amd64." + ext)
		// A checkout on Windows may have other line ends.
		if err != nil || !bytes.Equal(fresh, bytes.ReplaceAll(committed, []byte("\r\n"), []byte("\n"))) {
			t.Errorf("rows_amd64.%s is not what its generator writes: run go generate (%v)", ext, err)
		}
	}
}

// BenchmarkDecode is a JPEG of 423x309 to 224x224, with libjpeg-turbo, where the
// machine has it, and without.
func BenchmarkDecode(b *testing.B) {
	file := readFile(b, "large.jpg")
	for _, turbo := range []bool{true, false} {
		b.Run(fmt.Sprint("turbo=", turbo), func(b *testing.B) {
			d := newDecoder(b, Options{Height: 224, Width: 224}, turbo)
			dst := make([]byte, d.o.Size())
			for b.Loop() {
				if _, err := d.Decode(dst, file); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
