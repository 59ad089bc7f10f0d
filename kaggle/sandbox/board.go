package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// boardName is the file with the teams of a board that are no users.
const boardName = "leaderboard.csv"

// team is one line of a board.
type team struct {
	name            string
	user            string // "" for one of leaderboard.csv
	public, private *float64
	date            time.Time // of the submission that counts
	ref             int64     // its number, 0 for one of leaderboard.csv
	count           int       // submissions in time, scored or not
}

// board ranks the teams of leaderboard.csv and the users of this sandbox, best
// first. A user's team stands with its best public score made in time, and
// keeps on the private board the private score of that same submission.
// Scores are compared as they are shown, with metric.Decimals places; of
// equals the earlier date comes first.
func (c *competition) board(st *state, private bool) ([]team, error) {
	teams, err := c.seeds()
	if err != nil {
		return nil, err
	}
	best := map[string]*entry{}
	count := map[string]int{}
	for _, en := range st.of(c.name) {
		if !c.Deadline.IsZero() && en.Time.After(c.Deadline.Time) {
			continue // late: scored, not ranked
		}
		count[en.User]++
		if !en.complete() {
			continue
		}
		if old := best[en.User]; old == nil || c.metric.Better(metric.Round(en.public), metric.Round(old.public)) {
			best[en.User] = en
		}
	}
	for _, en := range best {
		public, hidden := en.public, en.private
		teams = append(teams, team{
			name: en.Team, user: en.User, public: &public, private: &hidden, date: en.Time, ref: en.Ref, count: count[en.User],
		})
	}
	teams = slices.DeleteFunc(teams, func(t team) bool { return t.score(private) == nil })
	slices.SortStableFunc(teams, func(a, b team) int {
		x, y := metric.Round(*a.score(private)), metric.Round(*b.score(private))
		switch {
		case c.metric.Better(x, y):
			return -1
		case c.metric.Better(y, x):
			return 1
		}
		if d := a.date.Compare(b.date); d != 0 {
			return d
		}
		return strings.Compare(a.name, b.name)
	})
	return teams, nil
}

// seeds reads leaderboard.csv: team,public,private,date; none is no teams.
func (c *competition) seeds() ([]team, error) {
	if c.unmade != nil {
		var b bytes.Buffer
		if err := c.unmade(&b); err != nil {
			return nil, err
		}
		return parseSeeds(&b)
	}
	path := filepath.Join(c.dir, boardName)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	teams, err := parseSeeds(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return teams, nil
}

func parseSeeds(r io.Reader) ([]team, error) {
	t, err := openTable(r)
	if err != nil {
		return nil, err
	}
	if want := []string{"team", "public", "private", "date"}; !slices.Equal(t.header, want) {
		return nil, fmt.Errorf("line 1: want columns %s, got %s", list(want), list(t.header))
	}
	var teams []team
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			return teams, nil
		}
		if err != nil {
			return nil, err
		}
		one := team{name: strings.Clone(row[0]), count: 1}
		public, err1 := number("public", row[1])
		private, err2 := number("private", row[2])
		date, err3 := time.Parse(time.RFC3339, row[3])
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, fmt.Errorf("line %d: %w", t.line, err)
		}
		one.public, one.private, one.date = &public, &private, date.UTC()
		teams = append(teams, one)
	}
}

// score is what ranks a team on the public or the private board, nil if it has
// none there.
func (t team) score(private bool) *float64 {
	if private {
		return t.private
	}
	return t.public
}

// teamID is a team's number. As on Kaggle it is another one in every competition.
func (c *competition) teamID(team string) int64 { return idOf(c.name + "/" + team) }

// idOf is a number for a name, the same in every run.
func idOf(name string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	return int64(h.Sum32()>>1) + 1
}
