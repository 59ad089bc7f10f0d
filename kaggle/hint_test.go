package kaggle

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// reasons is every reason of error.go with its kind, which decides the exit
// code, and the hint that a person gets at a sandbox and at Kaggle.
var reasons = []struct {
	err           error
	kind          fault.Kind
	local, kaggle string
}{
	{ErrUnauthenticated, fault.Auth, "podium auth status", "podium auth status"},
	{ErrRulesNotAccepted, fault.Auth, "podium sandbox accept toy, or open http://127.0.0.1:7/competitions/toy/rules",
		"accept the rules at https://www.kaggle.com/competitions/toy/rules (and verify your phone number there if asked), then try again"},
	{ErrForbidden, fault.Failed, "look at http://127.0.0.1:7/competitions/toy/rules: are they accepted, is a phone number asked for? Then: podium auth status",
		"look at https://www.kaggle.com/competitions/toy/rules: are they accepted, is a phone number asked for? Then: podium auth status"},
	{ErrNotFound, fault.Failed, "check the name: podium sandbox list", "check the name: podium competitions -s toy"},
	{ErrDailyLimit, fault.Failed, "days are UTC: the next one begins in 1h30m", "days are UTC: the next one begins in 1h30m"},
	{ErrClosed, fault.Failed, "see http://127.0.0.1:7/competitions/toy", "see https://www.kaggle.com/competitions/toy"},
	{ErrCodeOnly, fault.Failed, "submit a notebook at http://127.0.0.1:7/competitions/toy/code", "submit a notebook at https://www.kaggle.com/competitions/toy/code"},
	{ErrRefused, fault.Failed, "what it takes is at http://127.0.0.1:7/competitions/toy", "what it takes is at https://www.kaggle.com/competitions/toy"},
	{ErrRateLimited, fault.Network, "wait a minute and try again", "wait a minute and try again"},
	{ErrServer, fault.Network, "try again later", "try again later"},
	{ErrNetwork, fault.Network, "start the server: podium sandbox serve", "check the connection and the proxy settings, then try again"},
	{ErrCorrupt, fault.Network, "try again", "try again"},
	{ErrUnreadable, fault.Failed, "is http://127.0.0.1:7/v1 a Kaggle server?", "try again; if it stays so, is there a newer podium?"},
	{ErrNoSpace, fault.Failed, "", ""}, // what is missing is told where it is found out
	{errURLExpired, fault.Network, "try again", "try again"},
	{errChanged, fault.Network, "try again", "try again"},
	{errRange, fault.Network, "try again", "try again"},
}

func TestHints(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("error.go")
	if err != nil || strings.Count(string(source), "errors.New(") != len(reasons) {
		t.Errorf("error.go has other reasons than this test (%v)", err)
	}
	late := WithClock(func() time.Time { return time.Date(2026, 6, 1, 22, 30, 0, 0, time.UTC) })
	for _, server := range []string{"http://127.0.0.1:7", ""} {
		c, err := New(late, WithBaseURL(server), WithCredentials(NewToken("KGAT_x")))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reasons {
			want := r.kaggle
			if server != "" {
				want = r.local
			}
			if got := c.hint(r.err, "toy"); got != want {
				t.Errorf("%v at %q: hint %q, want %q", r.err, server, got, want)
			}
			e := &Error{Op: "list files", Competition: "toy", Reason: r.err}
			if e.Kind() != r.kind || !errors.Is(e, r.err) || e.Error() != "list files toy: "+r.err.Error() {
				t.Errorf("%v: kind %v, want %v", e, e.Kind(), r.kind)
			}
		}
	}
}

func TestPlainCause(t *testing.T) {
	t.Parallel()
	addr := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 443}
	for _, c := range []struct {
		err  error
		want string
	}{
		{&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.kaggle.com", IsNotFound: true}}, "api.kaggle.com is not known to the network"},
		{&net.DNSError{Err: "i/o timeout", Name: "api.kaggle.com", IsTimeout: true}, "the address of api.kaggle.com cannot be asked for: i/o timeout"},
		{&net.OpError{Op: "dial", Net: "tcp", Addr: addr, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, "10.0.0.1:443: " + syscall.ECONNREFUSED.Error()},
		{&net.OpError{Op: "dial", Net: "tcp", Addr: addr, Err: os.ErrDeadlineExceeded}, "10.0.0.1:443: i/o timeout"},
		{fmt.Errorf("read: %w", io.ErrUnexpectedEOF), "the connection broke off"},
		{&net.OpError{Op: "read", Net: "tcp", Addr: addr, Err: os.NewSyscallError("read", syscall.ECONNRESET)}, "the connection broke off"},
		{&net.OpError{Op: "read", Net: "tcp", Addr: addr, Err: os.ErrDeadlineExceeded}, "no answer in time"},
		{errors.New("something else"), "something else"},
	} {
		if got := plainCause(c.err); got.Error() != c.want || !errors.Is(got, c.err) {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

func TestSpell(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		time.Hour: "1h", 90 * time.Minute: "1h30m", 10 * time.Minute: "10m", 61 * time.Second: "1m1s", time.Second: "1s", 10 * time.Hour: "10h", 0: "0s",
	} {
		if got := spell(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// TestBackoff: each wait is up to twice the last one, at least half of that,
// and never more than the policy's longest.
func TestBackoff(t *testing.T) {
	t.Parallel()
	r := Retry{}.withDefaults()
	for n, most := range map[int]time.Duration{1: r.Base, 2: 2 * r.Base, 4: 8 * r.Base, 7: r.Max, 1000: r.Max} {
		least, longest := most, time.Duration(0)
		for range 200 {
			d := r.wait(n)
			least, longest = min(least, d), max(longest, d)
		}
		if least < most/2 || longest > most || longest-least < most/8 {
			t.Errorf("before try %d: %v to %v, want %v to %v", n+1, least, longest, most/2, most)
		}
	}
}
