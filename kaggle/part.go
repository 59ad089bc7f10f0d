package kaggle

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// A download of NAME that is not done is up to three hidden files beside it.
const (
	partSuffix   = ".part"        // .NAME.part: the bytes, each at its place
	recordSuffix = ".part-record" // .NAME.part-record: which of them arrived
	lockSuffix   = ".part-lock"   // .NAME.part-lock: held by the process that writes
)

// hiddenPart says whether a file of this base name could be one of those.
func hiddenPart(base string) bool {
	return strings.HasPrefix(base, ".") &&
		(strings.HasSuffix(base, partSuffix) || strings.HasSuffix(base, recordSuffix) || strings.HasSuffix(base, lockSuffix))
}

// noteEvery is how many bytes of a segment may arrive before the record is told.
const noteEvery = 1 << 20

// part is the file on its way. The bytes of one object are never written over
// those of another: a part of another object is removed and a new file made.
type part struct {
	path string // of the bytes
	lock *flock.Flock
	etag string // strong validator of the object; "" cannot be resumed
	plan *plan  // nil: nothing is begun
	f    *os.File
	rec  *record // nil if it cannot be resumed
}

// openPart takes the part of dest, waiting while another process has it, and
// finds what is there of it. Without locks the worst is that two processes fetch
// the same.
func openPart(ctx context.Context, dest string, waiting func()) (*part, error) {
	dir, base := filepath.Split(dest)
	p := &part{path: filepath.Join(dir, "."+base+partSuffix)}
	var err error
	if p.lock, err = lockFile(ctx, filepath.Join(dir, "."+base+lockSuffix), waiting); err != nil {
		return nil, err
	}
	p.find()
	return p, nil
}

func (p *part) recordPath() string { return strings.TrimSuffix(p.path, partSuffix) + recordSuffix }

// find opens what an earlier process left, if it is of use.
func (p *part) find() {
	rec, etag, plan, err := readRecord(p.recordPath())
	if err != nil {
		return
	}
	f, err := os.OpenFile(p.path, os.O_RDWR, 0)
	if err != nil {
		rec.f.Close()
		return
	}
	p.rec, p.etag, p.plan, p.f = rec, etag, plan, f
}

// check hashes the bytes that the record speaks of and forgets those that are
// not as it says. moved is called with how many were looked at.
func (p *part) check(ctx context.Context, moved func(n int64)) error {
	if p.plan == nil {
		return nil
	}
	buf := make([]byte, bufferSize)
	looked := int64(0)
	for i := range p.plan.segs {
		s := p.plan.segs[i]
		if s.n == 0 {
			continue
		}
		crc, r := uint32(0), io.NewSectionReader(p.f, p.plan.start(i), s.n)
		for n := 0; n < int(s.n); {
			k, err := r.Read(buf)
			crc = crc32.Update(crc, castagnoli, buf[:k])
			n += k
			looked += int64(k)
			if err != nil || ctx.Err() != nil {
				break
			}
			moved(looked)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if crc != s.crc {
			p.plan.set(i, segment{})
		}
	}
	return nil
}

// begin makes an empty part for an object. A weak or overlong ETag cannot vouch
// for bytes and is left out: such a part, and one of unknown length, is not
// resumed.
func (p *part) begin(o object, size int64, resumable bool) error {
	p.drop()
	var err error
	p.f, err = os.OpenFile(p.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	p.plan = newPlan(o.total, size)
	if !resumable || !strong(o.etag) || o.total <= 0 || len(p.plan.segs) > maxSegments {
		return nil
	}
	p.etag = o.etag
	p.rec, err = createRecord(p.recordPath(), p.etag, p.plan)
	return err
}

func strong(etag string) bool {
	return etag != "" && !strings.HasPrefix(etag, "W/") && len(etag) <= maxETag
}

// resumable says whether a range of the part's object can be asked for.
func (p *part) resumable() bool { return p.rec != nil }

// complete says whether every byte is there.
func (p *part) complete() bool { return p.plan != nil && p.plan.done() == p.plan.total }

// write puts bytes that arrived at their place and remembers them. The caller
// has claimed the segments.
func (p *part) write(b []byte, at int64) error {
	for len(b) > 0 {
		i := int(at / p.plan.size)
		n := min(int64(len(b)), p.plan.start(i)+p.plan.length(i)-at)
		if _, err := p.f.WriteAt(b[:n], at); err != nil {
			return err
		}
		s := p.plan.add(i, b[:n])
		if s.n == p.plan.length(i) || s.n-s.noted >= noteEvery {
			if err := p.note(i, s); err != nil {
				return err
			}
		}
		b, at = b[n:], at+n
	}
	return nil
}

// note tells the record of segment i, which the caller has claimed.
func (p *part) note(i int, s segment) error {
	if p.rec == nil || s.n == s.noted {
		return nil
	}
	p.plan.segs[i].noted = s.n
	return p.rec.note(i, s)
}

// leave ends a lane's work on a span: what of it arrived is remembered.
func (p *part) leave(s span) {
	for i := s.first; i <= s.last; i++ {
		_ = p.note(i, p.plan.segs[i]) // what is not remembered is fetched again
	}
	p.plan.release(s)
}

// errTaken: another process made or removed the part, on a file system without locks.
var errTaken = errors.New("another process downloads the same file")

// mine checks that the open file is still the one of that name.
func (p *part) mine() error {
	open, err := p.f.Stat()
	if err != nil {
		return err
	}
	named, err := os.Stat(p.path)
	if err != nil || !os.SameFile(open, named) {
		return errTaken
	}
	return nil
}

// shut closes the files and leaves them where they are.
func (p *part) shut() {
	if p.f != nil {
		_ = p.f.Close() // synced if it matters
	}
	if p.rec != nil {
		_ = p.rec.f.Close()
	}
	p.f, p.rec, p.plan, p.etag = nil, nil, nil, ""
}

// drop removes what there is.
func (p *part) drop() {
	p.shut()
	for _, path := range []string{p.path, p.recordPath()} {
		_ = os.Remove(path) // what cannot be removed cannot be made anew either, which is reported
	}
}

// close ends the work: what is there stays for a later process, except what
// could not be resumed.
func (p *part) close() {
	if p.f != nil && p.rec == nil {
		p.drop()
	}
	p.shut()
	release(p.lock)
}

// partDone is how many bytes of dest an unfinished download has.
func partDone(dest string) int64 {
	dir, base := filepath.Split(dest)
	rec, _, plan, err := readRecord(filepath.Join(dir, "."+base+recordSuffix))
	if err != nil {
		return 0
	}
	rec.f.Close()
	return plan.done()
}
