package sandbox

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// teams is a competition's board as of now.
func (s *Sandbox) teams(comp *competition, private bool) (teams []team, err error) {
	var boardErr error
	err = s.journal.view(func(st *state) { teams, boardErr = comp.board(st, private) })
	return teams, cmp.Or(err, boardErr)
}

func (s *Sandbox) getLeaderboard(c *call, in wire.GetLeaderboardRequest) (any, error) {
	comp, err := s.find(in.CompetitionName)
	if err != nil {
		return nil, err
	}
	private := s.over(comp) && !in.OverridePublic
	teams, err := s.teams(comp, private)
	if err != nil {
		return nil, err
	}
	rows := make([]wire.LeaderboardRow, len(teams))
	for i, t := range teams {
		rows[i] = wire.LeaderboardRow{
			TeamID: comp.teamID(t.name), TeamName: t.name, SubmissionDate: wire.Time{Time: t.date}, Score: metric.Format(*t.score(private)),
		}
	}
	page, next, err := paged(s, rows, pageOf{token: in.PageToken, size: in.PageSize})
	return wire.GetLeaderboardResponse{Submissions: page, NextPageToken: next}, err
}

// downloadLeaderboard answers with the whole board that getLeaderboard would
// give in pages: a zip of one CSV, with the names and columns of Kaggle's.
func (s *Sandbox) downloadLeaderboard(c *call, in wire.Named) (any, error) {
	comp, err := s.find(in.CompetitionName)
	if err != nil {
		return nil, err
	}
	board, private := "publicleaderboard", s.over(comp)
	if private {
		board = "privateleaderboard"
	}
	teams, err := s.teams(comp, private)
	if err != nil {
		return nil, err
	}
	now := s.now().UTC()
	name := comp.name + "-" + board + "-" + now.Format("2006-01-02T15:04:05") + ".csv"
	body, err := zipped(name, now, boardCSV(comp, teams, private))
	if err != nil {
		return nil, err
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Last-Modified", now.Format(http.TimeFormat)) // kaggle 1.6 fails without
	h.Set("Content-Disposition", `attachment; filename="`+comp.name+`.zip"`)
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.w.Write(body) // the client has gone if this fails
	return answered, nil
}

// boardCSV writes a board with the byte order mark that Kaggle's has.
func boardCSV(comp *competition, teams []team, private bool) []byte {
	var b bytes.Buffer
	b.WriteString("\xef\xbb\xbf")
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"Rank", "TeamId", "TeamName", "LastSubmissionDate", "Score", "SubmissionCount", "TeamMemberUserNames"})
	for i, t := range teams {
		_ = w.Write([]string{
			strconv.Itoa(i + 1), strconv.FormatInt(comp.teamID(t.name), 10), t.name, t.date.UTC().Format(time.DateTime),
			metric.Format(*t.score(private)), strconv.Itoa(t.count), t.user,
		})
	}
	w.Flush() // into memory: it cannot fail
	return b.Bytes()
}

// zipped is a zip of one file.
func zipped(name string, modified time.Time, text []byte) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modified})
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

// listTeamPublicSubmissions gives the submission with which a team stands on a
// public board.
func (s *Sandbox) listTeamPublicSubmissions(c *call, in wire.ListTeamPublicSubmissionsRequest) (any, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	out := wire.ListTeamPublicSubmissionsResponse{Submissions: []wire.PublicSubmission{}}
	for _, name := range names {
		if !s.exists(name) {
			continue // nobody has seen its board
		}
		comp, err := s.find(name)
		if err != nil {
			return nil, err
		}
		teams, err := s.teams(comp, false)
		if err != nil {
			return nil, err
		}
		for _, t := range teams {
			if comp.teamID(t.name) == in.TeamID {
				out.Submissions = append(out.Submissions, wire.PublicSubmission{
					ID: t.ref, DateSubmitted: wire.Time{Time: t.date}, PublicScore: metric.Format(*t.public),
				})
				return out, nil
			}
		}
	}
	return out, nil
}
