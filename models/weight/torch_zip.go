package weight

import (
	"archive/zip"
	"bytes"
	"io"
	"math"
	"path"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

func isZip(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// torchZip is a file of torch.save since PyTorch 1.6: a zip without compression
// of a pickle, NAME/data.pkl, and a record for each storage, NAME/data/KEY.
type torchZip struct {
	folder   string
	records  map[string]*zip.File
	size     int64
	storages map[string]*storage
}

func readTorchZip(f io.ReaderAt, size int64) ([]entry, error) {
	r, err := zip.NewReader(f, size)
	if err != nil {
		return nil, broken("a PyTorch file is a zip, and this one cannot be read: %v", err)
	}
	z := &torchZip{records: map[string]*zip.File{}, size: size, storages: map[string]*storage{}}
	for _, rec := range r.File {
		if z.records[rec.Name] != nil {
			return nil, broken("zip: record %.80q is there twice", rec.Name)
		}
		z.records[rec.Name] = rec
		if folder, name := path.Split(rec.Name); name == "data.pkl" {
			z.folder = folder
		}
	}
	b, err := z.read(f, "data.pkl", maxPickle)
	if err != nil {
		return nil, err
	}
	if order, err := z.read(f, "byteorder", 16); err == nil && string(order) != "little" {
		return nil, fault.New(fault.Failed, "save it again on a little-endian machine", "PyTorch file in byte order %q", order)
	}
	if z.records[z.folder+"constants.pkl"] != nil {
		return nil, fault.New(fault.Failed, "in PyTorch save the state dict: torch.save(net.state_dict(), FILE)", "a TorchScript program, not weights")
	}
	v, _, err := unpickle(b, z.storage)
	if err != nil {
		return nil, err
	}
	return stateDict(v)
}

// place is where a record's bytes are. A compressed record is refused: PyTorch
// makes none, and what is not compressed cannot be larger than the file.
func (z *torchZip) place(name string) (at, n int64, err error) {
	rec := z.records[z.folder+name]
	if rec == nil {
		return 0, 0, broken("not a file of PyTorch: the zip has no record %.80q", z.folder+name)
	}
	if rec.Method != zip.Store || rec.UncompressedSize64 != rec.CompressedSize64 {
		return 0, 0, broken("zip: record %.80q is compressed, which PyTorch never does", rec.Name)
	}
	at, err = rec.DataOffset()
	if err != nil || rec.UncompressedSize64 > math.MaxInt64/2 || at+int64(rec.UncompressedSize64) > z.size {
		return 0, 0, broken("zip: record %.80q of %d bytes does not lie in the file of %d", rec.Name, rec.UncompressedSize64, z.size)
	}
	return at, int64(rec.UncompressedSize64), nil
}

// read is the content of a small record.
func (z *torchZip) read(f io.ReaderAt, name string, most int64) ([]byte, error) {
	at, n, err := z.place(name)
	if err != nil {
		return nil, err
	}
	if n > most {
		return nil, broken("zip: record %s has %d bytes, want at most %d", name, n, most)
	}
	b := make([]byte, n)
	if m, err := f.ReadAt(b, at); m < len(b) {
		return nil, err
	}
	return b, nil
}

func (z *torchZip) storage(id pyTuple) (*storage, error) {
	s, err := newStorage(id)
	if err != nil {
		return nil, err
	}
	if have := z.storages[s.key]; have != nil {
		if have.dtype.name != s.dtype.name || have.values != s.values {
			return nil, broken("pickle: storage %.40q is there as two kinds", s.key)
		}
		return have, nil
	}
	at, n, err := z.place("data/" + s.key)
	if err != nil {
		return nil, err
	}
	if n != int64(s.values)*int64(s.dtype.size) {
		return nil, broken("storage %.40q has %d bytes, want %d values of %s", s.key, n, s.values, s.dtype.name)
	}
	s.at = at
	z.storages[s.key] = s
	return s, nil
}
