package kaggle

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// patience is the longest wait that a server may ask for with Retry-After
// before the error goes to the caller instead.
const patience = 2 * time.Minute

func (r Retry) withDefaults() Retry {
	if r.Attempts <= 0 {
		r.Attempts = 5
	}
	if r.Base <= 0 {
		r.Base = 500 * time.Millisecond
	}
	if r.Max <= 0 {
		r.Max = 30 * time.Second
	}
	return r
}

// wait is the pause before try n+1 (n from 1): doubled each time, and drawn
// between half and the whole of it so that clients do not march in step. The
// draw changes no result, only timing, so it needs no seed.
func (r Retry) wait(n int) time.Duration {
	d := r.Base
	for i := 1; i < n && d < r.Max; i++ {
		d *= 2
	}
	d = min(d, r.Max)
	return d/2 + rand.N(d/2+1)
}

// retrying does fn, and for reads does it again after a failure that may pass.
func (c *Client) retrying(ctx context.Context, op string, read bool, fn func(context.Context) error) error {
	for n := 1; ; n++ {
		if err := c.gate.wait(ctx); err != nil {
			return &Error{Op: op, Err: err}
		}
		err := fn(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return &Error{Op: op, Err: ctx.Err()}
		}
		pause, again := c.again(err, n)
		if errors.Is(err, ErrRateLimited) {
			c.gate.shut(cmp.Or(pause, c.retry.wait(n)))
		}
		if !read || !again {
			return err
		}
		c.tell(err, pause, n)
		if err := sleep(ctx, pause); err != nil {
			return &Error{Op: op, Err: err}
		}
	}
}

// again says whether try n's error may pass, and how long to wait for that.
func (c *Client) again(err error, n int) (time.Duration, bool) {
	var e *Error
	var untrusted *tls.CertificateVerificationError
	if n >= c.retry.Attempts || !errors.As(err, &e) || errors.As(err, &untrusted) {
		return 0, false
	}
	switch e.Reason {
	case ErrRateLimited, ErrNetwork:
	case ErrServer:
		if e.StatusCode == http.StatusNotImplemented || e.StatusCode == http.StatusInsufficientStorage {
			return 0, false
		}
	default:
		return 0, false
	}
	if e.RetryAfter > patience {
		return 0, false
	}
	own := c.retry.wait(n)
	if e.RetryAfter > 0 { // never sooner, and not in step with others who were told the same
		return e.RetryAfter + rand.N(own/4+1), true
	}
	return own, true
}

// sleep waits d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// retryAfter reads the header: seconds, maybe with a fraction, or an HTTP date,
// which is compared with the server's own clock where that is told. What is
// negative or unreadable counts as nothing.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	text := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(text, 64); err == nil {
		if s > 0 && s < 1e6 {
			return time.Duration(s * float64(time.Second))
		}
		return 0
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
