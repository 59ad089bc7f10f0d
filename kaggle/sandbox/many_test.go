package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// TestManyClients: many clients at once on several processes that share a
// folder. Afterwards every submission that was acknowledged is there with its
// right score, the board is that which the submissions add up to, and no day's
// limit was passed nor wasted. With PODIUM_SOAK=1 it is 500 clients for a
// minute (make soak).
func TestManyClients(t *testing.T) {
	t.Parallel()
	clients, span, children := 50, 3*time.Second, 1
	switch {
	case os.Getenv("PODIUM_SOAK") != "":
		clients, span, children = 500, time.Minute, 2
	case testing.Short():
		span = time.Second
	}
	dir := t.TempDir()
	c := &crowded{t: t, dir: dir, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}}
	defer c.http.CloseIdleConnections()
	c.make("open", 0)
	c.make("limited", 3)
	c.make("race", 3)
	ahead := noonAhead()
	c.servers = []string{newRig(t, dir, sandbox.WithUsers(crowd(clients)...), sandbox.WithClock(shifted(ahead))).url}
	for range children {
		c.servers = append(c.servers, startChild(t, dir, clients, ahead).url)
	}

	end := time.Now().Add(span)
	var wg sync.WaitGroup
	agents := make([]*agent, clients)
	for i := range agents {
		a := &agent{crowded: c, user: crowd(i + 1)[i], rng: seed.Rand(1, "client", i)}
		agents[i] = a
		wg.Go(func() {
			for time.Now().Before(end) && !t.Failed() {
				a.step()
			}
			a.race()
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	var all []taken
	reads := 0
	for _, a := range agents {
		all = append(all, a.taken...)
		reads += a.reads
	}
	t.Logf("%d clients, %d servers, %v: %d submissions, %d reads (%.0f and %.0f a second)", clients, len(c.servers), span,
		len(all), reads, float64(len(all))/span.Seconds(), float64(reads)/span.Seconds())
	for _, a := range agents {
		a.checkList()
	}
	c.checkJournal(all)
	c.checkBoard(all, agents[0])
}

// crowded is the state folder and the servers on it.
type crowded struct {
	t       *testing.T
	dir     string
	http    *http.Client
	servers []string
}

// manyRows is how many rows are hidden, half of them public.
const manyRows = 40

func truth(row int) string { return string(rune('a' + row*row%7%3)) }

func (c *crowded) make(name string, limit int) {
	var solution strings.Builder
	solution.WriteString("Id,Label,Usage\n")
	for i := range manyRows {
		fmt.Fprintf(&solution, "%d,%s,%s\n", i, truth(i), []string{"Public", "Private"}[i%2])
	}
	for file, text := range map[string]string{
		"competition.yaml": fmt.Sprintf("version: 1\ntitle: %s\nmetric: accuracy\npublic_share: 0.5\ndaily_limit: %d\nreal_board: false\n"+
			"origin: test\nreveal_private: true\n", name, limit),
		"data/test.csv": "x\n1\n",
		"solution.csv":  solution.String(),
	} {
		path := filepath.Join(c.dir, name, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			c.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
}

// taken is a submission that a server acknowledged.
type taken struct {
	comp, user      string
	ref             int64
	text            string
	bad             bool // it cannot be scored
	public, private string
}

// agent is one client at work.
type agent struct {
	*crowded
	user  sandbox.User
	rng   *rand.Rand
	taken []taken
	reads int
}

// step does one thing that a participant does.
func (a *agent) step() {
	server := a.servers[a.rng.IntN(len(a.servers))]
	read := func(method string, in, out any) {
		a.reads++
		if code := a.call(server, method, in, out); code != http.StatusOK {
			a.t.Errorf("%s: HTTP %d", method, code)
		}
	}
	switch n := a.rng.IntN(10); {
	case n < 4:
		a.submit(server, "open")
	case n < 5:
		a.submit(server, "limited")
	case n < 6:
		read(wire.GetLeaderboard, wire.GetLeaderboardRequest{CompetitionName: "open"}, &wire.GetLeaderboardResponse{})
	case n < 7:
		read(wire.GetSubmissionLimits, wire.Named{CompetitionName: "limited"}, &wire.SubmissionLimits{})
	case n < 8:
		read(wire.GetCompetition, wire.Named{CompetitionName: "open"}, &wire.Competition{})
	default:
		read(wire.ListSubmissions, wire.ListSubmissionsRequest{CompetitionName: "open"}, &wire.ListSubmissionsResponse{})
	}
}

// race sends more than the day allows, all at once: exactly the limit is taken.
func (a *agent) race() {
	var wg sync.WaitGroup
	tries := make([]agent, 6)
	for i := range tries {
		tries[i] = agent{crowded: a.crowded, user: a.user, rng: seed.Rand(a.rng.Uint64())}
		server := a.servers[i%len(a.servers)]
		wg.Go(func() { tries[i].send(server, "race", tries[i].answers(false)) })
	}
	wg.Wait()
	n := 0
	for _, one := range tries {
		n += len(one.taken)
		a.taken = append(a.taken, one.taken...)
	}
	if n != 3 {
		a.t.Errorf("%s: %d submissions were taken, the limit is 3", a.user.Name, n)
	}
}

func (a *agent) submit(server, comp string) { a.send(server, comp, a.answers(a.rng.IntN(5) == 0)) }

// answers is a file to submit, and what it is worth.
func (a *agent) answers(bad bool) taken {
	s := taken{user: a.user.Name, bad: bad}
	var b strings.Builder
	b.WriteString("Id,Label\n")
	var hits [2]int
	for i := range manyRows {
		label := truth(i)
		if a.rng.IntN(3) == 0 {
			label = "z"
		} else {
			hits[i%2]++
		}
		if !bad || i > 0 { // a bad one lacks a row
			fmt.Fprintf(&b, "%d,%s\n", i, label)
		}
	}
	s.text = b.String()
	if !bad {
		s.public, s.private = fmt.Sprintf("%.5f", float64(hits[0])/(manyRows/2)), fmt.Sprintf("%.5f", float64(hits[1])/(manyRows/2))
	}
	return s
}

// send submits a file. Being over the limit is an answer too.
func (a *agent) send(server, comp string, s taken) {
	s.comp = comp
	var up wire.StartSubmissionUploadResponse
	start := wire.StartSubmissionUploadRequest{CompetitionName: comp, FileName: "s.csv", ContentLength: int64(len(s.text))}
	if code := a.call(server, wire.StartSubmissionUpload, start, &up); code != http.StatusOK {
		a.t.Errorf("start upload: HTTP %d", code)
		return
	}
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPut, up.CreateURL, strings.NewReader(s.text))
	if err != nil {
		a.t.Error(err)
		return
	}
	resp, err := a.http.Do(req)
	if err != nil {
		a.t.Error(err)
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	var made struct {
		wire.CreateSubmissionResponse
		wire.NestedError
	}
	code := a.call(server, wire.CreateSubmission, wire.CreateSubmissionRequest{CompetitionName: comp, BlobFileTokens: wire.OneString(up.Token)}, &made)
	switch {
	case code == http.StatusOK:
		s.ref = made.Ref
		a.taken = append(a.taken, s)
	case comp == "open" || code != http.StatusBadRequest || !strings.Contains(made.Error.Message, "allowance (3)"):
		a.t.Errorf("submit to %s: HTTP %d, %s", comp, code, made.Error.Message)
	}
}

// call does one API call; 0 is no answer.
func (a *agent) call(server, method string, in, out any) int {
	body, err := json.Marshal(in)
	if err != nil {
		a.t.Error(err)
		return 0
	}
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, server+"/v1/"+wire.CompetitionService+"/"+method, bytes.NewReader(body))
	if err != nil {
		a.t.Error(err)
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+a.user.Token)
	resp, err := a.http.Do(req)
	if err != nil {
		a.t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		a.t.Errorf("%s: HTTP %d: %v", method, resp.StatusCode, err)
	}
	return resp.StatusCode
}
