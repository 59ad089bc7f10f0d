package kaggle

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// finish makes the part the file: durable first, then under its name.
func (t *transfer) finish(ctx context.Context, p *part, o object) error {
	if err := p.f.Sync(); err != nil {
		return t.diskError(err)
	}
	if err := p.mine(); err != nil {
		return t.errorf(ErrNetwork, "%w", err)
	}
	if o.zipped {
		if err := t.unpack(ctx, p.f, p.plan.total); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return t.unpackError(p, err)
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

// unpack writes the one file inside the zip at src to the destination.
func (t *transfer) unpack(ctx context.Context, src io.ReaderAt, size int64) error {
	z, err := zip.NewReader(src, size)
	if err != nil {
		return err
	}
	want := path.Base(t.file)
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return path.Base(f.Name) == want && !strings.HasSuffix(f.Name, "/") })
	if i < 0 {
		return fmt.Errorf("no %s in the zip", want)
	}
	f, dir := z.File[i], filepath.Dir(t.dest)
	if err := supported(f); err != nil {
		return err
	}
	if free, known := t.c.free(dir); known && f.UncompressedSize64 > uint64(free) {
		return t.c.noSpace(t.op(), t.slug, dir, int64(min(f.UncompressedSize64, 1<<62)), free)
	}
	u, err := newUnpacker(dir, func(int64) {})
	if err != nil {
		return err
	}
	defer u.root.Close()
	if err := u.all(ctx, []entry{{f, filepath.Base(t.dest)}}); err != nil {
		return err
	}
	return u.sync()
}

// unpackError keeps the part only where the disk, not the zip, is to blame.
func (t *transfer) unpackError(p *part, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	if fault.HintOf(fault.Disk(err, t.dest)) != "" {
		return t.diskError(err)
	}
	p.drop()
	return t.errorf(ErrCorrupt, "unpack: %w", err)
}

func (t *transfer) result(o object, fetched bool) Downloaded {
	d := Downloaded{Name: t.file, Path: t.dest, Fetched: fetched, Verified: !o.sums.none()}
	if st, err := os.Stat(t.dest); err == nil {
		d.Bytes = st.Size()
	}
	t.progress(d.Bytes, d.Bytes)
	return d
}
