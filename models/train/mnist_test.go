package train

import (
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestMNIST trains on real digits; PODIUM_MNIST is the folder of the four IDX
// files of MNIST (LeCun et al. 1998), gzipped.
func TestMNIST(t *testing.T) {
	dir := os.Getenv("PODIUM_MNIST")
	if dir == "" {
		t.Skip("SKIPPED: set PODIUM_MNIST to the folder of MNIST's four gzipped IDX files to train on real digits")
	}
	data := digits(t, dir, "train", 5000)
	c := Config{Net: Net{Arch: "mnist_bn"}, Input: [3]int{28, 28, 1}, Classes: 10, Seed: 1, Engine: newEngine(t),
		Phases: []Phase{{Epochs: 6, Batch: 64, LR: 3e-3, Schedule: "one_cycle", EMA: 0.97}}}
	m, _ := mustFit(t, c, data)
	got := accuracy(t, m, digits(t, dir, "t10k", 2000), 256)
	t.Logf("accuracy %.4f, loss %.3f, %.1f s an epoch", got, m.History[5].Loss, m.History[5].Seconds)
	if got < 0.97 {
		t.Errorf("accuracy on unseen digits: want at least 0.97, got %.4f", got)
	}
}

// digits reads the first images of a part of MNIST, normalised by the usual mean
// 0.1307 and standard deviation 0.3081.
func digits(t *testing.T, dir, part string, n int) *Memory {
	t.Helper()
	images := idx(t, filepath.Join(dir, part+"-images-idx3-ubyte.gz"), 3)
	labels := idx(t, filepath.Join(dir, part+"-labels-idx1-ubyte.gz"), 1)
	m := &Memory{X: make([]float32, n*28*28), Labels: make([]int, n), Classes: 10, Batch: 64, Seed: 1}
	for i := range m.X {
		m.X[i] = (float32(images[i])/255 - 0.1307) / 0.3081
	}
	for i := range m.Labels {
		m.Labels[i] = int(labels[i])
	}
	return m
}

// idx is the data of a gzipped IDX file of bytes with so many dimensions.
func idx(t *testing.T, path string, dims int) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 4+4*dims || binary.BigEndian.Uint32(b) != uint32(0x800+dims) {
		t.Fatal(fmt.Errorf("%s: not an IDX file of bytes with %d dimensions", path, dims))
	}
	return b[4+4*dims:]
}
