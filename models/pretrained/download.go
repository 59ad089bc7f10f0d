package pretrained

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// attempts is how often a download that makes no progress is tried.
const attempts = 4

// download brings part to the length that the server tells, from where it is.
// Attempts that get further are not counted: a line that cuts often gets there.
func (c Cache) download(ctx context.Context, url, part string, expected int64, progress func(done, total int64)) error {
	pause := c.pause
	if pause == 0 {
		pause = time.Second
	}
	for n, wait := 1, pause; ; n++ {
		before := size(part)
		err := c.stream(ctx, url, part, expected, progress)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if size(part) > before {
			n, wait = 0, pause
		}
		if fault.KindOf(err) != fault.Network || n >= attempts {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait *= 2
	}
}

// stream is one request for what the part lacks.
func (c Cache) stream(ctx context.Context, url, part string, expected int64, progress func(done, total int64)) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fault.Wrap(err, fault.Usage, "podium models pull --from PLACE", "address of the mirror")
	}
	have := size(part)
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	client := c.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return fault.Wrap(err, fault.Network, "check the network, or fetch the file elsewhere and give it: podium models pull NAME --from FILE", "fetch weights")
	}
	defer resp.Body.Close()
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	total := expected
	switch {
	case resp.StatusCode == http.StatusPartialContent && strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)):
		_, all, _ := strings.Cut(resp.Header.Get("Content-Range"), "/")
		if n, err := strconv.ParseInt(all, 10, 64); err == nil {
			total = n
		}
	case resp.StatusCode == http.StatusOK:
		have, flags = 0, flags|os.O_TRUNC
		if resp.ContentLength > 0 {
			total = resp.ContentLength
		}
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable || resp.StatusCode == http.StatusPartialContent:
		if strings.HasSuffix(resp.Header.Get("Content-Range"), fmt.Sprintf("/%d", have)) {
			return nil // it is whole
		}
		return errors.Join(fault.New(fault.Network, "try again", "fetch weights: %s: the server has another file", url), os.Remove(part))
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests:
		return fault.New(fault.Network, "try again later", "fetch weights: %s: %s", url, resp.Status)
	default:
		return fault.New(fault.Failed, "fetch the file elsewhere and give it: podium models pull NAME --from FILE", "fetch weights: %s: %s", url, resp.Status)
	}
	return save(part, flags, resp.Body, have, total, progress)
}

// save adds a body to the part.
func save(part string, flags int, body io.Reader, have, total int64, progress func(done, total int64)) error {
	f, err := os.OpenFile(part, flags, 0o644)
	if err != nil {
		return fault.Disk(err, part)
	}
	w := &counter{f: f, done: have, total: total, progress: progress}
	_, err = io.Copy(w, body)
	if w.failed != nil {
		return errors.Join(fault.Disk(w.failed, part), f.Close())
	}
	if err != nil {
		return errors.Join(fault.Wrap(err, fault.Network, "try again: what has arrived is kept", "fetch weights"), f.Close())
	}
	if err := f.Close(); err != nil {
		return fault.Disk(err, part)
	}
	if w.done < total && total > 0 {
		return fault.New(fault.Network, "try again: what has arrived is kept", "fetch weights: got %d of %d bytes", w.done, total)
	}
	return nil
}

// counter tells errors of the file from those of the network.
type counter struct {
	f           *os.File
	done, total int64
	progress    func(done, total int64)
	failed      error
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.f.Write(b)
	c.done += int64(n)
	c.failed = err
	c.progress(c.done, c.total)
	return n, err
}

// size is how long a file is, 0 without it.
func size(file string) int64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return info.Size()
}
