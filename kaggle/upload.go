package kaggle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// upload is one file on its way into an upload session: Google's resumable
// protocol. The file goes in one PUT, as the official client sends it; after a
// break the session is asked what it holds, and the rest follows.
type upload struct {
	c     *Client
	slug  string
	comp  Competition
	file  *os.File
	info  os.FileInfo // when it was opened
	start wire.StartSubmissionUploadRequest
}

// errSession: the session is gone and with it what was stored, or it holds
// something else.
var errSession = errors.New("the upload session is of no use")

// run uploads the file and gives the token for CreateSubmission. A session that
// is of no use is begun anew, once: a session that no submission names is nothing.
func (u *upload) run(ctx context.Context) (string, error) {
	for try := 1; ; try++ {
		token, err := u.session(ctx)
		if err == nil || !errors.Is(err, errSession) || try == 2 {
			return token, err
		}
	}
}

func (u *upload) session(ctx context.Context) (string, error) {
	var got wire.StartSubmissionUploadResponse
	r := request{op: "start upload to", method: wire.StartSubmissionUpload, competition: u.slug, in: u.start, read: true} // a session may be begun twice
	if err := u.c.call(ctx, r, &got); err != nil {
		return "", u.c.explainSubmit(ctx, err, u.comp)
	}
	to, err := url.Parse(got.CreateURL)
	if err != nil || got.Token == "" || to.Host == "" || (to.Scheme != "https" && u.c.base.Scheme == "https") {
		return "", u.error(ErrUnreadable, 0, errors.New("no usable upload session"))
	}
	return got.Token, u.send(ctx, to.String())
}

// send brings the file into the session. It gives up where as many tries in a
// row as the retry policy has bring nothing new.
func (u *upload) send(ctx context.Context, to string) error {
	stored, known, furthest := int64(0), true, int64(0)
	for n := 1; ; {
		var next int64
		var done bool
		var err error
		if known {
			next, done, err = u.put(ctx, to, stored)
		} else {
			next, done, err = u.ask(ctx, to)
		}
		if err == nil && next > u.info.Size() {
			err = u.error(ErrUnreadable, 0, fmt.Errorf("the session says it holds %d of %d bytes", next, u.info.Size()))
		}
		if err == nil && done {
			return u.changed()
		}
		if changed := u.changed(); changed != nil {
			return changed
		}
		asked := !known
		if stored, known = next, err == nil && next < u.info.Size(); next > furthest {
			furthest, n = next, 1
		}
		if known && asked {
			continue // what is missing is known now
		}
		if err == nil { // some or none of it was taken
			err = u.error(ErrServer, 0, fmt.Errorf("upload is stuck at byte %d", next))
		}
		pause, again := u.c.again(err, n)
		if ctx.Err() != nil || !again || errors.Is(err, errSession) {
			return err
		}
		if n > 1 {
			u.c.tell(err, pause, n)
		}
		if err := sleep(ctx, pause); err != nil {
			return u.error(nil, 0, err)
		}
		n++
	}
}

// put sends the file from a byte on; next is how much the session then holds.
func (u *upload) put(ctx context.Context, to string, from int64) (next int64, done bool, err error) {
	span := ""
	if from > 0 {
		span = fmt.Sprintf("bytes %d-%d/%d", from, u.info.Size()-1, u.info.Size())
	}
	return u.exchange(ctx, to, span, from, u.info.Size()-from)
}

// ask finds out how much the session holds.
func (u *upload) ask(ctx context.Context, to string) (next int64, done bool, err error) {
	return u.exchange(ctx, to, fmt.Sprintf("bytes */%d", u.info.Size()), 0, 0)
}

func (u *upload) exchange(ctx context.Context, to, span string, from, size int64) (next int64, done bool, err error) {
	watched, touch, stop := watch(ctx, u.c.stall)
	defer stop()
	var body io.Reader = http.NoBody
	if size > 0 {
		body = touching{io.NewSectionReader(u.file, from, size), touch}
	}
	req, err := http.NewRequestWithContext(watched, http.MethodPut, to, body)
	if err != nil {
		return 0, false, u.error(ErrUnreadable, 0, errors.New("no usable upload session"))
	}
	req.ContentLength = size
	req.Header.Set("User-Agent", u.c.agent)
	if span != "" {
		req.Header.Set("Content-Range", span)
	}
	resp, err := u.c.storage.GetClient().Do(req)
	if err != nil {
		return 0, false, u.c.netError("upload to", u.slug, silence(watched, err))
	}
	defer resp.Body.Close()
	text := readSome(resp.Body)
	switch status := resp.StatusCode; status {
	case http.StatusOK, http.StatusCreated:
		return u.info.Size(), true, u.verify(resp.Header)
	case http.StatusPermanentRedirect: // 308: resume incomplete
		return storedRange(resp.Header), false, nil
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		e := u.c.statusError("upload to", u.slug, status, resp.Header, text)
		e.Reason, e.Err, e.Hint = ErrServer, errSession, "try again"
		return 0, false, e
	default:
		return 0, false, u.c.statusError("upload to", u.slug, status, resp.Header, text)
	}
}

// verify compares what storage says that it holds, if it says it, with the file.
// What differs is sent anew.
func (u *upload) verify(h http.Header) error {
	err := readChecksums(h).check(io.NewSectionReader(u.file, 0, u.info.Size()))
	if err != nil {
		return u.error(ErrServer, 0, fmt.Errorf("%w: what was sent and what arrived differ: %w", errSession, err))
	}
	return nil
}

// changed is an error if somebody wrote to the file since it was opened: what
// was sent would be neither the old file nor the new one.
func (u *upload) changed() error {
	now, err := u.file.Stat()
	if err == nil && (now.Size() != u.info.Size() || !now.ModTime().Equal(u.info.ModTime())) {
		err = errors.New("the file changed while it was sent")
	}
	if err != nil {
		return &Error{Op: "upload to", Competition: u.slug, Err: err, Hint: "send it again when it is complete"}
	}
	return nil
}

// touching tells a watch of every read: a slow upload is not a silent one.
type touching struct {
	io.Reader
	touch func()
}

func (r touching) Read(b []byte) (int, error) {
	r.touch()
	return r.Reader.Read(b)
}

// storedRange reads "Range: bytes=0-99" as 100; no header means nothing.
func storedRange(h http.Header) int64 {
	last, ok := strings.CutPrefix(h.Get("Range"), "bytes=0-")
	n, err := strconv.ParseInt(last, 10, 63)
	if !ok || err != nil || n < 0 {
		return 0
	}
	return n + 1
}

func (u *upload) error(reason error, status int, err error) error {
	return &Error{Op: "upload to", Competition: u.slug, StatusCode: status, Reason: reason, Err: err, Hint: u.c.hint(reason, u.slug)}
}
