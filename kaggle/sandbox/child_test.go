package sandbox_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// Variables that make this test binary a server of its own: a process that can
// be killed, and that shares a state folder with others.
const (
	childDir   = "PODIUM_TEST_SANDBOX_DIR"
	childUsers = "PODIUM_TEST_SANDBOX_USERS"
	childClock = "PODIUM_TEST_SANDBOX_CLOCK" // nanoseconds to add to this machine's time
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := beChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// beChild serves dir, says where on stdout, and ends when stdin does, so that
// no child outlives the test.
func beChild(dir string) error {
	users, err := strconv.Atoi(os.Getenv(childUsers))
	if err != nil {
		return err
	}
	ahead, err := strconv.ParseInt(os.Getenv(childClock), 10, 64)
	if err != nil {
		return err
	}
	s, err := sandbox.Open(dir, sandbox.WithUsers(crowd(users)...), sandbox.WithClock(shifted(ahead)))
	if err != nil {
		return err
	}
	defer s.Close()
	srv, err := s.Serve(context.Background(), "")
	if err != nil {
		return err
	}
	defer srv.Close()
	fmt.Println(srv.URL())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// crowd is n users, each a team.
func crowd(n int) []sandbox.User {
	all := make([]sandbox.User, n)
	for i := range all {
		all[i] = sandbox.User{Name: fmt.Sprintf("user-%03d", i), Team: fmt.Sprintf("Team %03d", i), Token: fmt.Sprintf("KGAT_crowd%03d", i)}
	}
	return all
}

// shifted is this machine's clock, ahead by some nanoseconds.
func shifted(ahead int64) func() time.Time {
	return func() time.Time { return time.Now().Add(time.Duration(ahead)) }
}

// noonAhead is how far to shift a clock so that it is noon UTC: a test that
// counts the submissions of a day must not meet midnight.
func noonAhead() int64 {
	now := time.Now().UTC()
	return int64(now.Truncate(24 * time.Hour).Add(12 * time.Hour).Sub(now))
}

// child is a server in a process of its own.
type child struct {
	url  string
	cmd  *exec.Cmd
	stop func() // ends it, or waits for it after a kill
}

func startChild(t *testing.T, dir string, users int, ahead int64) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^$")
	cmd.Env = append(os.Environ(), childDir+"="+dir, childUsers+"="+strconv.Itoa(users), childClock+"="+strconv.FormatInt(ahead, 10))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	c := &child{cmd: cmd, stop: func() {
		if stopped {
			return
		}
		stopped = true
		in.Close()
		_ = cmd.Wait() // it may have been killed, which is what the test did
	}}
	t.Cleanup(c.stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child said no URL: %v", err)
	}
	c.url = strings.TrimSpace(line)
	return c
}
