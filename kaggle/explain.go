package kaggle

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// unknown makes of a failed look at a competition what it means: a server that
// does not let one see it may word that as a missing permission. A name that is
// near another is told.
func (c *Client) unknown(ctx context.Context, err error, slug string) error {
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrRulesNotAccepted) {
		return err
	}
	if c.stranger() {
		e.Hint = c.hint(ErrUnreadable, slug)
		return err
	}
	e.Reason, e.Hint = ErrNotFound, c.hint(ErrNotFound, slug)
	if name := c.near(ctx, slug); name != "" {
		e.Hint = "did you mean " + name + "?"
	}
	return e
}

// stranger says whether the server has not yet answered in any dialect of the
// API: what it does not find may be the API.
func (c *Client) stranger() bool { return c.dialect.known.Load() == 0 }

// explain tells apart what 403 and 404 hide: rules not accepted, no such
// competition, or something else of it. It asks for the competition once; err
// is what to explain.
func (c *Client) explain(ctx context.Context, err error, slug string) error {
	var e *Error
	if !errors.As(err, &e) || e.StatusCode != http.StatusForbidden && e.StatusCode != http.StatusNotFound {
		return err
	}
	if e.StatusCode == http.StatusNotFound && c.stranger() {
		e.Hint = c.hint(ErrUnreadable, slug)
		return err
	}
	comp, why := c.Competition(ctx, slug)
	var gone *Error
	switch {
	case errors.Is(why, ErrNotFound) && errors.As(why, &gone):
		e.Reason, e.Hint = ErrNotFound, gone.Hint
	case errors.Is(why, ErrForbidden):
		e.Reason, e.Hint = ErrNotFound, c.hint(ErrNotFound, slug)
	case why != nil:
	case e.StatusCode == http.StatusNotFound:
		e.Hint = ""
		if strings.HasPrefix(e.Op, "download") {
			e.Hint = "what there is: podium files " + slug
		}
	case !comp.Entered:
		e.Reason, e.Hint = ErrRulesNotAccepted, c.hint(ErrRulesNotAccepted, slug)
	default:
		e.Reason, e.Hint = ErrForbidden, c.hint(ErrForbidden, slug)
	}
	return err
}

// explainSubmit is explain for a submission to a competition that is there:
// servers refuse without a word what comes too late, too often or as a file.
func (c *Client) explainSubmit(ctx context.Context, err error, comp Competition) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	bare := e.StatusCode == http.StatusNotFound || errors.Is(err, ErrRefused)
	reason := e.Reason
	switch {
	case bare && comp.CodeOnly:
		reason = ErrCodeOnly
	case bare && (comp.SubmissionsDisabled || c.late(comp)):
		reason = ErrClosed
	case bare:
		if left, err := c.Limits(ctx, comp.Slug); err == nil && left.AllowedNow <= 0 {
			reason = ErrDailyLimit
		}
	case e.StatusCode == http.StatusForbidden:
		return c.explain(ctx, err, comp.Slug)
	}
	if reason != e.Reason {
		e.Reason, e.Hint = reason, c.hint(reason, comp.Slug)
	}
	if reason == ErrClosed && e.Err == nil {
		e.Err = deadline(comp, c.now())
	}
	return err
}

// deadline says when a competition's was, nil if it has none or it is to come.
func deadline(comp Competition, now time.Time) error {
	if comp.Deadline.IsZero() || now.Before(comp.Deadline) {
		return nil
	}
	return fmt.Errorf("its deadline was %s UTC", comp.Deadline.UTC().Format("2006-01-02 15:04"))
}
