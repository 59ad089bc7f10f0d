package sandbox

import (
	"net/http"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// staleAfter is how long another process may take to grade before this one
// does it.
const staleAfter = 30 * time.Second

func (s *Sandbox) listSubmissions(c *call) (any, error) {
	var in wire.ListSubmissionsRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	comp, err := s.enter(in.CompetitionName, c.user)
	if err != nil {
		return nil, err
	}
	all := []wire.Submission{}
	err = s.journal.view(func(st *state) {
		for _, en := range slices.Backward(st.by(comp.name, c.user.Name)) {
			m := s.submissionMessage(comp, en, c)
			if in.Group != "SUBMISSION_GROUP_SUCCESSFUL" || m.Status == wire.Complete {
				all = append(all, m)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	page, next, err := paged(all, in.PageToken, in.PageSize)
	return wire.ListSubmissionsResponse{Submissions: page, NextPageToken: next}, err
}

func (s *Sandbox) getSubmission(c *call) (any, error) {
	var in wire.GetSubmissionRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var name, owner string
	err := s.journal.view(func(st *state) {
		if en := st.entries[in.Ref]; en != nil {
			name, owner = en.Competition, en.User
		}
	})
	if err != nil {
		return nil, err
	}
	if name == "" || owner != c.user.Name {
		return nil, apiErrorf(http.StatusNotFound, "Submission %d not found", in.Ref)
	}
	comp, err := s.find(name)
	if err != nil {
		return nil, err
	}
	if err := s.rescue(staleAfter + s.delay); err != nil {
		return nil, err
	}
	var m *wire.Submission
	err = s.journal.view(func(st *state) {
		if en := st.entries[in.Ref]; en != nil {
			got := s.submissionMessage(comp, en, c)
			m = &got
		}
	})
	if err == nil && m == nil {
		err = apiErrorf(http.StatusNotFound, "Submission %d not found", in.Ref)
	}
	return m, err
}

// submissionMessage is a submission as its owner may see it now.
func (s *Sandbox) submissionMessage(comp *competition, en *entry, c *call) wire.Submission {
	m := wire.Submission{
		Ref: en.Ref, TotalBytes: en.Bytes, Date: wire.Time{Time: en.Time}, Description: en.Description, FileName: en.File,
		Status: wire.Pending, SubmittedBy: en.User, TeamName: en.Team,
		URL: origin(c.r) + "/competitions/" + comp.name + "/submissions",
	}
	switch {
	case en.failure != "":
		m.Status, m.ErrorDescription = wire.Failed, en.failure
	case en.scored:
		m.Status, m.PublicScore = wire.Complete, metric.Format(en.public)
		if comp.RevealPrivate || s.over(comp) {
			m.PrivateScore = metric.Format(en.private)
		}
	}
	return m
}

func (s *Sandbox) getSubmissionLimits(c *call) (any, error) {
	var in wire.Named
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	comp, err := s.enter(in.CompetitionName, c.user)
	if err != nil {
		return nil, err
	}
	var m wire.SubmissionLimits
	err = s.journal.view(func(st *state) { m.NumToday, m.NumTotal = st.spent(comp.name, c.user.Name, s.now()) })
	m.NumAllowedNow = 1_000_000
	if comp.DailyLimit > 0 {
		m.NumAllowedNow = max(0, comp.DailyLimit-m.NumToday)
	}
	return m, err
}

func (s *Sandbox) getLeaderboard(c *call) (any, error) {
	var in wire.GetLeaderboardRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	comp, err := s.find(in.CompetitionName)
	if err != nil {
		return nil, err
	}
	private := s.over(comp) && !in.OverridePublic
	var teams []team
	var boardErr error
	if err := s.journal.view(func(st *state) { teams, boardErr = comp.board(st, private) }); err != nil || boardErr != nil {
		return nil, first(err, boardErr)
	}
	rows := make([]wire.LeaderboardRow, len(teams))
	for i, t := range teams {
		score := *t.public
		if private {
			score = *t.private
		}
		rows[i] = wire.LeaderboardRow{TeamID: teamID(t.name), TeamName: t.name, SubmissionDate: wire.Time{Time: t.date}, Score: metric.Format(score)}
	}
	page, next, err := paged(rows, in.PageToken, in.PageSize)
	return wire.GetLeaderboardResponse{Submissions: page, NextPageToken: next}, err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
