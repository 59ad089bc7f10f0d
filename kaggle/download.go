package kaggle

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
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
	Verified bool // a checksum of the storage host was compared
}

// Download gets one file of a competition to the path dest. Until it is whole
// and verified it is a hidden .part file beside dest, from which a later call
// resumes; dest appears by a rename. A file that is already there and right is
// not fetched again. A file that the server gives zipped is unpacked.
// progress, which may be nil, is called with bytes so far and in all (-1:
// unknown) from the calling goroutine.
func (c *Client) Download(ctx context.Context, slug, file, dest string, progress func(done, total int64)) (Downloaded, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
		return Downloaded{}, fault.Wrap(err, fault.Failed, "choose another folder", "download %s", file)
	}
	t := &transfer{c: c, slug: slug, file: file, dest: dest, progress: progress}
	return t.run(ctx)
}

// DownloadAll gets every file that a glob takes (all files without globs) into
// dir, keeping the competition's folders. progress, which may be nil, also
// gets the file's name. It ends at the first error; what was fetched stays.
func (c *Client) DownloadAll(ctx context.Context, slug, dir string, globs []string, progress func(file string, done, total int64)) ([]Downloaded, error) {
	files, err := c.Files(ctx, slug)
	if err != nil {
		return nil, err
	}
	if files, err = matching(files, globs); err != nil {
		return nil, err
	}
	paths := make([]string, len(files))
	for i, f := range files { // all names first: nothing is fetched of a list that cannot be trusted
		if paths[i], err = localPath(dir, f.Name); err != nil {
			return nil, &Error{Op: "download", Competition: slug, Err: err}
		}
	}
	var done []Downloaded
	for i, f := range files {
		each := func(int64, int64) {}
		if progress != nil {
			each = func(n, total int64) { progress(f.Name, n, total) }
		}
		got, err := c.Download(ctx, slug, f.Name, paths[i], each)
		if err != nil {
			return done, err
		}
		done = append(done, got)
	}
	return done, nil
}

// transfer is one file on its way, over as many attempts as it takes.
type transfer struct {
	c        *Client
	slug     string
	file     string
	dest     string
	progress func(done, total int64)

	url     string // signed, short-lived; "" asks for a new one
	expired int    // fresh URLs in a row that storage refused
	corrupt int    // bodies that failed the checksum
	reached int64  // most bytes that any attempt had
}

// run attempts until the file is there, an error is final, or attempts without
// progress are used up: a slow line that cuts often still gets there.
func (t *transfer) run(ctx context.Context) (Downloaded, error) {
	for n := 1; ; n++ {
		before := t.reached
		got, err := t.attempt(ctx)
		if err == nil {
			return got, nil
		}
		if ctx.Err() != nil {
			return Downloaded{}, &Error{Op: "download " + t.file + " of", Competition: t.slug, Err: ctx.Err()}
		}
		if t.reached > before {
			n = 1
		}
		pause, again := t.again(err, n)
		if !again {
			return Downloaded{}, err
		}
		if err := sleep(ctx, pause); err != nil {
			return Downloaded{}, &Error{Op: "download " + t.file + " of", Competition: t.slug, Err: err}
		}
	}
}

// again extends the client's rule by the two failures that only downloads have.
func (t *transfer) again(err error, n int) (time.Duration, bool) {
	var e *Error
	if !errors.As(err, &e) {
		return 0, false
	}
	switch e.Reason {
	case errURLExpired:
		t.url = ""
		t.expired++
		return 0, t.expired <= 2
	case ErrCorrupt:
		t.corrupt++
		return 0, t.corrupt <= 1
	}
	return t.c.again(err, n)
}

// signedURL asks the API where the bytes are.
func (t *transfer) signedURL(ctx context.Context) error {
	in := wire.DownloadDataFileRequest{CompetitionName: t.slug, FileName: t.file}
	r := request{op: "download " + t.file + " of", method: wire.DownloadDataFile, competition: t.slug, in: in, read: true}
	return t.c.retrying(ctx, r.op, true, func(ctx context.Context) error {
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
		t.url, err = t.c.location(resp)
		if err != nil {
			return &Error{Op: r.op, Competition: t.slug, StatusCode: resp.StatusCode(), Reason: ErrUnreadable, Err: err}
		}
		return nil
	})
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
	return &Error{Op: "download " + t.file + " of", Competition: t.slug, Reason: reason,
		Err: fmt.Errorf(format, args...), Hint: t.c.hint(reason, t.slug)}
}
