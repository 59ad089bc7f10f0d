//go:build unix

package pipelines_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

func init() {
	roles["readonly"] = readOnlyChild
	roles["smallfiles"] = smallFilesChild
}

func oneStep(o op) (*pipelines.Plan, error) {
	b := pipelines.NewBuilder("p")
	o.out = ports(port("x", "k"))
	b.Add("s", o, 0)
	return b.Build()
}

// say prints an error with its hint and kind.
func say(what string, err error) {
	fmt.Printf("%s: %v | hint: %s\n", what, err, fault.HintOf(err))
}

// readOnlyChild does what can and what cannot be done in a store that is not to
// be written.
func readOnlyChild(root string) error {
	s, err := pipelines.Open(root)
	if err != nil {
		return err
	}
	spec, err := pipelines.Decode("my.yaml", []byte(small))
	if err != nil {
		return err
	}
	for _, name := range []string{"there", "missing"} {
		p, err := oneStep(op{name: name})
		if err != nil {
			return err
		}
		v, err := pipelines.Inspect(p, s)
		fmt.Println("inspect:", v.Steps[0].Status, err)
		r, err := (&pipelines.Local{Store: s}).Run(context.Background(), p, pipelines.Options{})
		say(states(r), err)
	}
	_, err = pipelines.StartRun(root, spec, time.Now())
	say("run", err)
	_, err = pipelines.Open(filepath.Join(root, "inner"))
	say("open", err)
	return nil
}

func TestReadOnlyStore(t *testing.T) {
	t.Parallel()
	s := open(t)
	p, err := oneStep(op{name: "there"})
	if err != nil {
		t.Fatal(err)
	}
	run(t, s, p, pipelines.Options{})
	folders := []string{s.Root(), filepath.Join(s.Root(), "artifacts"), filepath.Join(s.Root(), "work"), filepath.Join(s.Root(), "locks")}
	chmod := func(mode os.FileMode) {
		for _, f := range folders {
			if err := os.Chmod(f, mode); err != nil {
				t.Error(err)
			}
		}
	}
	if err := os.Chmod(filepath.Dir(s.Root()), 0o755); err != nil { // of t.TempDir, for nobody to come in
		t.Fatal(err)
	}
	chmod(0o555)
	defer chmod(0o755) // so that it can be taken away
	cmd := child(t, "readonly", s.Root())
	if os.Getuid() == 0 { // root may write anywhere: be nobody
		cmd.Path = "/proc/self/exe" // the test binary's folder is root's
		if _, err := os.Stat(cmd.Path); err != nil {
			t.Skip("root may write anywhere, and here there is no way to be nobody")
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	const hint = " | hint: choose a folder that you may write to: PODIUM_HOME=DIR podium ...\n"
	want := `inspect: cached <nil>
s cached: <nil> | hint: ` + `
inspect: run <nil>
s failed: step s: cannot write to ROOT: open ROOT/locks/KEY: permission denied` + hint +
		`run: cannot write to ROOT: start run: mkdir ROOT/runs: permission denied` + hint +
		`open: cannot write to ROOT/inner: open store: mkdir ROOT/inner: permission denied` + hint
	got := strings.ReplaceAll(string(out), s.Root(), "ROOT")
	if i := strings.Index(got, "locks/"); i > 0 {
		got = got[:i+6] + "KEY" + got[i+6+64:]
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// smallFilesChild may write no file above 4 KiB.
func smallFilesChild(root string) error {
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: 4096}); err != nil {
		return err
	}
	s, err := pipelines.Open(root)
	if err != nil {
		return err
	}
	for _, notes := range []map[string]string{nil, {"long": strings.Repeat("x", 5000)}} {
		p, err := oneStep(op{name: "big", params: len(notes), run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			size := 5000
			if notes != nil {
				size = 10 // then it is the manifest that does not fit
			}
			return pipelines.Report{Notes: notes}, write(env.Path("x"), strings.Repeat("x", size))
		}})
		if err != nil {
			return err
		}
		_, err = (&pipelines.Local{Store: s}).Run(context.Background(), p, pipelines.Options{})
		say("run", err)
	}
	return nil
}

func TestFilesTooLarge(t *testing.T) {
	t.Parallel()
	s := open(t)
	out, err := child(t, "smallfiles", s.Root()).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, want := range []string{"/x: file too large", "/.manifest.json.tmp-"} {
		if len(lines) != 2 || !strings.HasPrefix(lines[i], "run: step s: a file in "+s.Root()+" is too large for this system: ") ||
			!strings.Contains(lines[i], want) || !strings.HasSuffix(lines[i], "| hint: raise the limit on the size of files: ulimit -f unlimited") {
			t.Errorf("got %q", lines)
		}
	}
	nothingLeft(t, s)
}

func nothingLeft(t *testing.T, s *pipelines.Store) {
	t.Helper()
	if left, err := os.ReadDir(filepath.Join(s.Root(), "artifacts")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	const full = "/dev/full" // every write says ENOSPC
	if _, err := os.Stat(full); err != nil {
		t.Skip("no /dev/full here")
	}
	p, err := oneStep(op{name: "big", run: func(context.Context, pipelines.Env, pipelines.Inputs) (pipelines.Report, error) {
		return pipelines.Report{}, os.WriteFile(full, []byte("x"), 0o600)
	}})
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	_, err = local(s).Run(t.Context(), p, pipelines.Options{})
	want := "step s: no space left for " + s.Root() + ": write /dev/full: no space left on device"
	if err == nil || err.Error() != want || !errors.Is(err, syscall.ENOSPC) || fault.HintOf(err) != "free some space, such as with: podium cache gc" {
		t.Errorf("got  %v; hint %q\nwant %s", err, fault.HintOf(err), want)
	}
	nothingLeft(t, s)
}
