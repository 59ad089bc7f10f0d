package kaggle

import (
	"context"
	"io"
	"os"
	"slices"
)

// there says whether dest is the object already: same length and checksum or,
// where storage gives no checksum, same length and not older. It is unsure
// where the checksum decides. An unpacked file has another length and sum than
// its zip; there the time that finish set must be the object's, to the second.
func (t *transfer) there(o object) (right, unsure bool) {
	st, err := os.Stat(t.dest)
	switch {
	case err != nil || !st.Mode().IsRegular():
		return false, false
	case o.zipped:
		return !o.modified.IsZero() && st.ModTime().Unix() == o.modified.Unix(), false
	case o.total < 0 || st.Size() != o.total:
		return false, false
	case o.sums.none():
		return !o.modified.IsZero() && !st.ModTime().Before(o.modified), false
	}
	return false, true
}

// sameSum compares the checksum of dest.
func (t *transfer) sameSum(ctx context.Context, o object) bool {
	f, err := os.Open(t.dest)
	if err != nil {
		return false
	}
	defer f.Close()
	return o.sums.check(&reader{ctx: ctx, r: f, moved: func(n int64) { t.progress(n, o.total) }}) == nil
}

// reader reads until ctx ends, and tells how far it is.
type reader struct {
	ctx   context.Context
	r     io.Reader
	moved func(n int64)
	n     int64
}

func (r *reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(b)
	r.n += int64(n)
	r.moved(r.n)
	return n, err
}

// plausible asks the list of files about an object that comes with no checksum:
// what a broken front end sends with status 200 would pass for the file.
func (t *transfer) plausible(ctx context.Context, o object, total int64) error {
	if !o.sums.none() || o.zipped || o.recoded || t.file == "" {
		return nil
	}
	if t.listed < 0 {
		files, err := t.c.Files(ctx, t.slug)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(files, func(f File) bool { return f.Name == t.file })
		if i < 0 {
			return nil
		}
		t.listed = files[i].Size
	}
	if t.listed != total {
		return t.errorf(ErrServer, "storage gives %d bytes and no checksum, the list of files says %d", total, t.listed)
	}
	return nil
}

// verify compares what arrived with the object's checksum or, without one and
// where that was not known before, its length with the list.
func (t *transfer) verify(ctx context.Context, p *part, o object) error {
	if o.total < 0 {
		if err := t.plausible(ctx, o, p.plan.total); err != nil {
			return err
		}
	}
	var err error
	if o.sums.crc32c != nil {
		err = o.sums.checkCRC(p.plan.crc())
	} else {
		err = o.sums.check(&reader{ctx: ctx, r: io.NewSectionReader(p.f, 0, p.plan.total), moved: func(int64) {}})
	}
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	p.drop()
	return t.errorf(ErrCorrupt, "%w", err)
}
