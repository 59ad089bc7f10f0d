package kaggle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// object is what storage's headers say about the bytes of a file.
type object struct {
	total    int64 // bytes in all, -1 unknown
	etag     string
	modified time.Time
	sums     checksums
	zipped   bool // the body is file.zip, not the file
}

// attempt does one exchange with storage, from where the part file ends.
func (t *transfer) attempt(ctx context.Context) (Downloaded, error) {
	if t.url == "" {
		if err := t.signedURL(ctx); err != nil {
			return Downloaded{}, err
		}
	}
	watched, touch, stop := watch(ctx, t.c.stall)
	defer stop()
	p := findPart(t.dest)
	resp, err := t.fetch(watched, p)
	if err != nil {
		return Downloaded{}, err
	}
	defer resp.RawBody().Close()
	o, from, err := t.inspect(resp, p)
	if err != nil {
		return Downloaded{}, err
	}
	t.expired = 0
	if t.right(o) {
		p.remove()
		return t.result(o, false), nil
	}
	if from == 0 {
		p.remove()
		p, err = newPart(t.dest, o.etag)
	} else {
		err = p.open()
	}
	if err != nil {
		return Downloaded{}, t.diskError(err)
	}
	defer p.close()
	if err := t.receive(p, o, from, resp.RawBody(), touch); err != nil {
		return Downloaded{}, err
	}
	if err := t.finish(p, o); err != nil {
		return Downloaded{}, err
	}
	return t.result(o, true), nil
}

// fetch asks storage for the bytes, following at most five redirects. Nothing
// of the credentials goes there. The last byte of the part is asked for again,
// so that even for a complete part the range is one that can be answered.
func (t *transfer) fetch(ctx context.Context, p *part) (*resty.Response, error) {
	at := t.url
	for range 6 {
		req := t.c.storage.R().SetContext(ctx).SetHeader("Accept-Encoding", "identity")
		if p.resumable() {
			req.SetHeader("Range", fmt.Sprintf("bytes=%d-", p.size-1)).SetHeader("If-Range", p.etag)
		}
		resp, err := req.Get(at)
		if err != nil {
			return nil, t.c.netError("download "+t.file+" of", t.slug, silence(ctx, err))
		}
		if !isRedirect(resp.StatusCode()) {
			return resp, nil
		}
		at, err = t.c.location(resp)
		resp.RawBody().Close()
		if err != nil {
			return nil, t.errorf(ErrUnreadable, "%w", err)
		}
	}
	return nil, t.errorf(ErrUnreadable, "storage redirects without end")
}

// inspect reads the answer's head: what the object is and from which byte on
// the body gives it.
func (t *transfer) inspect(resp *resty.Response, p *part) (o object, from int64, err error) {
	h := resp.Header()
	o = object{total: -1, etag: h.Get("ETag"), sums: readChecksums(h), zipped: t.isZipped(resp)}
	if m, err := http.ParseTime(h.Get("Last-Modified")); err == nil {
		o.modified = m
	}
	switch status := resp.StatusCode(); status {
	case http.StatusOK:
		if n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
			o.total = n
		}
		return o, 0, nil
	case http.StatusPartialContent:
		first, total, ok := contentRange(h.Get("Content-Range"))
		if !ok || !p.resumable() || first != p.size-1 || (o.etag != "" && o.etag != p.etag) {
			p.remove()
			return o, 0, t.errorf(ErrServer, "storage sent a range that was not asked for: %.60q", h.Get("Content-Range"))
		}
		o.total, o.etag = total, p.etag
		return o, first, nil
	case http.StatusRequestedRangeNotSatisfiable:
		p.remove()
		return o, 0, t.errorf(ErrServer, "storage cannot resume at byte %d", p.size-1)
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		e := t.c.statusError("download "+t.file+" of", t.slug, status, h, readSome(resp.RawBody()))
		e.Reason, e.Hint = errURLExpired, "try again"
		return o, 0, e
	default:
		return o, 0, t.c.statusError("download "+t.file+" of", t.slug, status, h, readSome(resp.RawBody()))
	}
}

// isZipped: the only sign of a zipped single file is the name in the URL.
func (t *transfer) isZipped(resp *resty.Response) bool {
	name := path.Base(resp.Request.RawRequest.URL.Path)
	return name == path.Base(t.file)+".zip"
}

// location is a redirect's target. From an encrypted host it must not lead to
// a plain one.
func (c *Client) location(resp *resty.Response) (string, error) {
	from := resp.Request.RawRequest.URL
	to, err := url.Parse(resp.Header().Get("Location"))
	if err != nil || resp.Header().Get("Location") == "" {
		return "", errors.New("redirect without a readable Location")
	}
	to = from.ResolveReference(to)
	if to.Scheme != "https" && (to.Scheme != "http" || from.Scheme == "https") {
		return "", fmt.Errorf("redirect from %s to %s: want https", from.Scheme, to.Scheme)
	}
	return to.String(), nil
}

// contentRange reads "bytes 5-9/10".
func contentRange(s string) (first, total int64, ok bool) {
	rest, isBytes := strings.CutPrefix(s, "bytes ")
	span, all, slash := strings.Cut(rest, "/")
	a, b, dash := strings.Cut(span, "-")
	if !isBytes || !slash || !dash {
		return 0, 0, false
	}
	first, err1 := strconv.ParseInt(a, 10, 64)
	last, err2 := strconv.ParseInt(b, 10, 64)
	total, err3 := strconv.ParseInt(all, 10, 64)
	ok = err1 == nil && err2 == nil && err3 == nil && 0 <= first && first <= last && last == total-1
	return first, total, ok
}

// readSome is the beginning of an error body.
func readSome(r io.Reader) []byte {
	b, _ := io.ReadAll(io.LimitReader(r, maxErrorBody)) // what could be read is what there is to say
	return b
}

var errStalled = errors.New("the server went silent")

// silence is err, or errStalled where that ended ctx: HTTP/2 says only that the
// request was cancelled, which would pass for the caller's wish.
func silence(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errStalled) {
		return cause
	}
	return err
}

// watch gives a context that ends if touch is not called for d.
func watch(ctx context.Context, d time.Duration) (watched context.Context, touch, stop func()) {
	watched, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(d, func() { cancel(errStalled) })
	return watched, func() { timer.Reset(d) }, func() { timer.Stop(); cancel(nil) }
}

// diskError is a failure of this machine's disk, not of the network.
func (t *transfer) diskError(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	hint := "check the free space and the permissions of the folder"
	if errors.Is(err, os.ErrPermission) {
		hint = "choose a folder that can be written to"
	}
	return &Error{Op: "download " + t.file + " of", Competition: t.slug, Err: err, Hint: hint}
}
