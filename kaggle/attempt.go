package kaggle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// attempt goes from what the part has to the whole file, if nothing goes wrong
// that a lane cannot mend by itself.
func (t *transfer) attempt(ctx context.Context, p *part) (Downloaded, error) {
	a, err := t.ask(ctx, t.next(p))
	if err != nil {
		t.fresh = t.fresh || errors.Is(err, errChanged)
		return Downloaded{}, err
	}
	defer func() { a.close() }()
	right, unsure := t.there(a.object)
	if unsure && !t.compared {
		a.close() // hashing may take longer than storage waits
		if right = t.sameSum(a.object); !right {
			t.compared = true
			return t.attempt(ctx, p)
		}
	}
	if right {
		p.drop()
		return t.result(a.object, false), nil
	}
	if a.whole {
		if err := t.plausible(ctx, a.object); err != nil {
			return Downloaded{}, err
		}
	}
	if err := t.room(p, a); err != nil {
		return Downloaded{}, err
	}
	if a.whole {
		if err := p.begin(a.object, t.c.ranges.segment, !t.plain); err != nil {
			return Downloaded{}, t.diskError(err)
		}
		t.fresh = false
	}
	t.moved(p.plan)
	if !p.complete() {
		if err := t.fetch(ctx, p, a); err != nil {
			t.fresh = errors.Is(err, errChanged)
			return Downloaded{}, err
		}
	}
	if err := t.verify(p, a.object); err != nil {
		return Downloaded{}, err
	}
	if err := t.finish(ctx, p, a.object); err != nil {
		return Downloaded{}, err
	}
	return t.result(a.object, true), nil
}

// next is what to ask storage for: the first of what is missing or, to hear the
// checksum where nothing is, the last byte. It is everything where nothing is
// known, the object changed, or ranges do not work; the part is kept until that
// comes, since it may be no more than an error page.
func (t *transfer) next(p *part) wanted {
	if !p.resumable() || t.plain || t.fresh {
		return wanted{}
	}
	w := wanted{at: p.plan.total - 1, end: p.plan.total, etag: p.etag, total: p.plan.total}
	if s, ok := p.plan.claim(t.connections(p, true)); ok {
		p.plan.release(s) // fetch claims the same again
		w.at, w.end = s.at, s.end
	}
	return w
}

// connections is over how many connections the part is fetched.
func (t *transfer) connections(p *part, ranges bool) int {
	if ranges && p.resumable() && p.plan.total >= t.c.ranges.from {
		return t.lanes
	}
	return 1
}

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
func (t *transfer) sameSum(o object) bool {
	f, err := os.Open(t.dest)
	if err != nil {
		return false
	}
	defer f.Close()
	return o.sums.check(f) == nil
}

// plausible asks the list of files about an object that comes with no checksum:
// what a broken front end sends with status 200 would pass for the file.
func (t *transfer) plausible(ctx context.Context, o object) error {
	if !o.sums.none() || o.zipped || o.total < 0 || t.file == "" {
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
	if t.listed != o.total {
		return t.errorf(ErrServer, "storage gives %d bytes and no checksum, the list of files says %d", o.total, t.listed)
	}
	return nil
}

// room refuses to begin what the disk cannot hold, beside what the part has of
// it or in place of what the part has of another object. Where the system does
// not say how much that is, it is tried.
func (t *transfer) room(p *part, a *reply) error {
	need := a.total
	if p.plan != nil {
		need -= p.plan.done()
	}
	free, known := t.c.free(filepath.Dir(t.dest))
	if a.total < 0 || !known || need <= free {
		return nil
	}
	return t.c.noSpace(t.op(), t.slug, filepath.Dir(t.dest), need, free)
}

func (c *Client) noSpace(op, slug, dir string, need, free int64) error {
	return &Error{Op: op, Competition: slug, Reason: ErrNoSpace,
		Err:  fmt.Errorf("%s: need %s, free %s", dir, sizeText(need), sizeText(free)),
		Hint: "free some space, or choose a folder on another disk: podium download " + slug + " --path FOLDER"}
}

// sizeText writes bytes for a person.
func sizeText(n int64) string {
	const units = "KMGTPE"
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	x, i := float64(n)/(1<<10), 0
	for ; x >= 1<<10; i++ {
		x /= 1 << 10
	}
	return fmt.Sprintf("%.1f %ciB", x, units[i])
}

// verify compares what arrived with the object's checksum.
func (t *transfer) verify(p *part, o object) error {
	var err error
	if o.sums.crc32c != nil {
		err = o.sums.checkCRC(p.plan.crc())
	} else {
		err = o.sums.check(io.NewSectionReader(p.f, 0, p.plan.total))
	}
	if err == nil {
		return nil
	}
	p.drop()
	return t.errorf(ErrCorrupt, "%w", err)
}

// diskError is a failure of this machine's disk, not of the network.
func (t *transfer) diskError(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	err = fault.Disk(err, t.dest)
	hint := fault.HintOf(err)
	if hint == "" {
		hint = "check the free space and the permissions of the folder"
	}
	return &Error{Op: t.op(), Competition: t.slug, Err: err, Hint: hint}
}
