package kaggle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// SubmitResult is the receipt of a submission.
type SubmitResult struct {
	Ref     int64  // for Client.Submission
	Message string // the server's own
	Late    bool   // after the deadline: scored at most, not ranked
	Found   bool   // the server's answer was lost, and its list has the submission
	URL     string // where a person sees it
}

// Submit sends the file at path. What can be known is checked before a byte is
// sent: that the rules were accepted, that files are taken, and that the day
// has a submission left. The upload goes on where it broke. The call that makes
// it a submission is sent once, never again: if its answer is lost, the list of
// submissions is looked at, and the error, if any, says what is known.
func (c *Client) Submit(ctx context.Context, slug, path, message string) (SubmitResult, error) {
	f, info, err := openSubmission(path)
	if err != nil {
		return SubmitResult{}, err
	}
	defer f.Close()
	comp, err := c.CanSubmit(ctx, slug)
	if err != nil {
		return SubmitResult{}, err
	}
	up := upload{c: c, slug: slug, comp: comp, file: f, info: info, start: wire.StartSubmissionUploadRequest{
		CompetitionName: slug, FileName: filepath.Base(path), ContentLength: info.Size(), LastModifiedEpochSeconds: info.ModTime().Unix(),
	}}
	token, err := up.run(ctx)
	if err != nil {
		return SubmitResult{}, err
	}
	before, err := c.LatestSubmissions(ctx, slug, recent)
	if err != nil {
		return SubmitResult{}, err
	}
	var got wire.CreateSubmissionResponse
	in := wire.CreateSubmissionRequest{CompetitionName: slug, BlobFileTokens: wire.OneString(token), SubmissionDescription: message}
	r := request{op: "submit to", method: wire.CreateSubmission, competition: slug, in: in} // not a read: sent once
	res := SubmitResult{Late: c.late(comp), URL: c.site + "/competitions/" + slug + "/submissions"}
	err = c.explainSubmit(ctx, c.call(ctx, r, &got), comp)
	if err != nil && !unsure(err) {
		return SubmitResult{}, err
	}
	res.Ref, res.Message = got.Ref, got.Message
	if err != nil || got.Ref == 0 {
		res.Ref, err = c.search(ctx, slug, arrival{file: up.start.FileName, size: info.Size(), before: before}, err)
		res.Found = true
	}
	return res, err
}

// CanSubmit checks whether a file could be submitted now and returns the
// competition. The reasons against it are ErrRulesNotAccepted, ErrCodeOnly,
// ErrClosed and ErrDailyLimit.
func (c *Client) CanSubmit(ctx context.Context, slug string) (Competition, error) {
	comp, err := c.Competition(ctx, slug)
	if err != nil {
		return comp, err
	}
	var reason error
	switch {
	case comp.CodeOnly:
		reason = ErrCodeOnly
	case comp.SubmissionsDisabled:
		reason = ErrClosed
	case !comp.Entered && c.late(comp):
		reason = ErrClosed // the rules can no longer be accepted
	case !comp.Entered:
		reason = ErrRulesNotAccepted
	}
	if reason != nil {
		return comp, &Error{Op: "submit to", Competition: slug, Reason: reason, Err: deadline(comp, c.now()), Hint: c.hint(reason, slug)}
	}
	limits, err := c.Limits(ctx, slug)
	var e *Error
	if errors.As(err, &e) && (e.StatusCode == 404 || e.StatusCode == 501) {
		return comp, nil // a server without this call says no at the end
	}
	if err != nil {
		return comp, err
	}
	if limits.AllowedNow <= 0 {
		return comp, &Error{Op: "submit to", Competition: slug, Reason: ErrDailyLimit,
			Err: fmt.Errorf("%d of %d made today", limits.Today, comp.DailyLimit), Hint: c.hint(ErrDailyLimit, slug)}
	}
	return comp, nil
}

func (c *Client) late(comp Competition) bool {
	return !comp.Deadline.IsZero() && c.now().After(comp.Deadline)
}

func openSubmission(path string) (*os.File, os.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Usage, "", "submit")
	}
	info, err := f.Stat()
	if err == nil && (!info.Mode().IsRegular() || info.Size() == 0) {
		err = errors.New("want a regular file that is not empty")
	}
	if err != nil {
		f.Close()
		return nil, nil, fault.Wrap(err, fault.Usage, "", "submit %s", path)
	}
	return f, info, nil
}
