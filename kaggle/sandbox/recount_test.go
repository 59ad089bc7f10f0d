package sandbox_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// What TestManyClients expects is counted anew here, from what was sent and
// from the journal's lines, without the sandbox's own code.

// checkList waits until everything of the user is scored and compares every
// page of what is there with what was acknowledged.
func (a *agent) checkList() {
	for _, comp := range []string{"open", "limited", "race"} {
		got := map[int64]wire.Submission{}
		in := wire.ListSubmissionsRequest{CompetitionName: comp, PageSize: wire.MaxPageSize}
		for {
			var page wire.ListSubmissionsResponse
			if code := a.call(a.servers[0], wire.ListSubmissions, in, &page); code != http.StatusOK {
				a.t.Fatalf("list: HTTP %d", code)
			}
			pending := false
			for _, s := range page.Submissions {
				got[s.Ref] = s
				pending = pending || s.Status == wire.Pending
			}
			if pending {
				time.Sleep(20 * time.Millisecond)
				continue
			}
			if in.PageToken = page.NextPageToken; in.PageToken == "" {
				break
			}
		}
		for _, want := range a.taken {
			if want.comp != comp {
				continue
			}
			s, ok := got[want.ref]
			delete(got, want.ref)
			status := wire.Complete
			if want.bad {
				status = wire.Failed
			}
			if !ok || s.Status != status || s.PublicScore != want.public || s.PrivateScore != want.private {
				a.t.Errorf("%s: submission %d is %+v, want %s %s %s", a.user.Name, want.ref, s, status, want.public, want.private)
			}
			file, err := os.ReadFile(filepath.Join(a.dir, comp, "submissions", fmt.Sprintf("%d.csv", want.ref)))
			if err != nil || string(file) != want.text {
				a.t.Errorf("submission %d: its file differs from what was sent (%v)", want.ref, err)
			}
		}
		for ref := range got {
			a.t.Errorf("%s: submission %d to %s was never acknowledged", a.user.Name, ref, comp)
		}
	}
}

// line is of the journal what this test recounts.
type line struct {
	Kind, Competition, User, Error string
	Ref                            int64
	Time                           time.Time
}

func (c *crowded) journal() []line {
	b, err := os.ReadFile(filepath.Join(c.dir, "journal.jsonl"))
	if err != nil {
		c.t.Fatal(err)
	}
	var all []line
	for text := range bytes.Lines(b) {
		var one line
		if err := json.Unmarshal(text, &one); err != nil {
			c.t.Fatalf("journal: %v in %q", err, text)
		}
		all = append(all, one)
	}
	return all
}

// checkJournal recounts each day's limit line by line: what is pending or
// scored counts, what failed does not.
func (c *crowded) checkJournal(all []taken) {
	spent, owner, scored := map[string]int{}, map[int64]string{}, map[int64]bool{}
	for _, l := range c.journal() {
		switch l.Kind {
		case "submit":
			if owner[l.Ref] != "" {
				c.t.Errorf("two submissions have the number %d", l.Ref)
			}
			owner[l.Ref] = l.Competition + "/" + l.User
			if spent[owner[l.Ref]]++; l.Competition != "open" && spent[owner[l.Ref]] > 3 {
				c.t.Errorf("submission %d is one too many for %s", l.Ref, owner[l.Ref])
			}
		case "score":
			if scored[l.Ref] {
				c.t.Errorf("submission %d is scored twice", l.Ref)
			}
			scored[l.Ref] = true
			if l.Error != "" {
				spent[owner[l.Ref]]--
			}
		}
	}
	if len(owner) != len(all) || len(scored) != len(all) {
		c.t.Errorf("journal has %d submissions and %d scores, %d were acknowledged", len(owner), len(scored), len(all))
	}
}

// checkBoard ranks the teams anew: best public score first, of equals the
// earlier.
func (c *crowded) checkBoard(all []taken, a *agent) {
	when := map[int64]time.Time{}
	for _, l := range c.journal() {
		if l.Kind == "submit" {
			when[l.Ref] = l.Time
		}
	}
	best := map[string]taken{}
	for _, s := range all {
		old, ok := best[s.user]
		if s.comp == "open" && !s.bad && (!ok || s.public > old.public || s.public == old.public && when[s.ref].Before(when[old.ref])) {
			best[s.user] = s
		}
	}
	var want, got []string
	teams := map[string]string{}
	for _, u := range crowd(len(best) + 1000) {
		teams[u.Name] = u.Team
	}
	ranked := slices.SortedFunc(func(yield func(taken) bool) {
		for _, s := range best {
			if !yield(s) {
				return
			}
		}
	}, func(x, y taken) int {
		return cmp.Or(strings.Compare(y.public, x.public), when[x.ref].Compare(when[y.ref]))
	})
	for _, s := range ranked {
		want = append(want, teams[s.user]+" "+s.public)
	}
	in := wire.GetLeaderboardRequest{CompetitionName: "open", PageSize: wire.MaxPageSize}
	for {
		var page wire.GetLeaderboardResponse
		if code := a.call(c.servers[len(c.servers)-1], wire.GetLeaderboard, in, &page); code != http.StatusOK {
			c.t.Fatalf("board: HTTP %d", code)
		}
		for _, row := range page.Submissions {
			got = append(got, row.TeamName+" "+row.Score)
		}
		if in.PageToken = page.NextPageToken; in.PageToken == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("board of %d teams:\n%s\nwant %d:\n%s", len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
	}
}
