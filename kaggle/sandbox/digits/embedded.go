package digits

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the digits
	"fmt"
	"io"
)

// EmbeddedTrain and EmbeddedTest are the numbers of labelled and of hidden
// rows inside the program; in the file the labelled ones come first.
const (
	EmbeddedTrain = 10_000
	EmbeddedTest  = 5_000
)

//go:embed digits.gz
var packed []byte

// Embedded unpacks the digits inside the program: about 12 MB, 0.1 s.
func Embedded() (train, test Set, err error) {
	const n = EmbeddedTrain + EmbeddedTest
	all, err := unpack(bytes.NewReader(packed), n)
	if err != nil {
		return Set{}, Set{}, fmt.Errorf("embedded digits: %w", err)
	}
	train = Set{Labels: all.Labels[:EmbeddedTrain], Images: all.Images[:EmbeddedTrain*Pixels]}
	test = Set{Labels: all.Labels[EmbeddedTrain:], Images: all.Images[EmbeddedTrain*Pixels:]}
	return train, test, nil
}

// unpack reads n labels and n images from gzip; nothing may follow.
func unpack(r io.Reader, n int) (Set, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return Set{}, err
	}
	buf := make([]byte, n*(1+Pixels))
	if _, err := io.ReadFull(z, buf); err != nil {
		return Set{}, err
	}
	if extra, err := io.Copy(io.Discard, z); err != nil || extra > 0 {
		return Set{}, fmt.Errorf("%d bytes too many (%v)", extra, err)
	}
	return Set{Labels: buf[:n], Images: buf[n:]}, nil
}

// Pack writes a set in the form that Embedded reads: the labels, then the
// images, under gzip.
func Pack(w io.Writer, s Set) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(s.Labels); err != nil {
		return err
	}
	if _, err := z.Write(s.Images); err != nil {
		return err
	}
	return z.Close()
}

// Subset draws the embedded digits out of all of MNIST: the labelled ones,
// then the hidden ones.
func Subset(all Set) (Set, error) {
	train, test, err := Split(all.Labels, EmbeddedTrain, EmbeddedTest, 1)
	if err != nil {
		return Set{}, err
	}
	return all.Pick(append(train, test...)), nil
}
