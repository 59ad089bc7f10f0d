package sandbox_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// envClients names the folder in which testdata/conformance/run.sh (make
// conformance) has put Kaggle's own clients, one virtual environment each.
const envClients = "PODIUM_CONFORMANCE_CLIENTS"

// Addresses that Kaggle's clients can be sent to: KAGGLE_API_ENVIRONMENT=LOCALHOST
// and TEST.
const (
	addrLocalhost = "127.0.0.1:80"
	addrTest      = "127.0.0.1:7777"
)

// arena is a sandbox on the ports that Kaggle's clients know, with a clock that
// can be set.
type arena struct {
	clients string
	dir     string
	files   map[string][]byte // of the competition toy
	now     atomic.Int64      // Unix seconds
	mu      sync.Mutex
	asked   []string // "VERB PATH" of every API request
}

var toyDeadline = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// arenaUsers: each client plays as another one.
var arenaUsers = []sandbox.User{
	{Name: "current", Team: "Team current", Token: "KGAT_current", Key: "11111111111111111111111111111111"},
	{Name: "rest17", Team: "Team rest17", Token: "KGAT_rest17", Key: "22222222222222222222222222222222"},
	{Name: "rest16", Team: "Team rest16", Token: "KGAT_rest16", Key: "33333333333333333333333333333333"},
	{Name: "hub", Team: "Team hub", Token: "KGAT_hub", Key: "44444444444444444444444444444444"},
}

func newArena(t *testing.T) *arena {
	t.Helper()
	a := &arena{clients: os.Getenv(envClients), dir: t.TempDir()}
	if a.clients == "" {
		t.Skip("needs Kaggle's own clients, which make conformance installs")
	}
	a.now.Store(toyDeadline.Add(-time.Hour).Unix())
	a.files = map[string][]byte{
		"sample_submission.csv": []byte("Id,Label\n1,a\n2,a\n3,a\n4,a\n"), "test.csv": []byte("x\n1\n2\n3\n4\n"),
		"big.csv": bytes.Repeat([]byte("1,2,3\n"), 300_000), "meta.json": []byte(`{"code":404,"message":"data, not an error"}`),
		"large.bin": bytes.Repeat([]byte("\x00\xff0123456789abcd"), 200_000),
	}
	for i := range 25 {
		a.files[fmt.Sprintf("images/a b/%02d.bin", i)] = bytes.Repeat([]byte{byte(i)}, i*1000)
	}
	config := "version: 1\nmetric: accuracy\npublic_share: 0.5\nreal_board: false\norigin: test\ndescription: D\n" +
		"category: Getting Started\nreward: Knowledge\ndeadline: " + toyDeadline.Format(time.RFC3339) + "\n"
	solution := "Id,Label,Usage\n1,a,Public\n2,b,Public\n3,a,Private\n4,b,Private\n"
	board := "team,public,private,date\nsynthetic: half,0.5,1,2026-01-01T00:00:00Z\nsynthetic: ünïcode,0,0,2026-01-02T00:00:00Z\n"
	a.write(t, "toy", config+"title: Toy\ndaily_limit: 2\nserve_zipped: [big.csv]\n", solution, board)
	a.write(t, "closed", config+"title: Closed\ndaily_limit: 5\nrules: accept\n", solution, "")
	a.write(t, "notebooks", config+"title: Notebooks\ndaily_limit: 5\ncode_only: true\n", solution, "")
	for name, text := range a.files {
		writeFile(t, filepath.Join(a.dir, "toy", "data", filepath.FromSlash(name)), text)
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("big.csv")
	if err == nil {
		_, err = w.Write(a.files["big.csv"])
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(a.dir, "toy", "data", "big.csv.zip"), packed.Bytes())
	return a
}

func (a *arena) write(t *testing.T, name, config, solution, board string) {
	t.Helper()
	for file, text := range map[string]string{"competition.yaml": config, "solution.csv": solution, "leaderboard.csv": board, "data/test.csv": "x\n"} {
		if text != "" {
			writeFile(t, filepath.Join(a.dir, name, filepath.FromSlash(file)), []byte(text))
		}
	}
}

func writeFile(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// serve listens on both addresses until the test ends. A port that is not to be
// had skips the test: run.sh says so loudly.
func (a *arena) serve(t *testing.T, opts ...sandbox.Option) {
	t.Helper()
	for _, addr := range []string{addrLocalhost, addrTest} {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			t.Skipf("needs %s: %v", addr, err)
		}
		l.Close()
	}
	opts = append(opts, sandbox.WithUsers(arenaUsers...), sandbox.WithClock(func() time.Time { return time.Unix(a.now.Load(), 0) }),
		sandbox.WithAccessLog(func(one sandbox.Access) {
			a.mu.Lock()
			defer a.mu.Unlock()
			if strings.HasPrefix(one.Path, "/api/") || strings.HasPrefix(one.Path, "/v1/") {
				a.asked = append(a.asked, one.Method+" "+one.Path)
			}
		}))
	s, err := sandbox.Open(a.dir, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, addr := range []string{addrLocalhost, addrTest} {
		srv, err := s.Serve(t.Context(), addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = srv.Close() })
	}
}

// asksOnly checks in which dialect everything was asked since the last time.
func (a *arena) asksOnly(t *testing.T, rpc bool) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.asked) == 0 {
		t.Error("nothing was asked")
	}
	for _, one := range a.asked {
		if strings.Contains(one, "Service/") != rpc {
			t.Errorf("asked %s, want the other dialect", one)
		}
	}
	a.asked = nil
}

