package kaggle

import (
	"context"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// LeaderboardRow is one team's place.
type LeaderboardRow struct {
	Rank   int // from 1: the position over all pages, as on Kaggle's page
	TeamID int64
	Team   string
	Score  string    // the server's text
	Date   time.Time // of the last submission, UTC
}

// Leaderboard gets the board of a competition, best team first, every page:
// the public board while the competition runs, then the private one.
func (c *Client) Leaderboard(ctx context.Context, slug string) ([]LeaderboardRow, error) {
	var all []LeaderboardRow
	err := c.pages("get leaderboard", slug, func(token string) (string, error) {
		var page wire.GetLeaderboardResponse
		in := wire.GetLeaderboardRequest{CompetitionName: slug, PageToken: token, PageSize: wire.MaxPageSize}
		r := request{op: "get leaderboard", method: wire.GetLeaderboard, competition: slug, in: in, read: true}
		if err := c.call(ctx, r, &page); err != nil {
			return "", c.explain(ctx, err, slug)
		}
		for _, w := range page.Submissions {
			all = append(all, LeaderboardRow{
				Rank: len(all) + 1, TeamID: w.TeamID, Team: w.TeamName, Score: w.Score, Date: w.SubmissionDate.Time,
			})
		}
		return page.NextPageToken, nil
	})
	return all, err
}
