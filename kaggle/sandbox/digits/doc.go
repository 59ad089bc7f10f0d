// Package digits holds handwritten digits for the sandbox's digit-recognizer:
// a part of MNIST inside the program (Embedded), the whole of it from the four
// IDX files (ReadMNIST), the fixed split into labelled and hidden rows (Split),
// and the writing of both in Kaggle's columns (WriteTrain, WriteTest).
//
// README.md says where the digits come from and under which licence they are.
// The command in gen makes the embedded file from the MNIST files.
package digits

// Side is the width and height of an image, Pixels the bytes of one: grey
// levels 0..255, row by row, 0 the paper.
const (
	Side   = 28
	Pixels = Side * Side
)

// Set is labelled images: image i is Images[i*Pixels:(i+1)*Pixels].
type Set struct {
	Labels []byte // 0..9
	Images []byte
}

// Len is the number of images.
func (s Set) Len() int { return len(s.Labels) }

// Image is the pixels of image i, not a copy.
func (s Set) Image(i int) []byte { return s.Images[i*Pixels : (i+1)*Pixels] }

// Pick is the set of the images at rows, in that order, copied.
func (s Set) Pick(rows []int) Set {
	p := Set{Labels: make([]byte, len(rows)), Images: make([]byte, 0, len(rows)*Pixels)}
	for i, r := range rows {
		p.Labels[i] = s.Labels[r]
		p.Images = append(p.Images, s.Image(r)...)
	}
	return p
}
