package sandbox_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestOfficialClients drives Kaggle's own clients, unmodified, at a sandbox: it
// must be to them what Kaggle is. make conformance installs them and runs it.
func TestOfficialClients(t *testing.T) {
	a := newArena(t)
	t.Run("as Kaggle", func(t *testing.T) {
		a.serve(t)
		generations := []struct {
			name   string
			rpc    bool
			player *player
		}{
			{"current", true, a.player(t, "current", "kaggle", "KAGGLE_API_ENVIRONMENT=LOCALHOST")},
			{"rest17", false, a.player(t, "rest17", "kaggle", "KAGGLE_API_ENVIRONMENT=LOCALHOST")},
			{"rest16", false, a.player(t, "rest16", "kaggle", "KAGGLE_API_ENDPOINT=http://localhost:7777")},
		}
		for i, g := range generations {
			p := g.player.as("KAGGLE_USERNAME="+arenaUsers[i].Name, "KAGGLE_KEY="+arenaUsers[i].Key)
			p.user = arenaUsers[i]
			t.Run(g.name+" reads", func(t *testing.T) { p.reads(t, g.name) })
			t.Run(g.name+" downloads", func(t *testing.T) { p.downloads(t, g.name) })
			t.Run(g.name+" submits", func(t *testing.T) { p.submits(t, g.name) })
			t.Run(g.name+" is refused", func(t *testing.T) { p.refused(t, g.name) })
			a.asksOnly(t, g.rpc)
		}
		t.Run("kagglehub", func(t *testing.T) { a.hub(t) })
		a.asksOnly(t, true)
		a.now.Store(toyDeadline.Add(time.Hour).Unix())
		for i, g := range generations {
			p := g.player.as("KAGGLE_USERNAME="+arenaUsers[i].Name, "KAGGLE_KEY="+arenaUsers[i].Key)
			p.user = arenaUsers[i]
			t.Run(g.name+" after the deadline", func(t *testing.T) { p.late(t) })
		}
	})
	t.Run("with flat errors", func(t *testing.T) { a.flatErrors(t) })
	t.Run("over a line that breaks", func(t *testing.T) { a.resumes(t) })
}

// reads lists competitions and files.
func (p *player) reads(t *testing.T, generation string) {
	if generation != "rest16" {
		q := p.as("KAGGLE_USERNAME=", "KAGGLE_KEY=", "KAGGLE_API_TOKEN="+p.user.Token)
		if generation == "rest17" { // it wants a user and a key, and then prefers the token
			q = p.as("KAGGLE_API_TOKEN=" + p.user.Token)
		}
		q.ok(t, "competitions", "submissions", "toy", "-v")
		if out := q.ok(t, "config", "view"); !strings.Contains(out, "username: "+p.user.Name) {
			t.Errorf("config view:\n%s", out)
		}
	}
	list := table(t, p.ok(t, "competitions", "list", "-v", "-s", "toy"), "ref")
	if len(list) != 1 || !strings.HasSuffix(list[0]["ref"], "/competitions/toy") || list[0]["deadline"] != "2030-01-01 00:00:00" ||
		list[0]["category"] != "Getting Started" || list[0]["reward"] != "Knowledge" || list[0]["userHasEntered"] != "True" {
		t.Errorf("competitions list: %v", list)
	}
	if out := p.ok(t, "competitions", "list", "--group", "entered", "--category", "research", "--sort-by", "latestDeadline"); !strings.Contains(out, "No competitions found") {
		t.Errorf("there is no research:\n%s", out)
	}
	first := p.ok(t, "competitions", "files", "toy", "-v")
	if rows := table(t, first, "name"); len(rows) != 20 {
		t.Errorf("%d files on a page, want 20", len(rows))
	}
	var all []map[string]string
	for token := ""; ; {
		args := []string{"competitions", "files", "toy", "-v", "--page-size", "12"}
		if token != "" {
			args = append(args, "--page-token", token)
		}
		out := p.ok(t, args...)
		all = append(all, table(t, out, "name")...)
		_, rest, more := strings.Cut(out, "Next Page Token = ")
		if !more || len(all) > 100 {
			break
		}
		token, _, _ = strings.Cut(rest, "\n")
	}
	if got, want := column(all, "name"), sortedNames(p.files); !slices.Equal(got, want) {
		t.Errorf("files, page by page: %v, want %v", got, want)
	}
	if generation == "current" {
		if rows := table(t, p.as("KAGGLE_COMPETITION=toy").ok(t, "competitions", "pages", "list", "--content", "-v"), "name"); len(rows) != 4 || rows[0]["content"] != "D" {
			t.Errorf("pages list: %v", rows)
		}
	}
}

