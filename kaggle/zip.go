package kaggle

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// A zip that would unpack to more than bombRatio times its own size, and to more
// than bombFloor bytes, is refused. DEFLATE cannot do more than 1,032 times, and
// a file of commas and zeros reaches some hundred; what is larger than that and
// large at all is made to fill a disk, or is rare enough to be unpacked by hand.
const (
	bombRatio = 200
	bombFloor = 1 << 30
)

var (
	errBomb = errors.New("unpacks to far more than it is")
	errKind = errors.New("podium cannot unpack it")
)

// entry is a file in a zip and where it goes, with "/".
type entry struct {
	*zip.File
	path string
}

// survey reads the directory of a zip of so many bytes and gives its files,
// whose places are below the folder prefix ("" or a path), and how large they
// will be together. It fails, before a byte is written, if any of them could not
// be put where its name says or if the whole is not to be trusted.
func survey(r io.ReaderAt, size int64, prefix string, windows bool, fold func() bool) (files []entry, total int64, err error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, 0, err
	}
	var packed uint64
	names := make([]string, 0, len(z.File))
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue // a folder is made when a file needs it
		}
		if err := supported(f); err != nil {
			return nil, 0, fmt.Errorf("%.200q: %w", f.Name, err)
		}
		packed += f.CompressedSize64
		total += int64(min(f.UncompressedSize64, 1<<62))
		if total < 0 || total > 1<<62 || packed > uint64(size) {
			return nil, 0, fmt.Errorf("%w: its files overlap or have no end", errBomb)
		}
		files = append(files, entry{f, prefix + readable(f.Name)})
		names = append(names, prefix+readable(f.Name))
	}
	if total > bombFloor && total/bombRatio > size {
		return nil, 0, fmt.Errorf("%w: %s of %s", errBomb, sizeText(total), sizeText(size))
	}
	return files, total, checkNames(names, windows, fold)
}

// supported says why an entry cannot be unpacked, nil if it can: links, devices
// and pipes are not, nor is what is encrypted or not made by DEFLATE.
func supported(f *zip.File) error {
	switch {
	case f.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%w: it is a link", errKind)
	case !f.Mode().IsRegular():
		return fmt.Errorf("%w: it is no file (%v)", errKind, f.Mode().Type())
	case f.Flags&1 != 0:
		return fmt.Errorf("%w: it is encrypted", errKind)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Errorf("%w: compression method %d", errKind, f.Method)
	}
	return nil
}

// readable is an entry's name with what is no UTF-8 written as %FF: which
// characters old programs meant by it is not in the zip.
func readable(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, "%%%02X", name[i])
		} else {
			b.WriteString(name[i : i+n])
		}
		i += n
	}
	return b.String()
}
