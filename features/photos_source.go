package features

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// photoFile is a photo that was found.
type photoFile struct {
	name   string   // with "/", below the folder or in the zip
	values []string // of the columns
	size   int64    // bytes, as it says
	open   func() (io.ReadCloser, error)
}

// photoSource is a zip or a folder with photos. A zip is read where it is.
type photoSource struct {
	files  []photoFile // by name: a zip and the folder that it was made of give the same
	closer io.Closer
}

// openPhotos lists the files at path, a zip or a folder, that match.
func openPhotos(path string, p *pattern) (*photoSource, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	list := listZip
	switch {
	case st.IsDir():
		list = listFolder
	case anyPhoto.MatchString(filepath.Base(path)):
		list = listPhoto
	}
	s, err := list(path, p)
	if err != nil {
		return nil, fmt.Errorf("photos in %s: %w", path, err)
	}
	slices.SortFunc(s.files, func(a, b photoFile) int { return cmp.Compare(a.name, b.name) })
	for i := range s.files {
		if i > 0 && s.files[i].name == s.files[i-1].name {
			s.closer.Close()
			return nil, fmt.Errorf("photos in %s: %.200q is there twice", path, s.files[i].name)
		}
	}
	return s, nil
}

// misfits are the files that do not match a pattern.
type misfits struct {
	p    *pattern
	seen []string // the first few
	lost []string // photos that lie where the pattern's do
}

func (m *misfits) add(name string) {
	if len(m.seen) < 3 {
		m.seen = append(m.seen, fmt.Sprintf("%.100q", name))
	}
	if m.p.misses(name) {
		m.lost = append(m.lost, name)
	}
}

// check is an error where no file matches, and where a photo would be left out: it has
// no label, or another name than the pattern's author thought of.
func (m *misfits) check(photos int) error {
	hint, more := "there is nothing in it", ""
	if len(m.seen) > 0 {
		hint = "there are names such as " + strings.Join(m.seen, ", ")
	}
	switch {
	case photos == 0:
		return fault.New(fault.Usage, hint, "no file matches %q", m.p.text)
	case len(m.lost) > 1:
		more = fmt.Sprintf(", nor do %d other photos", len(m.lost)-1)
	}
	if len(m.lost) > 0 {
		return fault.New(fault.Failed, "mend the pattern, or take away what is not to be used; none is left out silently",
			"photo %.200q does not match %q%s", slices.Min(m.lost), m.p.text, more)
	}
	return nil
}

// listZip trusts a zip as little as the downloads' unzip does: names that leave
// it, links, encrypted files and files that overlap are refused before anything
// is read.
func listZip(path string, p *pattern) (*photoSource, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s := &photoSource{closer: f}
	if err := s.readZip(f, p); err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

func (s *photoSource) readZip(f *os.File, p *pattern) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, st.Size())
	if err != nil {
		return fault.Wrap(err, fault.Failed, "give a folder or a zip of photos", "want a zip")
	}
	var packed uint64
	others := misfits{p: p}
	for _, e := range z.File {
		if packed += e.CompressedSize64; e.CompressedSize64 > uint64(st.Size()) || packed > uint64(st.Size()) {
			return errors.New("the zip's files overlap or have no end")
		}
		if strings.HasSuffix(e.Name, "/") {
			continue
		}
		values, ok := p.match(e.Name)
		if !ok {
			others.add(e.Name)
			continue
		}
		if err := readableEntry(e); err != nil {
			return fmt.Errorf("%.200q: %w", e.Name, err)
		}
		s.files = append(s.files, photoFile{e.Name, values, int64(min(e.UncompressedSize64, 1<<62)), e.Open})
	}
	return others.check(len(s.files))
}

// readableEntry says why an entry of a zip is refused.
func readableEntry(e *zip.File) error {
	switch {
	case !fs.ValidPath(e.Name):
		return errors.New("the name leads out of the zip")
	case !e.Mode().IsRegular():
		return fmt.Errorf("it is no file (%v)", e.Mode().Type())
	case e.Flags&1 != 0:
		return errors.New("it is encrypted")
	case e.Method != zip.Store && e.Method != zip.Deflate:
		return fmt.Errorf("compression method %d", e.Method)
	}
	return nil
}

// listPhoto takes the photo at path as a folder of one.
func listPhoto(path string, p *pattern) (*photoSource, error) {
	name := filepath.Base(path)
	values, ok := p.match(name)
	if !ok {
		others := misfits{p: p}
		others.add(name)
		return nil, others.check(0)
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return os.Open(path) }
	return &photoSource{files: []photoFile{{name, values, st.Size(), open}}, closer: io.NopCloser(nil)}, nil
}

// listFolder does not follow links.
func listFolder(path string, p *pattern) (*photoSource, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	s := &photoSource{closer: root}
	others := misfits{p: p}
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		values, ok := p.match(name)
		if !ok {
			others.add(name)
			return nil
		}
		st, err := e.Info()
		if err != nil {
			return err
		}
		open := func() (io.ReadCloser, error) { return root.Open(filepath.FromSlash(name)) }
		s.files = append(s.files, photoFile{name, values, st.Size(), open})
		return nil
	})
	if err == nil {
		err = others.check(len(s.files))
	}
	if err != nil {
		root.Close()
		return nil, err
	}
	return s, nil
}

// read reads the file into buf, which grows. It has at most the bytes that it
// says it has.
func (f *photoFile) read(buf []byte) ([]byte, error) {
	r, err := f.open()
	if err != nil {
		return buf, err
	}
	defer r.Close()
	if int64(cap(buf)) < f.size {
		buf = make([]byte, f.size)
	}
	buf = buf[:f.size]
	if n, err := io.ReadFull(r, buf); err != nil {
		return buf, fmt.Errorf("want %d bytes, got %d: %w", f.size, n, err)
	}
	switch n, err := r.Read(make([]byte, 1)); { // the end, where a zip compares the checksum
	case n > 0:
		return buf, fmt.Errorf("want %d bytes, got more", f.size)
	case err != nil && !errors.Is(err, io.EOF):
		return buf, err
	}
	return buf, nil
}