// player is one of Kaggle's clients as one user.
type player struct {
	*arena
	user sandbox.User
	env  []string
	home string
	exe  string
}

func (a *arena) player(t *testing.T, client, program string, env ...string) *player {
	t.Helper()
	p := &player{arena: a, home: t.TempDir(), exe: filepath.Join(a.clients, client, "bin", program)}
	p.env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.home, "PYTHONIOENCODING=utf-8", "KAGGLEHUB_CACHE=" + p.home + "/hub"}, env...)
	return p
}

// as is the player with other variables, so as another user.
func (p *player) as(env ...string) *player {
	q := *p
	q.env = append(slices.Clone(p.env), env...)
	return &q
}

// run gives what the client prints and its exit code. A warning is a fault of
// the sandbox: no client is too old or too new for it.
func (p *player) run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.exe, args...)
	cmd.Env, cmd.Dir = p.env, p.home
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	for _, line := range strings.Split(out.String()+errs.String(), "\n") {
		if strings.HasPrefix(line, "Warning") && !strings.Contains(line, "chmod") {
			t.Errorf("%s: %s", strings.Join(args, " "), line)
		}
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// ok runs a command that must succeed.
func (p *player) ok(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, code := p.run(t, args...)
	if code != 0 {
		t.Errorf("%s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// fails runs a command that must fail and say something.
func (p *player) fails(t *testing.T, say string, args ...string) {
	t.Helper()
	out, errs, code := p.run(t, args...)
	if code == 0 || !strings.Contains(out+errs, say) {
		t.Errorf("%s: exit code %d, want another and %q in\n%s%s", strings.Join(args, " "), code, say, out, errs)
	}
}

// table reads the CSV at the end of an output: rows by column name. What
// stands before it (a page token, a dump of the exchange) is cut off.
func table(t *testing.T, out, header string) []map[string]string {
	t.Helper()
	at := strings.LastIndex(out, header+",")
	if at < 0 {
		t.Errorf("no table that begins with %s in\n%s", header, out)
		return nil
	}
	rows, err := csv.NewReader(strings.NewReader(out[at:])).ReadAll()
	if err != nil {
		t.Errorf("%v in\n%s", err, out[at:])
		return nil
	}
	var all []map[string]string
	for _, row := range rows[1:] {
		one := map[string]string{}
		for i, name := range rows[0] {
			one[name] = row[i]
		}
		all = append(all, one)
	}
	return all
}

// column is the sorted texts of one column.
func column(rows []map[string]string, name string) []string {
	var all []string
	for _, row := range rows {
		all = append(all, row[name])
	}
	slices.Sort(all)
	return all
}

// sameFile compares a downloaded file with what was served.
func (p *player) sameFile(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes, %v; want the %d that were served", path, len(got), err, len(want))
	}
}

// unzip reads a downloaded zip.
func unzip(t *testing.T, path string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer z.Close()
	all := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(r); err != nil {
			t.Error(err)
		}
	}
	return all
}

func sortedNames(files map[string][]byte) []string { return slices.Sorted(maps.Keys(files)) }
