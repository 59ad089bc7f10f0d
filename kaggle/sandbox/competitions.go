package sandbox

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

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

// enter is find for what only participants may do.
func (s *Sandbox) enter(name string, u User) (*competition, error) {
	c, err := s.find(name)
	if err != nil {
		return nil, err
	}
	in := false
	if err := s.journal.view(func(st *state) { in = c.entered(st, u) }); err != nil {
		return nil, err
	}
	if !in {
		return nil, apiErrorf(http.StatusForbidden, "You must accept this competition's rules: permission 'competitions.participate' was denied")
	}
	return c, nil
}

func (s *Sandbox) getCompetition(c *call) (any, error) {
	var in wire.Named
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	comp, err := s.find(in.CompetitionName)
	if err != nil {
		return nil, err
	}
	return s.message(comp, c)
}

func (s *Sandbox) listCompetitions(c *call) (any, error) {
	var in wire.ListCompetitionsRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	all := []wire.Competition{}
	for _, name := range names {
		comp, err := s.find(name)
		if err != nil {
			return nil, err
		}
		m, err := s.message(comp, c)
		if err != nil {
			return nil, err
		}
		text := strings.ToLower(name + "\n" + m.Title + "\n" + m.Description)
		mine := in.Group != "COMPETITION_LIST_TAB_ENTERED" || m.UserHasEntered
		if mine && strings.Contains(text, strings.ToLower(in.Search)) {
			all = append(all, m)
		}
	}
	page, next, err := paged(all, in.PageToken, in.PageSize)
	return wire.ListCompetitionsResponse{Competitions: page, NextPageToken: next}, err
}

// message is a competition as the wire shows it to a user.
func (s *Sandbox) message(comp *competition, c *call) (wire.Competition, error) {
	page := origin(c.r) + "/competitions/" + comp.name
	m := wire.Competition{
		ID: teamID(comp.name), Ref: page, URL: page, Title: comp.Title, Description: comp.Description,
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

const defaultPage = 20

// paged cuts one page out of a list. The token is where the page begins.
func paged[T any](all []T, token string, size int) (page []T, next string, err error) {
	if size <= 0 {
		size = defaultPage
	}
	size = min(size, wire.MaxPageSize)
	from := 0
	if token != "" {
		if from, err = strconv.Atoi(token); err != nil || from < 0 {
			return nil, "", apiErrorf(http.StatusBadRequest, "pageToken is not one of ours")
		}
	}
	from = min(from, len(all))
	to := min(from+size, len(all))
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return append([]T{}, all[from:to]...), next, nil
}
