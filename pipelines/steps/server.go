package steps

import (
	"context"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// server lends a kaggle.Client to package submissions, which knows only its own
// small interfaces.
type server struct{ *kaggle.Client }

// Upload implements submissions.Uploader.
func (s server) Upload(ctx context.Context, competition, path, message string) (int64, error) {
	r, err := s.Client.Submit(ctx, competition, path, message)
	return r.Ref, err
}

// Status implements submissions.Status.
func (s server) Status(ctx context.Context, _ string, ref int64) (submissions.Score, error) {
	sub, err := s.Client.Submission(ctx, ref)
	if err != nil {
		return submissions.Score{}, err
	}
	return submissions.Score{State: submissions.State(sub.Status), Public: sub.PublicScore, Private: sub.PrivateScore,
		Error: sub.Error}, nil
}

// Board implements submissions.Board.
func (s server) Board(ctx context.Context, competition string) ([]submissions.Entry, error) {
	rows, err := s.Client.Leaderboard(ctx, competition)
	if err != nil {
		return nil, err
	}
	var board []submissions.Entry
	for _, r := range rows {
		if score := number(r.Score); score != nil {
			board = append(board, submissions.Entry{Team: r.Team, Score: *score, Date: r.Date})
		}
	}
	return board, nil
}