// downloads gets one file, one in a folder, one that is served zipped, and all.
func (p *player) downloads(t *testing.T, generation string) {
	dir := t.TempDir()
	p.ok(t, "competitions", "download", "toy", "-f", "test.csv", "-p", dir, "-q")
	p.sameFile(t, filepath.Join(dir, "test.csv"), p.files["test.csv"])
	p.ok(t, "competitions", "download", "toy", "-f", "meta.json", "-p", dir, "-q")
	p.sameFile(t, filepath.Join(dir, "meta.json"), p.files["meta.json"])
	p.ok(t, "competitions", "download", "toy", "-f", "images/a b/07.bin", "-p", dir, "-q")
	p.sameFile(t, filepath.Join(dir, "07.bin"), p.files["images/a b/07.bin"])
	p.ok(t, "competitions", "download", "toy", "-f", "big.csv", "-p", dir, "-q")
	zipName := "big.csv.zip"
	if generation == "rest17" { // it takes the name from what it asked for
		zipName = "big.csv"
	}
	if got := unzip(t, filepath.Join(dir, zipName)); !bytes.Equal(got["big.csv"], p.files["big.csv"]) {
		t.Errorf("big.csv: %d bytes in the zip", len(got["big.csv"]))
	}
	p.ok(t, "competitions", "download", "toy", "-p", dir, "-q")
	all := unzip(t, filepath.Join(dir, "toy.zip"))
	if got, want := sortedNames(all), sortedNames(p.files); !slices.Equal(got, want) {
		t.Errorf("all files: %v, want %v", got, want)
	}
	for name, want := range p.files {
		if !bytes.Equal(all[name], want) {
			t.Errorf("%s in the bundle: %d bytes, want %d", name, len(all[name]), len(want))
		}
	}
	if generation == "rest16" {
		return // it leaves half files
	}
	half := filepath.Join(dir, "test.csv")
	writeFile(t, half, p.files["test.csv"][:3])
	if err := os.Chtimes(half, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	p.ok(t, "competitions", "download", "toy", "-f", "test.csv", "-p", dir, "--force")
	p.sameFile(t, half, p.files["test.csv"])
}

// submits hands in a right file and one with wrong columns, and reads scores
// and board.
func (p *player) submits(t *testing.T, generation string) {
	good, bad := filepath.Join(p.home, "good.csv"), filepath.Join(p.home, "bad.csv")
	writeFile(t, good, []byte(right))
	writeFile(t, bad, []byte("Id,Wrong\n1,a\n"))
	if out := p.ok(t, "competitions", "submit", "toy", "-f", bad, "-m", "wrong | columns / here"); !strings.Contains(out, "Successfully submitted to Toy") {
		t.Errorf("submit:\n%s", out)
	}
	p.waitScored(t)
	if out := p.ok(t, "competitions", "submit", "toy", "-f", good, "-m", "ünïcode"); !strings.Contains(out, "Successfully submitted to Toy") {
		t.Errorf("submit:\n%s", out)
	}
	rows := p.waitScored(t)
	if len(rows) != 2 || rows[0]["fileName"] != "good.csv" || rows[0]["description"] != "ünïcode" || rows[0]["publicScore"] != "1.00000" ||
		rows[0]["privateScore"] != "" || !strings.HasSuffix(strings.ToLower(rows[1]["status"]), "error") || rows[1]["publicScore"] != "" {
		t.Errorf("submissions: %v", rows)
	}
	board := table(t, p.ok(t, "competitions", "leaderboard", "toy", "-s", "-v"), "teamId")
	i := slices.IndexFunc(board, func(row map[string]string) bool { return row["teamName"] == p.user.Team })
	if i < 0 || board[i]["score"] != "1.00000" || board[len(board)-1]["teamName"] != "synthetic: ünïcode" {
		t.Errorf("board: %v", board)
	}
	p.boardFile(t, "publicleaderboard", board)
	if generation != "current" {
		return
	}
	if out := p.ok(t, "competitions", "submission-limits", "toy"); !strings.Contains(out, "Submissions today: 1\n") || !strings.Contains(out, "Remaining today: 1\n") {
		t.Errorf("limits:\n%s", out)
	}
	if mine := table(t, p.ok(t, "competitions", "team-submissions", board[i]["teamId"], "-v"), "id"); len(mine) != 1 || mine[0]["publicScore"] != "1.00000" || mine[0]["id"] != rows[0]["ref"] {
		t.Errorf("team's submissions: %v", mine)
	}
	if out := p.ok(t, "competitions", "leaderboard", "toy", "-s", "-v", "--page-size", "1"); len(table(t, out, "teamId")) != 1 || !strings.Contains(out, "Next Page Token = ") {
		t.Errorf("a page of the board:\n%s", out)
	}
}

// boardFile downloads the board and compares it with what was shown.
func (p *player) boardFile(t *testing.T, kind string, board []map[string]string) {
	t.Helper()
	dir := t.TempDir()
	p.ok(t, "competitions", "leaderboard", "toy", "-d", "-p", dir, "-q")
	for name, text := range unzip(t, filepath.Join(dir, "toy.zip")) {
		if !strings.HasPrefix(name, "toy-"+kind+"-20") || !strings.HasSuffix(name, ".csv") || !bytes.HasPrefix(text, []byte("\xef\xbb\xbfRank,TeamId,")) {
			t.Errorf("%s begins with %.30q", name, text)
		}
		rows := table(t, string(text), "Rank")
		if len(rows) != len(board) {
			t.Fatalf("%d rows, want %d", len(rows), len(board))
		}
		for i, row := range rows {
			if row["TeamName"] != board[i]["teamName"] || row["Score"] != board[i]["score"] || row["TeamId"] != board[i]["teamId"] {
				t.Errorf("row %d: %v, shown was %v", i, row, board[i])
			}
		}
	}
}

// waitScored lists the submissions until none is pending.
func (p *player) waitScored(t *testing.T) []map[string]string {
	t.Helper()
	for range 20 {
		out := p.ok(t, "competitions", "submissions", "toy", "-v")
		header := "fileName"
		if strings.Contains(out, "ref,fileName") {
			header = "ref"
		}
		rows := table(t, out, header)
		if !slices.ContainsFunc(rows, func(r map[string]string) bool { return strings.HasSuffix(strings.ToLower(r["status"]), "pending") }) {
			for _, r := range rows { // an absent score is None to some
				for _, name := range []string{"publicScore", "privateScore"} {
					if r[name] == "None" {
						r[name] = ""
					}
				}
			}
			return rows
		}
	}
	t.Error("a submission stays pending")
	return nil
}

// refused: what Kaggle refuses is refused, and the exit code says so.
func (p *player) refused(t *testing.T, generation string) {
	good := filepath.Join(p.home, "good.csv")
	p.ok(t, "competitions", "submit", "toy", "-f", good, "-m", "last of the day")
	p.fails(t, "400", "competitions", "submit", "toy", "-f", good, "-m", "one too many")
	p.fails(t, "403", "competitions", "submit", "closed", "-f", good, "-m", "rules")
	p.fails(t, "403", "competitions", "download", "closed", "-f", "test.csv")
	p.fails(t, "403", "competitions", "submissions", "closed")
	p.fails(t, "400", "competitions", "submit", "notebooks", "-f", good, "-m", "no notebook")
	p.fails(t, "404", "competitions", "files", "nope")
	p.fails(t, "404", "competitions", "download", "toy", "-f", "nope.csv")
	say := "401"
	if generation == "current" { // it has one text for every cause
		say = "Authentication required"
	}
	p.as("KAGGLE_KEY=00000000000000000000000000000000").fails(t, say, "competitions", "submissions", "toy")
	if generation == "current" {
		p.as("KAGGLE_USERNAME=", "KAGGLE_KEY=", "KAGGLE_API_TOKEN=KGAT_wrong").fails(t, say, "competitions", "submissions", "toy")
	}
}

// late: private scores and the private board are there.
func (p *player) late(t *testing.T) {
	rows := p.waitScored(t)
	i := slices.IndexFunc(rows, func(r map[string]string) bool { return r["description"] == "ünïcode" })
	if i < 0 || rows[i]["privateScore"] != "0.50000" {
		t.Errorf("submissions: %v", rows)
	}
	board := table(t, p.ok(t, "competitions", "leaderboard", "toy", "-s", "-v"), "teamId")
	if len(board) != 5 || board[0]["teamName"] != "synthetic: half" || board[0]["score"] != "1.00000" {
		t.Errorf("private board: %v", board)
	}
	p.boardFile(t, "privateleaderboard", board)
}

// flatErrors: the present client shows the server's words, which it does not
// of the nested shape.
func (a *arena) flatErrors(t *testing.T) {
	a.serve(t, sandboxFlat)
	p := a.player(t, "current", "kaggle", "KAGGLE_API_ENVIRONMENT=LOCALHOST", "KAGGLE_USERNAME="+arenaUsers[0].Name, "KAGGLE_KEY="+arenaUsers[0].Key)
	p.fails(t, "You must accept this competition's rules before you'll be able to download files.", "competitions", "download", "closed", "-f", "test.csv")
	p.fails(t, "Permission 'competitions.participate' was denied", "competitions", "submissions", "closed")
	p.fails(t, `Competition "nope" not found`, "competitions", "files", "nope")
}
