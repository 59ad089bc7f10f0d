package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// killClients is how many clients the killed server has at a time.
const killClients = 4

// TestKilled kills a server at random moments while it takes submissions, tears
// the journal's last line sometimes, and starts it again. What it acknowledged
// is there; of the rest each is there wholly (file, record, score) or not at
// all. A server on the same folder that is not killed goes on meanwhile.
func TestKilled(t *testing.T) {
	t.Parallel()
	rounds := 6
	switch {
	case os.Getenv("PODIUM_SOAK") != "":
		rounds = 60
	case testing.Short():
		rounds = 2
	}
	dir := t.TempDir()
	users := crowd(killClients + 1)
	lasting := newRig(t, dir, sandbox.WithUsers(users...))
	k := &killing{t: t, rig: lasting, sent: map[string]*attempt{}}
	rng := seed.Rand(1, "kill")
	for round := range rounds {
		child := startChild(t, dir, len(users), 0)
		var wg sync.WaitGroup
		for i, u := range users {
			url, mayFail := child.url, true
			if i == killClients {
				url, mayFail = lasting.url, false
			}
			wg.Go(func() {
				for n := 0; n < 60 && k.submit(url, u, fmt.Sprintf("%s, round %d, try %d", u.Name, round, n), mayFail); n++ {
				}
			})
		}
		time.Sleep(time.Duration(rng.IntN(120)) * time.Millisecond)
		if err := child.cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		child.stop()
		wg.Wait()
		if rng.IntN(3) == 0 {
			tear(t, dir, rng.IntN(100))
		}
	}
	k.check(users)
}

// attempt is a submission and what is known of it.
type attempt struct {
	text         string
	public       string // its score
	acknowledged int64  // its number, 0 if there was no answer
	found        bool
}

type killing struct {
	t    *testing.T
	rig  *rig
	mu   sync.Mutex
	sent map[string]*attempt // by description
}

// submit says whether the server answered.
func (k *killing) submit(url string, u sandbox.User, description string, mayFail bool) bool {
	rng := seed.Rand(2, description)
	var b strings.Builder
	b.WriteString("Id,Label\n")
	hits := 0
	for i, label := range []string{"a", "b", "a", "b"} {
		if rng.IntN(2) == 0 {
			label = "z"
		} else if i < 2 {
			hits++
		}
		fmt.Fprintf(&b, "%d,%s\n", i+1, label)
	}
	b.WriteString(strings.Repeat("\n", rng.IntN(20000))) // some uploads take longer than others
	a := &attempt{text: b.String(), public: fmt.Sprintf("%.5f", float64(hits)/2)}
	k.mu.Lock()
	k.sent[description] = a
	k.mu.Unlock()

	failed := func(step string, err error) bool {
		if !mayFail {
			k.t.Errorf("%s: %s: %v", description, step, err)
		}
		return false
	}
	var up wire.StartSubmissionUploadResponse
	start := wire.StartSubmissionUploadRequest{CompetitionName: "toy", FileName: "s.csv", ContentLength: int64(len(a.text))}
	if err := k.post(url, u, wire.StartSubmissionUpload, start, &up); err != nil {
		return failed("start", err)
	}
	req, err := http.NewRequestWithContext(k.t.Context(), http.MethodPut, up.CreateURL, strings.NewReader(a.text))
	if err != nil {
		return failed("upload", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return failed("upload", err)
	}
	resp.Body.Close()
	var made wire.CreateSubmissionResponse
	create := wire.CreateSubmissionRequest{CompetitionName: "toy", BlobFileTokens: wire.OneString(up.Token), SubmissionDescription: description}
	if err := k.post(url, u, wire.CreateSubmission, create, &made); err != nil {
		return failed("create", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	a.acknowledged = made.Ref
	return true
}

func (k *killing) post(url string, u sandbox.User, method string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(k.t.Context(), http.MethodPost, url+"/v1/"+wire.CompetitionService+"/"+method, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+u.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// tear leaves half a line at the end of the journal, as a power cut may.
func tear(t *testing.T, dir string, n int) {
	f, err := os.OpenFile(filepath.Join(dir, "journal.jsonl"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	line := `{"kind":"submit","time":"2026-06-01T00:00:00Z","competition":"toy","user":"user-000","ref":99999,"team":"Team 000","bytes":1}`
	if _, err := f.WriteString(line[:n]); err != nil {
		t.Error(err)
	}
}

// check opens the folder once more, as the next process does, and compares what
// is there with what was sent.
func (k *killing) check(users []sandbox.User) {
	next := newRig(k.t, k.rig.dir, sandbox.WithUsers(users...))
	there, acknowledged := 0, 0
	for _, u := range users {
		in := wire.ListSubmissionsRequest{CompetitionName: "toy", PageSize: wire.MaxPageSize}
		for {
			var page wire.ListSubmissionsResponse
			if err := k.post(next.url, u, wire.ListSubmissions, in, &page); err != nil {
				k.t.Fatal(err)
			}
			for _, s := range page.Submissions {
				there++
				k.one(next, u, s)
			}
			if in.PageToken = page.NextPageToken; in.PageToken == "" {
				break
			}
		}
	}
	for description, a := range k.sent {
		if a.acknowledged > 0 {
			acknowledged++
			if !a.found {
				k.t.Errorf("%s: was acknowledged as submission %d and is lost", description, a.acknowledged)
			}
		}
	}
	k.checkFiles(there)
	k.t.Logf("%d sent, %d there, %d of them acknowledged", len(k.sent), there, acknowledged)
	if acknowledged == 0 || acknowledged == len(k.sent) {
		k.t.Error("nothing was killed in the midst: the test shows nothing")
	}
}

// checkFiles: submissions are numbered without gaps, each with its file. A file
// above the last number was moved there by a process that then was killed: it is
// no submission, and the next one takes its place.
func (k *killing) checkFiles(there int) {
	files, err := os.ReadDir(filepath.Join(k.rig.dir, "toy", "submissions"))
	if err != nil {
		k.t.Fatal(err)
	}
	for _, f := range files {
		n, err := strconv.Atoi(strings.TrimSuffix(f.Name(), ".csv"))
		if err != nil || n < 1 || n > there+killClients {
			k.t.Errorf("%s: want 1.csv to %d.csv", f.Name(), there)
		}
	}
	if len(files) < there {
		k.t.Errorf("%d files for %d submissions", len(files), there)
	}
}

// one checks a submission that is there: it is one that was sent, once, whole.
func (k *killing) one(next *rig, u sandbox.User, s wire.Submission) {
	a := k.sent[s.Description]
	if a == nil || a.found || a.acknowledged != 0 && a.acknowledged != s.Ref || !strings.HasPrefix(s.Description, u.Name) {
		k.t.Errorf("submission %d of %s: %+v does not fit what was sent: %+v", s.Ref, u.Name, s, a)
		return
	}
	a.found = true
	if s.Status == wire.Pending {
		s = next.scored(k.t, u.Token, s.Ref)
	}
	file, err := os.ReadFile(filepath.Join(k.rig.dir, "toy", "submissions", fmt.Sprintf("%d.csv", s.Ref)))
	if err != nil || string(file) != a.text || s.TotalBytes != int64(len(a.text)) || s.PublicScore != a.public {
		k.t.Errorf("submission %d: %+v with a file of %d bytes (%v), want %d bytes and %s", s.Ref, s, len(file), err, len(a.text), a.public)
	}
}
