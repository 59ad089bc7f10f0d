package kaggle

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// Competition is what the server says about a competition.
type Competition struct {
	Slug                string
	Title               string
	Description         string
	URL                 string
	Category            string    // as "Getting Started"
	Reward              string    // as "Knowledge"
	Metric              string    // as "Categorization Accuracy"
	Deadline            time.Time // UTC; zero: none given
	Teams               int
	Rank                int  // one's own, 0: none
	DailyLimit          int  // submissions a UTC day, 0: not given
	Entered             bool // the rules were accepted
	CodeOnly            bool // takes notebooks, no files
	SubmissionsDisabled bool
	Points              bool // it counts for progression

	// Origin is where the data comes from if not from Kaggle, as
	// "sandbox:digit-recognizer"; empty on kaggle.com.
	Origin string
}

// Competition gets one competition by its slug.
func (c *Client) Competition(ctx context.Context, slug string) (Competition, error) {
	var got wire.Competition
	r := request{op: "get competition", method: wire.GetCompetition, competition: slug, in: wire.Named{CompetitionName: slug}, read: true}
	if err := c.call(ctx, r, &got); err != nil {
		return Competition{}, c.unknown(ctx, err, slug)
	}
	comp := competition(got)
	if comp.Slug == "" {
		comp.Slug = slug
	}
	return comp, nil
}

// Competitions lists those whose text matches search, all of them if it is
// empty: every page, in the server's order (best first).
func (c *Client) Competitions(ctx context.Context, search string) ([]Competition, error) {
	var all []Competition
	err := c.pages("list competitions", "", func(token string) (string, error) {
		var page wire.ListCompetitionsResponse
		in := wire.ListCompetitionsRequest{
			Group: "COMPETITION_LIST_TAB_EVERYTHING", SortBy: "COMPETITION_SORT_BY_BEST",
			Search: search, PageToken: token, PageSize: wire.MaxPageSize,
		}
		r := request{op: "list competitions", method: wire.ListCompetitions, in: in, read: true}
		if err := c.call(ctx, r, &page); err != nil {
			return "", err
		}
		for _, w := range page.Competitions {
			all = append(all, competition(w))
		}
		return page.NextPageToken, nil
	})
	return all, err
}

// competition translates. The wire's ref is the page's URL.
func competition(w wire.Competition) Competition {
	ref := strings.TrimRight(w.Ref, "/")
	slug := ref[strings.LastIndexByte(ref, '/')+1:]
	if !validSlug(slug) { // callers make file names of it
		slug = ""
	}
	return Competition{
		Slug: slug, Title: w.Title, Description: w.Description,
		URL: cmp.Or(w.URL, w.Ref), Category: w.Category, Reward: w.Reward, Metric: w.EvaluationMetric,
		Deadline: w.Deadline.Time, Teams: w.TeamCount, Rank: w.UserRank, DailyLimit: w.MaxDailySubmissions, Entered: w.UserHasEntered,
		CodeOnly: w.IsKernelsSubmissionsOnly, SubmissionsDisabled: w.SubmissionsDisabled, Origin: w.PodiumOrigin,
		Points: w.AwardsPoints,
	}
}

// Medals reports whether the competition gives medals: Featured and Research ones do,
// and what counts for progression, but not Getting Started, Playground and Community
// (kaggle.com/progression).
func (c Competition) Medals() bool {
	return c.Points || c.Category == "Featured" || c.Category == "Research"
}

// pageSize is how much to ask for where n rows are wanted; all of them if n is
// not above 0.
func pageSize(n int) int {
	if n <= 0 {
		return wire.MaxPageSize
	}
	return min(n, wire.MaxPageSize)
}

// maxPages is a safety net under the stop rules of pages.
const maxPages = 10_000

// pages asks for page after page. It ends at an empty token, never at an empty
// page: a page may be empty although another follows. A token that comes
// straight back is an error, because going on would never end.
func (c *Client) pages(op, competition string, get func(token string) (string, error)) error {
	token := ""
	for range maxPages {
		next, err := get(token)
		if err != nil || next == "" {
			return err
		}
		if next == token {
			break
		}
		token = next
	}
	return &Error{Op: op, Competition: competition, Reason: ErrUnreadable, Err: errors.New("the pages do not end")}
}
