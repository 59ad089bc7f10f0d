package kaggle_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

const (
	newBoard = "\ufeffRank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\r\n" +
		"1,11,\"Ann, Bob & co\",2026-09-30 17:41:44,0.99,7,\"ann, bob\"\r\n" +
		"2,12,\"数字 \"\"x\"\"\",2026-09-30T17:41:44.1234567Z,0.98,1,zoe\r\n"
	oldBoard = "TeamId,TeamName,SubmissionDate,Score\n11,Ann,2016-01-02 03:04:05,0.5\n12,,soon,\n"
)

func TestParseLeaderboard(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 9, 30, 17, 41, 44, 0, time.UTC)
	for name, c := range map[string]struct {
		text string
		want []kaggle.LeaderboardRow
	}{
		"new": {newBoard, []kaggle.LeaderboardRow{
			{Rank: 1, TeamID: 11, Team: "Ann, Bob & co", Score: "0.99", Date: day, Submissions: 7, Members: []string{"ann", "bob"}},
			{Rank: 2, TeamID: 12, Team: `数字 "x"`, Score: "0.98", Date: day.Add(123456700), Submissions: 1, Members: []string{"zoe"}},
		}},
		"old": {oldBoard, []kaggle.LeaderboardRow{
			{Rank: 1, TeamID: 11, Team: "Ann", Score: "0.5", Date: time.Date(2016, 1, 2, 3, 4, 5, 0, time.UTC)},
			{Rank: 2, TeamID: 12},
		}},
		"another order, more columns": {"score,Medal,TEAMNAME,rank\n0.5,gold,Ann,3\n", []kaggle.LeaderboardRow{{Rank: 3, Team: "Ann", Score: "0.5"}}},
		"only a header":               {"TeamName,Score\n", nil},
	} {
		got, err := kaggle.ParseLeaderboard(strings.NewReader(c.text))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v\n%+v\nwant\n%+v", name, err, got, c.want)
		}
	}
	for text, want := range map[string]string{
		"":                                "line 1: want a header",
		"Id,Label\n1,2\n":                 `line 1: want columns TeamName and Score, got "Id,Label"`,
		"TeamName,Score,Rank\na,1,first":  `line 2: column rank: want a whole number, got "first"`,
		"TeamName,Score\na,1\nb":          "line 3",
		"TeamName,Score\n\"a,1\n":         "line 2",
		"TeamName,Score,TeamId\na,1,-5\n": "line 2: column teamid",
	} {
		if rows, err := kaggle.ParseLeaderboard(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v; want %s", text, rows, err, want)
		}
	}
}

func FuzzParseLeaderboard(f *testing.F) {
	for _, s := range []string{newBoard, oldBoard, "", "TeamName,Score\n", "score,teamname,score\n1,a,2", "TeamName,Score,Rank\na,b,99999999999999999999\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := kaggle.ParseLeaderboard(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.Rank < 1 || r.TeamID < 0 || r.Submissions < 0 {
				t.Errorf("%+v", r)
			}
		}
	})
}

func zipOf(t *testing.T, name, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLeaderboardFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		entry, want string
	}{
		"colons":  {"titanic-publicleaderboard-2026-09-30T17:41:44.csv", "titanic-publicleaderboard-2026-09-30T17-41-44.csv"},
		"folders": {`../..\evil/board.CSV`, "board.CSV"},
		"hidden":  {"..csv", "x-leaderboard.csv"},
		"signs":   {"a b\x1b[0m?.csv", "a-b--0m-.csv"},
	} {
		body := zipOf(t, c.entry, newBoard)
		url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/zip")
			_, _ = w.Write([]byte(body))
		})
		f, err := newClient(t, url).LeaderboardFile(t.Context(), "x")
		if err != nil || f.Name != c.want || string(f.CSV) != newBoard || len(f.Rows) != 2 {
			t.Errorf("%s: %q, %d rows, %v; want %q", name, f.Name, len(f.Rows), err, c.want)
		}
	}
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter)
		want   error
		says   string
	}{
		"no zip":       {text("hello"), kaggle.ErrUnreadable, "zip"},
		"cut":          {text(zipOf(t, "a.csv", newBoard)[:100]), kaggle.ErrUnreadable, "zip"},
		"no CSV in it": {text(zipOf(t, "a.txt", newBoard)), kaggle.ErrUnreadable, "there is no CSV"},
		"no board":     {text(zipOf(t, "a.csv", "x\n")), kaggle.ErrUnreadable, `"a.csv" in the zip: line 1`},
		"not found":    {status(404), kaggle.ErrNotFound, ""},
		"server":       {status(500), kaggle.ErrServer, ""},
		"error, 200": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			text(`{"code":404,"message":"NotFound"}`)(w)
		}, kaggle.ErrNotFound, "NotFound"},
	} {
		url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { c.answer(w) })
		if _, err := newClient(t, url).LeaderboardFile(t.Context(), "x"); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLeaderboardFileElsewhere: a redirect is followed, without the credentials.
