package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// staleAfter is how long another process may take to grade before this one
// does it.
const staleAfter = 30 * time.Second

func (s *Sandbox) listSubmissions(c *call, in wire.ListSubmissionsRequest) (any, error) {
	comp, err := s.enter(in.CompetitionName, c.user)
	if err != nil {
		return nil, err
	}
	all := []wire.Submission{}
	err = s.journal.view(func(st *state) {
		for _, en := range slices.Backward(st.by(comp.name, c.user.Name)) {
			m := s.submissionMessage(comp, en, c)
			if inGroup(in.Group, m) {
				all = append(all, m)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if err := sortSubmissions(all, in.SortBy, comp.metric); err != nil {
		return nil, err
	}
	if in.PageSize <= 0 {
		in.PageSize = submissionsPage
	}
	page, next, err := paged(s, all, c.listPage(in.PageToken, in.Page, in.PageSize))
	return wire.ListSubmissionsResponse{Submissions: page, NextPageToken: next}, err
}

func (s *Sandbox) getSubmission(c *call, in wire.GetSubmissionRequest) (any, error) {
	comp, _, err := s.own(in.Ref, c)
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
		err = noSubmission(in.Ref)
	}
	return m, err
}

// own finds a submission of the user who asks, and its competition.
func (s *Sandbox) own(ref int64, c *call) (*competition, event, error) {
	var made event
	err := s.journal.view(func(st *state) {
		if en := st.entries[ref]; en != nil && en.User == c.user.Name {
			made = en.event
		}
	})
	if err == nil && made.Competition == "" {
		err = noSubmission(ref)
	}
	if err != nil {
		return nil, event{}, err
	}
	comp, err := s.find(made.Competition)
	return comp, made, err
}

func noSubmission(ref int64) error {
	return apiErrorf(http.StatusNotFound, "Submission %d not found", ref)
}

// downloadSubmission answers with the signed URL of a file that the user who
// asks handed in.
func (s *Sandbox) downloadSubmission(c *call, in wire.DownloadSubmissionRequest) (any, error) {
	comp, made, err := s.own(in.SubmissionID, c)
	if err != nil {
		return nil, err
	}
	s.redirect(c, submittedPath+comp.name+"/"+strconv.FormatInt(made.Ref, 10)+"/"+made.File)
	return answered, nil
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

func (s *Sandbox) getSubmissionLimits(c *call, in wire.Named) (any, error) {
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
