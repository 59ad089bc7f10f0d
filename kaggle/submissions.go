package kaggle

import (
	"context"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// SubmissionStatus is how far the scoring is.
type SubmissionStatus string

// The states of a submission.
const (
	StatusPending  SubmissionStatus = "pending"
	StatusComplete SubmissionStatus = "complete"
	StatusError    SubmissionStatus = "error"
)

// Submission is one of one's own submissions. Scores are the server's text,
// empty where there is none (yet).
type Submission struct {
	Ref          int64
	Date         time.Time // UTC
	FileName     string
	Bytes        int64
	Description  string
	Status       SubmissionStatus
	Error        string // why scoring failed
	PublicScore  string
	PrivateScore string
	Team         string
}

// Submissions lists one's own submissions to a competition, newest first,
// every page.
func (c *Client) Submissions(ctx context.Context, slug string) ([]Submission, error) {
	return c.LatestSubmissions(ctx, slug, 0)
}

// LatestSubmissions lists the newest n of one's own submissions to a
// competition; 0 is all of them.
func (c *Client) LatestSubmissions(ctx context.Context, slug string, n int) ([]Submission, error) {
	var all []Submission
	err := c.pages("list submissions", slug, func(token string) (string, error) {
		var page wire.ListSubmissionsResponse
		in := wire.ListSubmissionsRequest{CompetitionName: slug, PageToken: token, PageSize: pageSize(n)}
		r := request{op: "list submissions", method: wire.ListSubmissions, competition: slug, in: in, read: true}
		if err := c.call(ctx, r, &page); err != nil {
			return "", c.explain(ctx, err, slug)
		}
		for _, w := range page.Submissions {
			all = append(all, submission(w))
		}
		if n > 0 && len(all) >= n {
			all = all[:n]
			return "", nil
		}
		return page.NextPageToken, nil
	})
	return all, err
}

// Submission gets one submission by its number, to see its score.
func (c *Client) Submission(ctx context.Context, ref int64) (Submission, error) {
	var got wire.Submission
	r := request{op: "get submission", method: wire.GetSubmission, in: wire.GetSubmissionRequest{Ref: ref}, read: true}
	if err := c.call(ctx, r, &got); err != nil {
		return Submission{}, err
	}
	s := submission(got)
	if s.Ref == 0 {
		s.Ref = ref
	}
	return s, nil
}

func submission(w wire.Submission) Submission {
	s := Submission{
		Ref: w.Ref, Date: w.Date.Time, FileName: w.FileName, Bytes: w.TotalBytes, Description: w.Description,
		Status: StatusPending, Error: w.ErrorDescription, PublicScore: w.PublicScore, PrivateScore: w.PrivateScore, Team: w.TeamName,
	}
	switch w.Status {
	case wire.Complete:
		s.Status = StatusComplete
	case wire.Failed:
		s.Status = StatusError
	}
	return s
}

// Limits is how many submissions are left.
type Limits struct {
	Today          int // made this UTC day
	Total          int // made in all
	AllowedNow     int
	LimitedByTotal bool // the total, not the day, is what limits
}

// Limits gets what is left of the day's submissions.
func (c *Client) Limits(ctx context.Context, slug string) (Limits, error) {
	var got wire.SubmissionLimits
	r := request{op: "get submission limits", method: wire.GetSubmissionLimits, competition: slug, in: wire.Named{CompetitionName: slug}, read: true}
	if err := c.call(ctx, r, &got); err != nil {
		return Limits{}, c.explain(ctx, err, slug)
	}
	return Limits{Today: got.NumToday, Total: got.NumTotal, AllowedNow: got.NumAllowedNow, LimitedByTotal: got.LimitedByTotal}, nil
}