func TestLeaderboardFileElsewhere(t *testing.T) {
	t.Parallel()
	storage, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Method != http.MethodGet {
			t.Errorf("%s with credentials %q", r.Method, r.Header.Get("Authorization"))
		}
		_, _ = w.Write([]byte(zipOf(t, "a.csv", newBoard)))
	})
	url, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, storage+"/x.zip?sig=1", http.StatusFound)
	})
	if f, err := newClient(t, url).LeaderboardFile(t.Context(), "x"); err != nil || len(f.Rows) != 2 {
		t.Errorf("%d rows, %v", len(f.Rows), err)
	}
}

// TestLeaderboardFileOfSandbox: what the file says agrees with the pages, and
// adds to them.
func TestLeaderboardFileOfSandbox(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	res, err := b.client.Submit(t.Context(), "toy", submissionFile(t, right), "")
	if err != nil {
		t.Fatal(err)
	}
	scored(t, b.client, res.Ref)
	rows, err := b.client.Leaderboard(t.Context(), "toy")
	if err != nil {
		t.Fatal(err)
	}
	f, err := b.client.LeaderboardFile(t.Context(), "toy")
	if err != nil || len(f.Rows) != len(rows) {
		t.Fatalf("%d rows, %v, want %d", len(f.Rows), err, len(rows))
	}
	for i, r := range f.Rows {
		if want := rows[i]; r.Rank != want.Rank || r.TeamID != want.TeamID || r.Team != want.Team || r.Score != want.Score {
			t.Errorf("%+v, want %+v", r, want)
		}
	}
	f.Complete(rows)
	if you := rows[1]; you.Team != "You" || you.Submissions != 1 || fmt.Sprint(you.Members) != "[sandbox]" {
		t.Errorf("%+v", you)
	}
}

// TestLeaderboardPart asks for no more pages than it needs.
func TestLeaderboardPart(t *testing.T) {
	t.Parallel()
	url, count := answering(t, func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1000)
		n, _ := r.Body.Read(body)
		next := "p2"
		if strings.Contains(string(body[:n]), `"p2"`) {
			next = ""
		}
		if !strings.Contains(string(body[:n]), `"overridePublic":true`) {
			t.Errorf("request %s", body[:n])
		}
		fmt.Fprintf(w, `{"submissions":[{"teamName":"a"},{"teamName":"b"}],"nextPageToken":%q}`, next)
	})
	c := newClient(t, url)
	for limit, want := range map[int]struct {
		rows  int
		whole bool
		calls int64
	}{0: {4, true, 2}, 1: {1, false, 1}, 2: {2, false, 1}, 3: {3, false, 2}, 4: {4, true, 2}, 9: {4, true, 2}} {
		before := count.Load()
		rows, whole, err := c.LeaderboardPart(t.Context(), "x", kaggle.LeaderboardOptions{Limit: limit, Public: true})
		if err != nil || len(rows) != want.rows || whole != want.whole || count.Load()-before != want.calls {
			t.Errorf("limit %d: %d rows, whole %v, %d calls, %v", limit, len(rows), whole, count.Load()-before, err)
		}
	}
}

// TestLatestSubmissions likewise.
func TestLatestSubmissions(t *testing.T) {
	t.Parallel()
	url, count := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"submissions":[{"ref":2},{"ref":1}],"nextPageToken":"more"}`))
	})
	list, err := newClient(t, url).LatestSubmissions(t.Context(), "x", 1)
	if err != nil || len(list) != 1 || list[0].Ref != 2 || count.Load() != 1 {
		t.Errorf("%+v, %v after %d calls", list, err, count.Load())
	}
}
