package kaggle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-resty/resty/v2"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// chunk is the most that one PUT carries, and so what is held in memory and
// what must pass within the longest silence. It is a multiple of 256 KiB, as
// Google's resumable upload wants of all but the last.
const chunk = 2 << 20

// upload is one file on its way into one upload session: Google's resumable
// protocol (PUT with Content-Range; 308 and 503 mean "go on").
type upload struct {
	c     *Client
	slug  string
	file  io.ReaderAt
	size  int64
	start wire.StartSubmissionUploadRequest
}

// errSession: the session is gone and with it what was stored.
var errSession = errors.New("upload session expired")

// run uploads the file and gives the token for CreateSubmission. An expired
// session is begun anew, once: a session that no submission names is nothing.
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
	r := request{op: "start upload to", method: wire.StartSubmissionUpload, competition: u.slug, in: u.start}
	if err := u.c.call(ctx, r, &got); err != nil {
		return "", u.c.explain(ctx, err, u.slug)
	}
	target, err := url.Parse(got.CreateURL)
	if err != nil || got.Token == "" || target.Host == "" || (target.Scheme != "https" && u.c.base.Scheme == "https") {
		return "", u.error(ErrUnreadable, 0, errors.New("no usable upload session"))
	}
	stored, n := int64(0), 1
	for {
		next, done, err := u.put(ctx, target.String(), stored)
		if err != nil {
			pause, again := u.c.again(err, n)
			if ctx.Err() != nil || !again || errors.Is(err, errSession) {
				return "", err
			}
			if err := sleep(ctx, pause); err != nil {
				return "", u.error(nil, 0, err)
			}
			n++
			next, done, err = u.ask(ctx, target.String())
			if errors.Is(err, errSession) || ctx.Err() != nil {
				return "", err
			}
			if err != nil {
				continue // ask again after the next failure of put
			}
		}
		if done {
			return got.Token, nil
		}
		if next > stored {
			n = 1
		} else if n++; n > u.c.retry.Attempts {
			return "", u.error(ErrServer, 0, fmt.Errorf("upload is stuck at byte %d", stored))
		}
		stored = next
	}
}

// put sends the next chunk; next is how much the session then holds.
func (u *upload) put(ctx context.Context, to string, stored int64) (next int64, done bool, err error) {
	end := min(stored+chunk, u.size)
	buf := make([]byte, end-stored)
	if _, err := u.file.ReadAt(buf, stored); err != nil {
		return 0, false, &Error{Op: "upload to", Competition: u.slug, Err: fmt.Errorf("read the file: %w", err),
			Hint: "the file changed while it was sent"}
	}
	span := ""
	if stored > 0 || end < u.size { // a file in one piece goes as the official client sends it
		span = fmt.Sprintf("bytes %d-%d/%d", stored, end-1, u.size)
	}
	return u.exchange(ctx, to, span, buf)
}

// ask finds out how much the session holds.
func (u *upload) ask(ctx context.Context, to string) (int64, bool, error) {
	return u.exchange(ctx, to, fmt.Sprintf("bytes */%d", u.size), nil)
}

func (u *upload) exchange(ctx context.Context, to, span string, body []byte) (next int64, done bool, err error) {
	watched, _, stop := watch(ctx, u.c.stall)
	defer stop()
	req := u.c.storage.R().SetContext(watched)
	if span != "" {
		req.SetHeader("Content-Range", span)
	}
	if len(body) > 0 {
		req.SetHeader("Content-Type", "application/octet-stream").SetBody(body)
	}
	resp, err := req.Put(to)
	if err != nil {
		return 0, false, u.c.netError("upload to", u.slug, silence(watched, err))
	}
	defer resp.RawBody().Close()
	text := readSome(resp.RawBody())
	switch status := resp.StatusCode(); status {
	case http.StatusOK, http.StatusCreated:
		return u.size, true, nil
	case http.StatusPermanentRedirect: // 308: resume incomplete
		return storedRange(resp), false, nil
	case http.StatusNotFound, http.StatusGone:
		return 0, false, u.error(ErrServer, status, errSession)
	default:
		return 0, false, u.c.statusError("upload to", u.slug, status, resp.Header(), text)
	}
}

// storedRange reads "Range: bytes=0-99" as 100; no header means nothing.
func storedRange(resp *resty.Response) int64 {
	last, ok := strings.CutPrefix(resp.Header().Get("Range"), "bytes=0-")
	n, err := strconv.ParseInt(last, 10, 64)
	if !ok || err != nil || n < 0 {
		return 0
	}
	return n + 1
}

func (u *upload) error(reason error, status int, err error) error {
	return &Error{Op: "upload to", Competition: u.slug, StatusCode: status, Reason: reason, Err: err, Hint: u.c.hint(reason, u.slug)}
}
