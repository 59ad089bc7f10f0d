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

	// Only a LeaderboardFile has these.
	Submissions int      // how many the team made, 0: not known
	Members     []string // user names
}

// LeaderboardOptions says which board, and how much of it.
type LeaderboardOptions struct {
	Limit  int  // rows, from the first; 0: all
	Public bool // the public board, also where the private one is out
}

// Leaderboard gets the board of a competition, best team first, every page:
// the public board while the competition runs, then the private one.
func (c *Client) Leaderboard(ctx context.Context, slug string) ([]LeaderboardRow, error) {
	rows, _, err := c.LeaderboardPart(ctx, slug, LeaderboardOptions{})
	return rows, err
}

// LeaderboardPart gets a board or its beginning, and no more pages than that
// takes; whole is true if there are no more rows.
func (c *Client) LeaderboardPart(ctx context.Context, slug string, o LeaderboardOptions) (rows []LeaderboardRow, whole bool, err error) {
	whole = true
	err = c.pages("get leaderboard", slug, func(token string) (string, error) {
		var page wire.GetLeaderboardResponse
		in := wire.GetLeaderboardRequest{CompetitionName: slug, OverridePublic: o.Public, PageToken: token, PageSize: pageSize(o.Limit)}
		r := request{op: "get leaderboard", method: wire.GetLeaderboard, competition: slug, in: in, read: true}
		if err := c.call(ctx, r, &page); err != nil {
			return "", c.explain(ctx, err, slug)
		}
		for _, w := range page.Submissions {
			rows = append(rows, LeaderboardRow{
				Rank: len(rows) + 1, TeamID: w.TeamID, Team: w.TeamName, Score: w.Score, Date: w.SubmissionDate.Time,
			})
		}
		if o.Limit > 0 && len(rows) >= o.Limit {
			whole = len(rows) == o.Limit && page.NextPageToken == ""
			rows = rows[:o.Limit]
			return "", nil
		}
		return page.NextPageToken, nil
	})
	return rows, whole, err
}
