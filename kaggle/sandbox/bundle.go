package sandbox

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// bundle is one zip of all files of a competition that lies nowhere: the bytes
// that zip adds are in memory, those of the files stay where they are. Files
// are stored, not compressed, so that where each byte lies is known beforehand
// and any range can be served. It is an io.ReaderAt for one goroutine.
type bundle struct {
	pieces   []piece
	size     int64
	modified time.Time // of the latest file
	name     string    // another one if anything in it changed
	open     *os.File  // the file that was read last, nil at first
}

// piece is a run of bytes: of zip itself, or a whole file.
type piece struct {
	at   int64 // first byte, in the bundle
	size int64
	text []byte // nil: a file
	file string
}

// newBundle lays out a competition's files as they are now.
func (s *Sandbox) newBundle(comp *competition) (*bundle, error) {
	list, err := comp.files()
	if err != nil {
		return nil, err
	}
	l := &layout{b: &bundle{}, digest: sha256.New()}
	z := zip.NewWriter(l)
	for _, f := range list {
		path := filepath.Join(comp.data(), filepath.FromSlash(f.Name))
		if err := s.bundleFile(z, l, f.Name, path); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	l.b.name = hex.EncodeToString(l.digest.Sum(nil))
	return l.b, nil
}

func (s *Sandbox) bundleFile(z *zip.Writer, l *layout, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	sum, err := s.sums.of(f, st)
	if err != nil {
		return err
	}
	h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: sum.crc32}
	h.CompressedSize64, h.UncompressedSize64 = uint64(st.Size()), uint64(st.Size())
	//lint:ignore SA1019 CreateRaw writes a header as it is: Modified would be left out
	h.SetModTime(st.ModTime().UTC())
	w, err := z.CreateRaw(h)
	if err != nil {
		return err
	}
	if err := z.Flush(); err != nil { // what stands before the file is in l now
		return err
	}
	l.file(path, st.Size())
	for left := st.Size(); left > 0; { // zip only counts them
		n, err := w.Write(zeros[:min(left, int64(len(zeros)))])
		if err != nil {
			return err
		}
		left -= int64(n)
	}
	if l.b.modified.Before(st.ModTime()) {
		l.b.modified = st.ModTime()
	}
	return z.Flush()
}

// zeros stand for the bytes of files; nobody writes to them.
var zeros = make([]byte, 1<<20)

// layout takes what zip writes and keeps it, but for the bytes of files.
type layout struct {
	b      *bundle
	digest hash.Hash // of what is kept
	skip   int64     // bytes of a file that are still to come
}

func (l *layout) file(path string, size int64) {
	l.skip = size
	if size > 0 {
		l.b.pieces = append(l.b.pieces, piece{at: l.b.size, size: size, file: path})
		l.b.size += size
	}
}

func (l *layout) Write(p []byte) (int, error) {
	all := len(p)
	n := min(int64(all), l.skip)
	l.skip -= n
	if p = p[n:]; len(p) == 0 {
		return all, nil
	}
	_, _ = l.digest.Write(p) // a hash never fails
	l.b.pieces = append(l.b.pieces, piece{at: l.b.size, size: int64(len(p)), text: slices.Clone(p)})
	l.b.size += int64(len(p))
	return all, nil
}

// ReadAt reads as from a file.
func (b *bundle) ReadAt(p []byte, at int64) (int, error) {
	i, hit := slices.BinarySearchFunc(b.pieces, at, func(one piece, at int64) int {
		switch {
		case at < one.at:
			return 1
		case at >= one.at+one.size:
			return -1
		}
		return 0
	})
	done := 0
	for hit && done < len(p) && i < len(b.pieces) {
		n, err := b.read(b.pieces[i], p[done:], at+int64(done)-b.pieces[i].at)
		done += n
		if err != nil {
			return done, err
		}
		i++
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

// read fills p from the byte from of a piece on, as far as the piece goes.
func (b *bundle) read(one piece, p []byte, from int64) (int, error) {
	p = p[:min(int64(len(p)), one.size-from)]
	if one.text != nil {
		return copy(p, one.text[from:]), nil
	}
	if b.open == nil || b.open.Name() != one.file {
		b.close()
		f, err := os.Open(one.file)
		if err != nil {
			return 0, err
		}
		b.open = f
	}
	n, err := b.open.ReadAt(p, from)
	if errors.Is(err, io.EOF) && n < len(p) {
		err = io.ErrUnexpectedEOF // it is shorter than it was
	}
	if n == len(p) {
		err = nil
	}
	return n, err
}

func (b *bundle) close() {
	if b.open != nil {
		_ = b.open.Close() // was only read
		b.open = nil
	}
}
