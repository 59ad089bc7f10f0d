package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/seed-a5aa75a0/podium/internal/cli"
	"github.com/seed-a5aa75a0/podium/models/pretrained/pretrainedtest"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"podium":  func() { os.Exit(cli.Main(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr)) },
		"browser": browser,
	})
}

// browser is a person with a browser who allows what is asked: browser URL.
func browser() {
	resp, err := http.PostForm(os.Args[1], url.Values{"user": {"sandbox"}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	resp.Body.Close()
}

// TestScripts runs the stories in testdata/script: each starts the real program
// and reads as a manual of one part of it. Home and state are inside the
// story's own folder, no network but this machine's is touched, and no
// credential of the person who runs the tests is seen.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup:               setup,
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Getuid() == 0, nil
			}
			return false, errors.New("unknown condition")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "scrub": scrub, "listening": listening, "faulty": faulty, "portal": portal, "weights": weights,
		},
	})
}

func setup(e *testscript.Env) error {
	e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
	e.Setenv("USERPROFILE", filepath.Join(e.WorkDir, "home"))
	e.Setenv("PODIUM_HOME", filepath.Join(e.WorkDir, "podium-home"))
	if err := os.MkdirAll(filepath.Join(e.WorkDir, "home"), 0o755); err != nil {
		return err
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.Defer(func() { taken.Close() })
	e.Setenv("TAKEN", taken.Addr().String())
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.Setenv("FREE", free.Addr().String())
	return free.Close()
}

// exits runs a command and wants this exit code: exits 2 podium fiels.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGS...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// What differs from run to run in an output, and what it is shown as.
var passing = []struct {
	pattern *regexp.Regexp
	word    string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "TIME"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?`), "TIME"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "ADDR"},
	{regexp.MustCompile(`\b\d+(\.\d+)?(ms|s)\b`), "SPAN"},
}

// scrub writes the last command's stdout or stderr to a file, with times,
// ports and the work folder replaced by words: scrub stdout got.json.
func scrub(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: scrub stdout|stderr FILE")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[0]), ts.Getenv("WORK"), "WORK")
	for _, p := range passing {
		text = p.pattern.ReplaceAllString(text, p.word)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o644))
}

// weights writes a file of weights that nobody trained: weights FILE ARCH, with a
// number for others, and the name of a tensor for one that does not fit.
func weights(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: weights FILE ARCH [SEED|TENSOR]")
	}
	seed, wrong := uint64(1), args[2:]
	if len(wrong) == 1 {
		if n, err := strconv.ParseUint(wrong[0], 10, 64); err == nil {
			seed, wrong = n, nil
		}
	}
	ts.Check(pretrainedtest.Random(ts.MkAbs(args[0]), args[1], seed, wrong...))
}

// listening waits until something listens: listening 127.0.0.1:7788.
func listening(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listening ADDR")
	}
	for range 500 {
		c, err := net.DialTimeout("tcp", args[0], time.Second)
		if err == nil {
			c.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("nothing listens on %s", args[0])
}
