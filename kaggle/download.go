package kaggle

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// Downloaded says what became of one file.
type Downloaded struct {
	Name     string // as listed, with "/"
	Path     string // where it is
	Bytes    int64
	Fetched  bool // false: it was there already and right
	Unpacked int  // the files that were in it, where DownloadAll unpacked it; Path is then their folder and Bytes theirs
	Verified bool // a checksum of the storage host was compared
}

// Download gets one file of a competition to the path dest. Until it is whole
// and verified it is a hidden .part file beside dest, from which a later call
// resumes; dest appears by a rename. A large file comes over several
// connections. A file that is already there and right is not
// fetched again. A file that the server gives zipped is unpacked. While another
// process downloads to dest, Download waits for it.
//
// progress, which may be nil, is called with bytes so far and in all (-1:
// unknown), never twice at a time.
func (c *Client) Download(ctx context.Context, slug, file, dest string, progress func(done, total int64)) (Downloaded, error) {
	return c.download(ctx, &transfer{slug: slug, file: file, dest: dest, listed: -1, progress: progress})
}

func (c *Client) download(ctx context.Context, t *transfer) (Downloaded, error) {
	t.c = c
	if t.lanes == 0 {
		t.lanes = c.ranges.lanes
	}
	if t.progress == nil {
		t.progress = func(int64, int64) {}
	}
	if err := os.MkdirAll(filepath.Dir(t.dest), 0o755); err != nil {
		return Downloaded{}, fault.Wrap(err, fault.Failed, "choose another folder", "%s %s", t.op(), t.slug)
	}
	return t.run(ctx)
}

// transfer is one file on its way, over as many attempts as it takes.
type transfer struct {
	c        *Client
	slug     string
	file     string // "" is the bundle of all files
	dest     string
	listed   int64 // bytes by the list of files, -1 unknown
	progress func(done, total int64)
	lanes    int    // connections for a large file, 0: the client's
	limit    *limit // nil: none
	waiting  func() // called once if another process has the file; may be nil

	plain    bool  // storage serves no ranges that fit: one stream from the beginning
	fresh    bool  // the part is of another object: begin anew
	compared bool  // dest was hashed and is another object
	corrupt  int   // bodies that failed the checksum
	reached  int64 // most bytes that any attempt had

	mu      sync.Mutex
	signed  signed       // where the bytes are; "" asks for a new one
	expired atomic.Int32 // fresh URLs in a row that storage refused

	shown sync.Mutex // one call of progress at a time
}

// op says what is tried, for errors; the competition's name follows it.
func (t *transfer) op() string {
	if t.file == "" {
		return "download all files of"
	}
	return "download " + t.file + " of"
}

// run attempts until the file is there, an error is final, or attempts without
// progress are used up: a slow line that cuts often still gets there.
func (t *transfer) run(ctx context.Context) (Downloaded, error) {
	stopped := func() (Downloaded, error) {
		return Downloaded{}, &Error{Op: t.op(), Competition: t.slug, Err: ctx.Err()}
	}
	p, err := openPart(ctx, t.dest, t.waiting)
	if err != nil {
		return stopped()
	}
	defer p.close()
	if p.check(ctx, func(n int64) { t.progress(n, p.plan.total) }) != nil {
		return stopped()
	}
	for n := 1; ; n++ {
		before := t.reached
		got, err := t.attempt(ctx, p)
		if err == nil {
			return got, nil
		}
		if ctx.Err() != nil {
			return stopped()
		}
		var tried *spent
		if errors.As(err, &tried) {
			return Downloaded{}, tried.error
		}
		if t.reached > before {
			n = 1
		}
		pause, again := t.again(err, n)
		switch {
		case again:
		case errors.Is(err, errRange) && !t.plain:
			t.plain, n = true, 1
		default:
			return Downloaded{}, err
		}
		if n > 1 {
			t.c.tell(err, pause, n)
		}
		if sleep(ctx, pause) != nil {
			return stopped()
		}
	}
}

// again extends the client's rule by the failures that only downloads have.
func (t *transfer) again(err error, n int) (time.Duration, bool) {
	var e *Error
	if !errors.As(err, &e) {
		return 0, false
	}
	switch e.Reason {
	case errURLExpired:
		if n == 1 {
			return 0, t.expired.Load() <= 2
		}
		return t.c.retry.wait(n), n < t.c.retry.Attempts && t.expired.Load() <= 2
	case ErrCorrupt:
		t.corrupt++
		return 0, t.corrupt <= 1
	case errChanged, errRange:
		return t.c.retry.wait(n), n < t.c.retry.Attempts
	}
	return t.c.again(err, n)
}

// moved tells of progress.
func (t *transfer) moved(p *plan) {
	t.shown.Lock()
	defer t.shown.Unlock()
	done := p.done()
	t.reached = max(t.reached, done)
	t.progress(done, p.total)
}

// signed is a signed URL and its number: storage may sign twice the same.
type signed struct {
	url string
	n   int
}

// currentURL is where the bytes are. The first lane that finds none asks the
// API, the others wait for that.
func (t *transfer) currentURL(ctx context.Context) (signed, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.signed.url == "" {
		url, err := t.signedURL(ctx)
		if err != nil {
			return signed{}, err
		}
		t.signed = signed{url, t.signed.n + 1}
	}
	return t.signed, nil
}

// forgetURL is for one that storage refused.
func (t *transfer) forgetURL(u signed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.signed == u {
		t.signed.url = ""
		t.expired.Add(1)
	}
}

// signedURL asks the API where the bytes are.
func (t *transfer) signedURL(ctx context.Context) (url string, err error) {
	r := request{op: t.op(), method: wire.DownloadDataFile, competition: t.slug, read: true}
	r.in = wire.DownloadDataFileRequest{CompetitionName: t.slug, FileName: t.file}
	if t.file == "" {
		r.method, r.in = wire.DownloadDataFiles, wire.Named{CompetitionName: t.slug}
	}
	err = t.c.retrying(ctx, r.op, true, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, t.c.timeout)
		defer cancel()
		resp, err := t.c.post(ctx, r)
		if err != nil {
			return err
		}
		defer resp.RawBody().Close()
		if !isRedirect(resp.StatusCode()) {
			body := readSome(resp.RawBody())
			if err := t.c.check(r, resp, body); err != nil {
				return t.c.explain(ctx, err, t.slug)
			}
			return &Error{Op: r.op, Competition: t.slug, StatusCode: resp.StatusCode(), Reason: ErrUnreadable, Err: errors.New("want a redirect to the file")}
		}
		url, err = t.c.location(resp)
		if err != nil {
			return &Error{Op: r.op, Competition: t.slug, StatusCode: resp.StatusCode(), Reason: ErrUnreadable, Err: err}
		}
		return nil
	})
	return url, err
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// errorf is a download error without an answer of its own.
func (t *transfer) errorf(reason error, format string, args ...any) error {
	return &Error{Op: t.op(), Competition: t.slug, Reason: reason, Err: fmt.Errorf(format, args...), Hint: t.c.hint(reason, t.slug)}
}
