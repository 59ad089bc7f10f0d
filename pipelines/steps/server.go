package steps

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Server lends a kaggle.Client to package submissions, which knows only its own
// small interfaces.
type Server struct{ *kaggle.Client }

// Upload implements submissions.Uploader.
func (s Server) Upload(ctx context.Context, competition, path, message string) (submissions.Receipt, error) {
	got, err := s.Client.Submit(ctx, competition, path, message)
	r := submissions.Receipt{Ref: got.Ref, Late: got.Late}
	switch {
	case got.Found:
		r.Note = "the server's answer was lost, but it has the submission"
	case got.Late:
		r.Note = "the deadline has passed: it is scored but not ranked"
	}
	return r, err
}

// Listed implements submissions.Uploader.
func (s Server) Listed(ctx context.Context, competition string) ([]submissions.Listed, error) {
	list, err := s.Client.LatestSubmissions(ctx, competition, 200) // one page
	if err != nil {
		return nil, err
	}
	listed := make([]submissions.Listed, len(list))
	for i, l := range list {
		listed[i] = submissions.Listed{Ref: l.Ref, Time: l.Date, File: l.FileName, Bytes: l.Bytes, Message: l.Description,
			Public: l.PublicScore, Failed: l.Status == kaggle.StatusError}
	}
	return listed, nil
}

// Status implements submissions.Status.
func (s Server) Status(ctx context.Context, _ string, ref int64) (submissions.Score, error) {
	sub, err := s.Client.Submission(ctx, ref)
	if err != nil {
		return submissions.Score{}, err
	}
	return submissions.Score{State: submissions.State(sub.Status), Public: sub.PublicScore, Private: sub.PrivateScore,
		Error: sub.Error}, nil
}

// Board implements submissions.Board.
func (s Server) Board(ctx context.Context, competition string) ([]submissions.Entry, error) {
	rows, err := s.Client.Leaderboard(ctx, competition)
	return Entries(rows), err
}

// Entries are the teams of a board that have a score: one without has no place on it.
func Entries(rows []kaggle.LeaderboardRow) []submissions.Entry {
	board := make([]submissions.Entry, 0, len(rows))
	for _, r := range rows {
		if score := number(r.Score); score != nil {
			board = append(board, submissions.Entry{Team: r.Team, Score: *score, Date: r.Date})
		}
	}
	return board
}

// Place ranks the public score of a submission, the server's text, among the
// teams on the board, of which the own one is known by the submission's team.
// nil when the text is no number.
func (s Server) Place(ctx context.Context, competition string, ref int64, public string, m metric.Metric) (*submissions.Placement, error) {
	score := number(public)
	if score == nil {
		return nil, nil
	}
	sub, err := s.Client.Submission(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("scored %s, but its place is not known: %w", public, err)
	}
	board, err := s.Board(ctx, competition)
	if err != nil {
		return nil, fmt.Errorf("scored %s, but its place is not known: %w", public, err)
	}
	placed := submissions.Place(submissions.Entry{Team: sub.Team, Score: *score, Date: sub.Date}, board, m)
	return &placed, nil
}

// Settle waits for the score of a submission that was sent, looks up its place,
// and tells the ledger both, or why there is no score. The place is nil where m
// is (the competition's metric is not one whose direction is known) or the score
// is no number. With an error the Score says how far it came.
func (s Server) Settle(ctx context.Context, ledger *submissions.Ledger, sent submissions.Record, m *metric.Metric,
	o submissions.WaitOptions) (submissions.Score, *submissions.Placement, error) {
	score, err := submissions.Wait(ctx, s, sent.Competition, sent.Ref, o)
	scored := submissions.Record{Event: submissions.Scored, Time: time.Now(), Competition: sent.Competition, Server: sent.Server,
		Ref: sent.Ref, Digest: sent.Digest, RunID: sent.RunID, Public: score.Public, Private: score.Private}
	if err != nil {
		if score.State != submissions.StateError {
			return score, nil, err
		}
		scored.Error = score.Error
		if scored.Error == "" {
			scored.Error = "-" // an empty one would say that it was scored
		}
		return score, nil, errors.Join(err, ledger.Append(scored))
	}
	var place *submissions.Placement
	if m != nil {
		place, err = s.Place(ctx, sent.Competition, sent.Ref, score.Public, *m)
	}
	if place != nil {
		scored.Rank, scored.Teams = place.Rank, place.Teams
	}
	return score, place, errors.Join(err, ledger.Append(scored))
}

// number is the server's text as a number, nil if it is none.
func number(text string) *float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return &v
}
