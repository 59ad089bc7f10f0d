package sandbox

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// find loads the competition that a request names, or gives Kaggle's answer to
// an unknown name.
func (s *Sandbox) find(name string) (*competition, error) {
	c, err := s.competition(name)
	if errors.Is(err, errNoCompetition) {
		return nil, apiErrorf(http.StatusNotFound, "Competition %.100q not found", name)
	}
	return c, err
}

// enter is find for what only participants may do. The words are Kaggle's.
func (s *Sandbox) enter(name string, u User) (*competition, error) {
	return s.participating(name, u, "Permission 'competitions.participate' was denied")
}

// enterData is enter for downloads, which Kaggle refuses in other words.
func (s *Sandbox) enterData(name string, u User) (*competition, error) {
	return s.participating(name, u, "You must accept this competition's rules before you'll be able to download files.")
}

func (s *Sandbox) participating(name string, u User, refusal string) (*competition, error) {
	c, err := s.find(name)
	if err != nil {
		return nil, err
	}
	in := false
	if err := s.journal.view(func(st *state) { in = c.entered(st, u) }); err != nil {
		return nil, err
	}
	if !in {
		return nil, apiErrorf(http.StatusForbidden, "%s", refusal)
	}
	return c, nil
}

func (s *Sandbox) getCompetition(c *call, in wire.Named) (any, error) {
	comp, err := s.find(in.CompetitionName)
	if err != nil {
		return nil, err
	}
	return s.message(comp, c)
}

func (s *Sandbox) listCompetitions(c *call, in wire.ListCompetitionsRequest) (any, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	all := []wire.Competition{}
	for _, name := range names {
		comp, err := s.known(name)
		if err != nil {
			return nil, err
		}
		m, err := s.message(comp, c)
		if err != nil {
			return nil, err
		}
		if wanted(in, name, m) {
			all = append(all, m)
		}
	}
	if err := sortCompetitions(all, in.SortBy); err != nil {
		return nil, err
	}
	page, next, err := paged(s, all, c.listPage(in.PageToken, in.Page, in.PageSize))
	return wire.ListCompetitionsResponse{Competitions: page, NextPageToken: next}, err
}

// wanted says whether a competition is of the group and category that were
// asked for and holds the text that was searched. The sandbox is host of none,
// so the other groups are empty.
func wanted(in wire.ListCompetitionsRequest, name string, m wire.Competition) bool {
	switch in.Group {
	case "", wire.TabGeneral, wire.TabEverything:
	case wire.TabEntered:
		if !m.UserHasEntered {
			return false
		}
	default:
		return false
	}
	category := strings.ToUpper(strings.ReplaceAll(m.Category, " ", "_"))
	switch strings.TrimPrefix(in.Category, "HOST_SEGMENT_") {
	case "", "UNSPECIFIED", "ALL", category:
	default:
		return false
	}
	text := strings.ToLower(name + "\n" + m.Title + "\n" + m.Description)
	return strings.Contains(text, strings.ToLower(in.Search))
}

// sortCompetitions orders a list that is ordered by name. What a sandbox knows
// nothing of (prizes, relevance, age) leaves it as it is.
func sortCompetitions(all []wire.Competition, by string) error {
	deadline := func(c wire.Competition) time.Time {
		if c.Deadline.IsZero() {
			return time.Unix(1<<40, 0) // none: after every other
		}
		return c.Deadline.Time
	}
	switch by {
	case "", wire.SortByBest, "COMPETITION_SORT_BY_GROUPED", "COMPETITION_SORT_BY_PRIZE", "COMPETITION_SORT_BY_RELEVANCE",
		"COMPETITION_SORT_BY_RECENTLY_CREATED":
	case wire.SortByEarliestDeadline:
		slices.SortStableFunc(all, func(a, b wire.Competition) int { return deadline(a).Compare(deadline(b)) })
	case wire.SortByLatestDeadline:
		slices.SortStableFunc(all, func(a, b wire.Competition) int { return deadline(b).Compare(deadline(a)) })
	case wire.SortByNumberOfTeams:
		slices.SortStableFunc(all, func(a, b wire.Competition) int { return b.TeamCount - a.TeamCount })
	default:
		return apiErrorf(http.StatusBadRequest, "sortBy: unknown word %.60q", by)
	}
	return nil
}

// message is a competition as the wire shows it to a user.
func (s *Sandbox) message(comp *competition, c *call) (wire.Competition, error) {
	page := origin(c.r) + "/competitions/" + comp.name
	m := wire.Competition{
		ID: idOf(comp.name), Ref: page, URL: page, Title: comp.Title, Description: comp.Description,
		Category: comp.Category, Reward: comp.Reward, Tags: []wire.Tag{}, Deadline: wire.Time{Time: comp.Deadline.Time},
		MaxDailySubmissions: comp.DailyLimit, MaxTeamSize: 1, EvaluationMetric: comp.metric.Title,
		IsKernelsSubmissionsOnly: comp.CodeOnly, SubmissionsDisabled: comp.SubmissionsDisabled,
		HostName: "podium sandbox", OrganizationName: "podium sandbox", PodiumOrigin: Origin(comp.name),
	}
	var boardErr error
	err := s.journal.view(func(st *state) {
		m.UserHasEntered = comp.entered(st, c.user)
		var teams []team
		teams, boardErr = comp.board(st, s.over(comp))
		m.TeamCount = len(teams)
		for i, t := range teams {
			if t.name == c.user.Team {
				m.UserRank = i + 1
			}
		}
	})
	return m, errors.Join(err, boardErr)
}

// over says whether the deadline has passed.
func (s *Sandbox) over(c *competition) bool {
	return !c.Deadline.IsZero() && s.now().After(c.Deadline.Time)
}
