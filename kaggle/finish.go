package kaggle

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// finish makes the part the file: durable first, then under its name.
func (t *transfer) finish(p *part, o object) error {
	if err := p.f.Sync(); err != nil {
		return t.diskError(err)
	}
	if err := p.mine(); err != nil {
		return t.errorf(ErrNetwork, "%w", err)
	}
	if o.zipped {
		if err := t.unpack(p.f, o.total); err != nil {
			p.drop()
			return t.errorf(ErrCorrupt, "unpack: %w", err)
		}
	} else {
		path := p.path
		_ = p.f.Close() // it is synced; Windows renames no open file
		p.f = nil
		if err := os.Rename(path, t.dest); err != nil {
			return t.diskError(err)
		}
	}
	p.drop()
	if !o.modified.IsZero() {
		if err := os.Chtimes(t.dest, o.modified, o.modified); err != nil {
			return t.diskError(err)
		}
	}
	if err := atomicfile.SyncDir(filepath.Dir(t.dest)); err != nil {
		return t.diskError(err)
	}
	return nil
}

// unpack writes the one file inside the zip at src to the destination. Its
// checksum is in the zip and is checked by the reader; DEFLATE cannot grow
// more than about a thousandfold, so the disk is bounded by the download.
func (t *transfer) unpack(src io.ReaderAt, size int64) error {
	z, err := zip.NewReader(src, size)
	if err != nil {
		return err
	}
	want := path.Base(t.file)
	for _, f := range z.File {
		if path.Base(f.Name) != want || !f.Mode().IsRegular() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		defer r.Close()
		return atomicfile.Write(t.dest, 0o644, func(w io.Writer) error {
			_, err := io.Copy(w, r)
			return err
		})
	}
	return fmt.Errorf("no %s in the zip", want)
}

func (t *transfer) result(o object, fetched bool) Downloaded {
	d := Downloaded{Name: t.file, Path: t.dest, Fetched: fetched, Verified: !o.sums.none()}
	if st, err := os.Stat(t.dest); err == nil {
		d.Bytes = st.Size()
	}
	t.progress(d.Bytes, d.Bytes)
	return d
}
