package digits

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// MNISTRows is the number of images in MNIST's two parts together.
const MNISTRows = 70_000

// mnist are the four files by their usual names, without ".gz".
var mnist = [2][2]string{
	{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
	{"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"},
}

// ReadMNIST reads the four IDX files in dir, gzipped or not, into one set of
// 70,000: the 60,000 first, then the 10,000.
func ReadMNIST(dir string) (Set, error) {
	var all Set
	for _, pair := range mnist {
		images, err := readIDX(dir, pair[0], 3)
		if err != nil {
			return Set{}, err
		}
		labels, err := readIDX(dir, pair[1], 1)
		if err != nil {
			return Set{}, err
		}
		if len(images) != len(labels)*Pixels {
			return Set{}, fmt.Errorf("MNIST in %s: %d labels but %d images in %s", dir, len(labels), len(images)/Pixels, pair[0])
		}
		for i, l := range labels {
			if l > 9 {
				return Set{}, fmt.Errorf("read %s: label %d: want a digit 0..9, got %d", filepath.Join(dir, pair[1]), i, l)
			}
		}
		all.Labels, all.Images = append(all.Labels, labels...), append(all.Images, images...)
	}
	if all.Len() != MNISTRows {
		return Set{}, fmt.Errorf("MNIST in %s: want %d images, got %d", dir, MNISTRows, all.Len())
	}
	return all, nil
}

// readIDX reads one file of bytes with the wanted number of dimensions.
func readIDX(dir, name string, dims int) ([]byte, error) {
	path := filepath.Join(dir, name+".gz")
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		path = filepath.Join(dir, name)
		f, err = os.Open(path)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "the folder must hold MNIST's four files, as train-images-idx3-ubyte.gz", "MNIST in %s", dir)
	}
	defer f.Close()
	var r io.Reader = bufio.NewReader(f)
	if filepath.Ext(path) == ".gz" {
		if r, err = gzip.NewReader(r); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
	data, err := parseIDX(r, dims)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}

// parseIDX reads the format of yann.lecun.com/exdb/mnist: a magic number (two
// zeros, type 8 for bytes, dimensions), each dimension as a big-endian uint32,
// the bytes.
func parseIDX(r io.Reader, dims int) ([]byte, error) {
	head := make([]byte, 4+4*dims)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if want := [4]byte{0, 0, 8, byte(dims)}; [4]byte(head[:4]) != want {
		return nil, fmt.Errorf("magic number: want % x, got % x", want, head[:4])
	}
	n := int64(binary.BigEndian.Uint32(head[4:]))
	if n > MNISTRows {
		return nil, fmt.Errorf("want at most %d items, got %d", MNISTRows, n)
	}
	if dims == 3 {
		h, w := binary.BigEndian.Uint32(head[8:]), binary.BigEndian.Uint32(head[12:])
		if h != Side || w != Side {
			return nil, fmt.Errorf("want images of %dx%d, got %dx%d", Side, Side, h, w)
		}
		n *= Pixels
	}
	data, err := io.ReadAll(io.LimitReader(r, n+1)) // grows with the data, not with what the header claims
	if err != nil {
		return nil, err
	}
	if int64(len(data)) != n {
		return nil, fmt.Errorf("want %d bytes after the header, got %d or more", n, len(data))
	}
	return data, nil
}
