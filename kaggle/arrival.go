package kaggle

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// recent is how many of the newest submissions are looked at to find one.
const recent = 50

// arrival is what is known of a submission whose answer was lost.
type arrival struct {
	file   string // base name
	size   int64
	before []Submission // the newest of the server's list before it was sent
}

// in finds it in the newer list: a submission that was not there before and is
// of the same name and size. (The description a server may have changed.)
func (a arrival) in(list []Submission) (ref int64, ok bool) {
	for _, s := range list {
		known := slices.ContainsFunc(a.before, func(b Submission) bool { return b.Ref == s.Ref })
		if !known && s.FileName == a.file && (s.Bytes == a.size || s.Bytes == 0) {
			return s.Ref, true
		}
	}
	return 0, false
}

// unsure reports whether after this error nobody knows if the server took the
// submission: no answer at all, a server error, or an answer that says nothing.
// Where the login could not be renewed it was not sent.
func unsure(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Op != opRenew && (e.StatusCode == 0 || e.StatusCode >= 500 || errors.Is(err, ErrUnreadable))
}

// search looks for a submission of which lost is all that came back, a few times
// because the server may still be at it. Found, it gives its number.
func (c *Client) search(ctx context.Context, slug string, a arrival, lost error) (int64, error) {
	if lost == nil {
		lost = &Error{Op: "submit to", Competition: slug, Reason: ErrUnreadable, Message: "the answer names no submission"}
	}
	if ctx.Err() != nil { // an interrupt: no time to look
		return 0, remark(lost, "the submission may have been taken", slug)
	}
	for n := 1; n <= c.retry.Attempts; n++ {
		if err := sleep(ctx, c.retry.wait(n)); err != nil {
			return 0, remark(lost, "the submission may have been taken", slug)
		}
		list, err := c.LatestSubmissions(ctx, slug, recent)
		if err != nil {
			return 0, remark(lost, "the submission may have been taken", slug)
		}
		if ref, ok := a.in(list); ok {
			return ref, nil
		}
	}
	return 0, remark(lost, "the answer was lost, and the server does not list the submission", slug)
}

// remark adds to the error of a submission what is known of it.
func remark(err error, note, slug string) error {
	var e *Error
	if errors.As(err, &e) {
		e.Message = strings.TrimPrefix(e.Message+"; "+note, "; ")
		e.Hint = "look before you submit again: podium submissions " + slug
	}
	return err
}
