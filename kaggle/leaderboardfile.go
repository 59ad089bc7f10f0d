package kaggle

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// maxBoard bounds a board's CSV in memory: some 2 million teams.
const maxBoard = 256 << 20

// LeaderboardFile is a board as Kaggle hands it out whole: one request instead
// of a page for every 200 teams, and with more about each team.
type LeaderboardFile struct {
	Name string // of the CSV, fit for any file system
	CSV  []byte // as it came, with Kaggle's byte order mark
	Rows []LeaderboardRow
}

// LeaderboardFile downloads the board of a competition.
func (c *Client) LeaderboardFile(ctx context.Context, slug string) (LeaderboardFile, error) {
	r := request{op: "download leaderboard of", method: wire.DownloadLeaderboard, competition: slug, in: wire.Named{CompetitionName: slug}, read: true}
	var archive []byte
	err := c.retrying(ctx, r.op, true, func(ctx context.Context) (err error) {
		archive, err = c.bytes(ctx, r)
		return err
	})
	if err != nil {
		return LeaderboardFile{}, c.explain(ctx, err, slug)
	}
	f, err := readBoardArchive(archive, slug)
	if err != nil {
		return LeaderboardFile{}, &Error{Op: r.op, Competition: slug, Reason: ErrUnreadable, Err: err}
	}
	return f, nil
}

// bytes does a call whose answer is a file, from the API itself or, after a
// redirect, from storage, which gets no credentials.
func (c *Client) bytes(ctx context.Context, r request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	resp, err := c.post(ctx, r)
	for hops := 0; err == nil && isRedirect(resp.StatusCode()) && hops < 5; hops++ {
		resp.RawBody().Close()
		var to string
		if to, err = c.location(resp); err != nil {
			return nil, &Error{Op: r.op, Competition: r.competition, Reason: ErrUnreadable, Err: err}
		}
		resp, err = c.fromStorage(ctx, r, to)
	}
	if err != nil {
		return nil, err
	}
	defer resp.RawBody().Close()
	body, err := io.ReadAll(io.LimitReader(resp.RawBody(), maxAnswer+1))
	if err != nil {
		return nil, c.netError(r.op, r.competition, err)
	}
	if len(body) > maxAnswer {
		return nil, &Error{Op: r.op, Competition: r.competition, Reason: ErrUnreadable, Err: errors.New("answer over 64 MiB")}
	}
	return body, c.check(r, resp, body)
}

func (c *Client) fromStorage(ctx context.Context, r request, at string) (*resty.Response, error) {
	resp, err := c.storage.R().SetContext(ctx).Get(at)
	if err != nil {
		return nil, c.netError(r.op, r.competition, err)
	}
	return resp, nil
}

// readBoardArchive finds the board in its zip: the first CSV.
func readBoardArchive(archive []byte, slug string) (LeaderboardFile, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return LeaderboardFile{}, err
	}
	at := slices.IndexFunc(z.File, func(f *zip.File) bool { return strings.HasSuffix(strings.ToLower(f.Name), ".csv") })
	if at < 0 {
		return LeaderboardFile{}, errors.New("there is no CSV in the zip")
	}
	in, err := z.File[at].Open()
	if err != nil {
		return LeaderboardFile{}, err
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, maxBoard+1))
	if err == nil && len(b) > maxBoard {
		err = fmt.Errorf("it is over %d MiB", maxBoard>>20)
	}
	f := LeaderboardFile{Name: boardName(z.File[at].Name, slug), CSV: b}
	if err == nil {
		f.Rows, err = ParseLeaderboard(bytes.NewReader(b))
	}
	if err != nil {
		return LeaderboardFile{}, fmt.Errorf("%.100q in the zip: %w", z.File[at].Name, err)
	}
	return f, nil
}

// boardName makes a file name of what a zip calls its entry. Kaggle's hold the
// time of day, with colons, which Windows forbids.
func boardName(entry, slug string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_.", r):
			return r
		}
		return '-'
	}, path.Base(strings.ReplaceAll(entry, `\`, "/")))
	if name = strings.TrimLeft(name, ".-"); len(name) <= len(".csv") || len(name) > 200 {
		return slug + "-leaderboard.csv"
	}
	return name
}

// ParseLeaderboard reads a board's CSV by the names in its header, in any order
// and letter case: TeamName and Score, which there must be, and Rank, TeamId,
// LastSubmissionDate (SubmissionDate in older files), SubmissionCount and
// TeamMemberUserNames. Without ranks they are the positions. Error lines count
// from 1.
func ParseLeaderboard(r io.Reader) ([]LeaderboardRow, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("line 1: want a header: %w", err)
	}
	col := map[string]int{}
	for i, name := range header {
		col[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	if at, ok := col["submissiondate"]; ok {
		col["lastsubmissiondate"] = at
	}
	for _, name := range []string{"teamname", "score"} {
		if _, ok := col[name]; !ok {
			return nil, fmt.Errorf("line 1: want columns TeamName and Score, got %.200q", strings.Join(header, ","))
		}
	}
	var rows []LeaderboardRow
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err // names the line
		}
		row, err := boardRow(col, record, len(rows)+1)
		if err != nil {
			line, _ := in.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		rows = append(rows, row)
	}
}

func boardRow(col map[string]int, record []string, position int) (row LeaderboardRow, err error) {
	cell := func(name string) string {
		if i, ok := col[name]; ok {
			return strings.Clone(strings.TrimSpace(record[i]))
		}
		return ""
	}
	whole := func(name string) (n int64) {
		text := cell(name)
		if text == "" || err != nil {
			return 0
		}
		if n, err = strconv.ParseInt(text, 10, 63); err != nil || n < 0 {
			err = fmt.Errorf("column %s: want a whole number, got %.40q", name, text)
		}
		return n
	}
	row = LeaderboardRow{Rank: int(whole("rank")), TeamID: whole("teamid"), Team: cell("teamname"), Score: cell("score"),
		Date: date(cell("lastsubmissiondate")), Submissions: int(whole("submissioncount"))}
	for name := range strings.SplitSeq(cell("teammemberusernames"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			row.Members = append(row.Members, name)
		}
	}
	if row.Rank == 0 {
		row.Rank = position
	}
	return row, err
}

// date is the zero time where the text is none: a board is of use without.
func date(text string) time.Time {
	t, err := wire.ParseTime(text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Complete adds to rows of a Leaderboard what the file knows of the same teams:
// how many submissions they made, and who is in them.
func (f LeaderboardFile) Complete(rows []LeaderboardRow) {
	type key struct {
		id   int64
		name string
	}
	known := map[key]LeaderboardRow{}
	for _, r := range f.Rows {
		known[key{r.TeamID, r.Team}] = r
	}
	for i, r := range rows {
		if k, ok := known[key{r.TeamID, r.Team}]; ok {
			rows[i].Submissions, rows[i].Members = k.Submissions, k.Members
		}
	}
}
