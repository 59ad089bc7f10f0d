package kaggle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
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
	recoded  bool // storage keeps it compressed and unpacks it: no sum is that of the body
	ranges   bool // storage says that it serves ranges
}

// reply is an answer of storage, of which the head is read and the body is not.
type reply struct {
	object
	from, to int64 // the body is bytes from..to-1; to is -1 if the length is not known
	whole    bool  // the body is the whole object, whatever was asked for
	body     io.Reader
	touch    func() // to be called when bytes came: silence ends the exchange
	close    func()
}

// wanted is the part of an object that is asked for.
type wanted struct {
	at, end int64
	etag    string // of the object; "" asks for all of whatever there is
	total   int64  // bytes of that object
}

func (w wanted) ranged() bool { return w.etag != "" }

// ask asks storage for bytes. A whole answer to a request for a range means
// that the object is another one by now.
func (t *transfer) ask(ctx context.Context, w wanted) (*reply, error) {
	at, err := t.currentURL(ctx)
	if err != nil {
		return nil, err
	}
	watched, touch, stop := watch(ctx, t.c.stall)
	resp, err := t.get(watched, at.url, w)
	if err != nil {
		stop()
		return nil, err
	}
	a, err := t.read(resp, w)
	if err != nil {
		resp.RawBody().Close()
		stop()
		var e *Error
		if errors.As(err, &e) && e.Reason == errURLExpired {
			t.forgetURL(at)
		}
		return nil, err
	}
	t.expired.Store(0)
	a.body, a.touch = resp.RawBody(), touch
	a.close = func() { resp.RawBody().Close(); stop() }
	return a, nil
}

// get does the exchange, following at most five redirects. Nothing of the
// credentials goes there.
func (t *transfer) get(ctx context.Context, at string, w wanted) (*resty.Response, error) {
	for range 6 {
		req := t.c.storage.R().SetContext(ctx).SetHeader("Accept-Encoding", "identity")
		if w.ranged() {
			req.SetHeader("Range", fmt.Sprintf("bytes=%d-%d", w.at, w.end-1)).SetHeader("If-Range", w.etag)
		}
		resp, err := req.Get(at)
		if err != nil {
			return nil, t.c.netError(t.op(), t.slug, silence(ctx, err))
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

// read reads the answer's head.
func (t *transfer) read(resp *resty.Response, w wanted) (*reply, error) {
	h := resp.Header()
	a := &reply{object: object{total: -1, etag: h.Get("ETag"), sums: readChecksums(h), zipped: t.isZipped(resp), ranges: h.Get("Accept-Ranges") == "bytes"}}
	if stored := h.Get("X-Goog-Stored-Content-Encoding"); stored != "" && stored != "identity" && h.Get("Content-Encoding") == "" {
		a.sums, a.recoded = checksums{}, true
	}
	if m, err := http.ParseTime(h.Get("Last-Modified")); err == nil {
		a.modified = m
	}
	status := resp.StatusCode()
	switch status {
	case http.StatusOK:
		a.whole = true
		if n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
			a.total = n
		}
		a.to = a.total
		if w.ranged() && (a.etag == "" || a.etag == w.etag && a.total == w.total) {
			return nil, t.errorf(errRange, "want bytes %d-%d, got a whole answer of %d", w.at, w.end-1, a.total)
		}
		return a, nil
	case http.StatusPartialContent:
		from, to, total, ok := contentRange(h.Get("Content-Range"))
		if !ok || !w.ranged() || from != w.at || to > w.end {
			return nil, t.errorf(errRange, "want bytes %d-%d, got %.60q", w.at, w.end-1, h.Get("Content-Range"))
		}
		if total != w.total || a.etag != w.etag {
			return nil, t.errorf(errChanged, "want %d bytes with ETag %.60s, got %d with %.60s", w.total, w.etag, total, a.etag)
		}
		a.from, a.to, a.total, a.ranges = from, to, total, true
		return a, nil
	case http.StatusRequestedRangeNotSatisfiable:
		return nil, t.errorf(errChanged, "it has no byte %d", w.at)
	}
	e := t.c.statusError(t.op(), t.slug, status, h, readSome(resp.RawBody()))
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		e.Reason, e.Hint = errURLExpired, "try again"
	}
	return nil, e
}

// isZipped: the only sign of a zipped single file is the name in the URL.
func (t *transfer) isZipped(resp *resty.Response) bool {
	name := path.Base(resp.Request.RawRequest.URL.Path)
	return t.file != "" && name == path.Base(t.file)+".zip"
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

// contentRange reads "bytes 5-8/10" as bytes 5..9-1 of 10.
func contentRange(s string) (from, to, total int64, ok bool) {
	rest, isBytes := strings.CutPrefix(s, "bytes ")
	bounds, all, slash := strings.Cut(rest, "/")
	a, b, dash := strings.Cut(bounds, "-")
	if !isBytes || !slash || !dash {
		return 0, 0, 0, false
	}
	from, err1 := strconv.ParseInt(a, 10, 64)
	last, err2 := strconv.ParseInt(b, 10, 64)
	total, err3 := strconv.ParseInt(all, 10, 64)
	ok = err1 == nil && err2 == nil && err3 == nil && 0 <= from && from <= last && last < total
	return from, last + 1, total, ok
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
