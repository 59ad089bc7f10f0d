package digits_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/digits"
)

// mnistCounts are the numbers of each digit in MNIST's 70,000 (60,000 and
// 10,000 added up; http://yann.lecun.com/exdb/mnist).
var mnistCounts = [10]int{6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	train, test, err := digits.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 10_000 || test.Len() != 5_000 || len(train.Images) != 10_000*digits.Pixels || len(test.Images) != 5_000*digits.Pixels {
		t.Fatalf("%d and %d images", train.Len(), test.Len())
	}
	for name, s := range map[string]digits.Set{"train": train, "test": test} {
		var counts [10]int
		for _, l := range s.Labels {
			counts[l]++
		}
		for d, n := range counts {
			if want := float64(mnistCounts[d]) * float64(s.Len()) / digits.MNISTRows; math.Abs(float64(n)-want) > 1.5 {
				t.Errorf("%s: digit %d: %d rows, want about %.1f", name, d, n, want)
			}
		}
		if bytes.IndexByte(s.Images, 255) < 0 || slices.IsSorted(s.Labels) {
			t.Errorf("%s: no ink, or not shuffled", name)
		}
	}
	seen := map[string]bool{}
	for _, s := range []digits.Set{train, test} {
		for i := range s.Len() {
			seen[string(s.Image(i))] = true
		}
	}
	if len(seen) != 15_000 {
		t.Errorf("%d different images of 15,000: a hidden one may be among the labelled", len(seen))
	}
}

// TestEmbeddedIsReproducible makes the embedded digits from MNIST anew.
func TestEmbeddedIsReproducible(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("PODIUM_MNIST")
	if dir == "" {
		t.Skip("SKIPPED: set PODIUM_MNIST to the folder with MNIST's four IDX files")
	}
	all, err := digits.ReadMNIST(dir)
	if err != nil {
		t.Fatal(err)
	}
	var counts [10]int
	for _, l := range all.Labels {
		counts[l]++
	}
	if counts != mnistCounts {
		t.Errorf("counts %v, want %v", counts, mnistCounts)
	}
	want, err := digits.Subset(all)
	if err != nil {
		t.Fatal(err)
	}
	train, test, err := digits.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want.Labels, append(slices.Clone(train.Labels), test.Labels...)) || !bytes.Equal(want.Images, append(slices.Clone(train.Images), test.Images...)) {
		t.Error("digits.gz is not what gen makes of these files")
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	labels := make([]byte, 1003)
	for i := range labels {
		labels[i] = byte(i * i % 10)
	}
	train, test, err := digits.Split(labels, 600, 403, 7)
	if err != nil {
		t.Fatal(err)
	}
	all := append(slices.Clone(train), test...)
	slices.Sort(all)
	for i, r := range all {
		if i != r {
			t.Fatalf("row %d is missing or twice", i)
		}
	}
	var total, inTrain [10]int
	for _, l := range labels {
		total[l]++
	}
	for _, r := range train {
		inTrain[labels[r]]++
	}
	for d := range total {
		if want := float64(total[d]) * 600 / 1003; math.Abs(float64(inTrain[d])-want) >= 1 {
			t.Errorf("digit %d: %d of %d in train, want %.1f", d, inTrain[d], total[d], want)
		}
	}
	again, _, err := digits.Split(labels, 600, 403, 7)
	if err != nil || !slices.Equal(train, again) {
		t.Error("the same seed gives other rows")
	}
	if other, _, _ := digits.Split(labels, 600, 403, 8); slices.Equal(train, other) {
		t.Error("another seed gives the same rows")
	}
	if _, _, err := digits.Split(labels, 1000, 4, 7); err == nil {
		t.Error("more rows than there are")
	}
}

// idx is a file in IDX format.
func idx(magic []byte, sizes []uint32, data []byte) []byte {
	b := slices.Clone(magic)
	for _, s := range sizes {
		b = append(b, byte(s>>24), byte(s>>16), byte(s>>8), byte(s))
	}
	return append(b, data...)
}

func TestReadMNISTRefuses(t *testing.T) {
	t.Parallel()
	images := idx([]byte{0, 0, 8, 3}, []uint32{2, 28, 28}, make([]byte, 2*784))
	labels := idx([]byte{0, 0, 8, 1}, []uint32{2}, []byte{3, 4})
	for _, c := range []struct {
		name           string
		images, labels []byte
		want           string
	}{
		{"too few", images, labels, "want 70000 images, got 4"},
		{"short", images[:1000], labels, "want 1568 bytes"},
		{"long", append(slices.Clone(images), 0), labels, "want 1568 bytes"},
		{"magic", labels, labels, "header"},
		{"wrong type", idx([]byte{0, 0, 13, 3}, []uint32{2, 28, 28}, nil), labels, "magic number: want 00 00 08 03, got 00 00 0d 03"},
		{"size", idx([]byte{0, 0, 8, 3}, []uint32{2, 32, 32}, nil), labels, "want images of 28x28, got 32x32"},
		{"huge", idx([]byte{0, 0, 8, 3}, []uint32{1 << 31, 28, 28}, nil), labels, "want at most 70000 items"},
		{"no digit", images, idx([]byte{0, 0, 8, 1}, []uint32{2}, []byte{3, 10}), "label 1: want a digit 0..9, got 10"},
		{"counts", images, idx([]byte{0, 0, 8, 1}, []uint32{1}, []byte{3}), "1 labels but 2 images"},
		{"empty", nil, labels, "header: EOF"},
	} {
		dir := t.TempDir()
		for _, part := range []string{"train", "t10k"} {
			for name, b := range map[string][]byte{part + "-images-idx3-ubyte": c.images, part + "-labels-idx1-ubyte": c.labels} {
				if part == "t10k" { // one part gzipped, one not
					var z bytes.Buffer
					w := gzip.NewWriter(&z)
					_, _ = w.Write(b)
					_ = w.Close()
					b, name = z.Bytes(), name+".gz"
				}
				if err := os.WriteFile(dir+"/"+name, b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := digits.ReadMNIST(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestBaselines(t *testing.T) {
	t.Parallel()
	all, err := digits.Baselines()
	if err != nil || len(all) < 40 {
		t.Fatalf("%d baselines, %v", len(all), err)
	}
	for _, b := range all {
		if !strings.HasPrefix(b.Team, "synthetic: ") || b.Source == "" || b.Accuracy <= 0 || b.Accuracy >= 1 {
			t.Errorf("%+v", b)
		}
		sd := math.Sqrt(b.Accuracy * (1 - b.Accuracy) / 20_000)
		if got := b.Draw(20_000, 1, "x"); math.Abs(got-b.Accuracy) > 5*sd || got != b.Draw(20_000, 1, "x") {
			t.Errorf("%s: drew %v, want about %v, the same each time", b.Team, got, b.Accuracy)
		}
	}
}

func ExampleWriteTrain() {
	image := make([]byte, digits.Pixels)
	image[0] = 255
	var b strings.Builder
	err := digits.WriteTrain(&b, digits.Set{Labels: []byte{7}, Images: image})
	head, row, _ := strings.Cut(b.String(), "\n")
	fmt.Println(head[:20], row[:9], err)
	// Output:
	// label,pixel0,pixel1, 7,255,0,0 <nil>
}
