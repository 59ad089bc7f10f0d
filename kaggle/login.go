package kaggle

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// An access token is renewed when it has less than this left. (The official
// client errs the other way: it uses one up to half an hour after its end.)
const renewBefore = 5 * time.Minute

// accessLife is the lifetime that is asked for, as the official client does; the
// server may give less.
const accessLife = 12 * time.Hour

// hintLogin mends a login that is no longer good.
const hintLogin = "podium auth login"

// login is an OAuth login: a refresh token, for as long as nobody revokes it,
// and an access token made with it, for hours. It renews the latter by itself
// and keeps both in the official client's file.
type login struct {
	path string
	turn chan struct{} // holds one element while somebody renews

	mu      sync.Mutex
	refresh hidden
	access  hidden
	expires time.Time // of access; zero: not known
	old     []hidden  // earlier access tokens, not to be printed either
}

func newLogin(path string, s savedLogin, expires time.Time) *login {
	return &login{path: path, turn: make(chan struct{}, 1), refresh: hide(s.RefreshToken), access: hide(s.AccessToken), expires: expires}
}

// secrets is every text of the login that must not be shown.
func (l *login) secrets() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := []string{l.refresh.reveal(), l.access.reveal()}
	for _, h := range l.old {
		all = append(all, h.reveal())
	}
	return all
}

// current is the access token, and whether it is good for a while yet.
func (l *login) current(now time.Time) (token string, expires time.Time, fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	token = l.access.reveal()
	return token, l.expires, token != "" && (l.expires.IsZero() || now.Before(l.expires.Add(-renewBefore)))
}

func (l *login) set(token string, expires time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.old = append(l.old, l.access)
	l.access, l.expires = hide(token), expires
}

// token is an access token that is good now. One that is about to expire, or
// that the server has rejected, is renewed first, by one caller for all.
func (l *login) token(ctx context.Context, c *Client, rejected string) (string, error) {
	good := func() (string, bool) {
		token, _, fresh := l.current(c.now())
		return token, fresh && token != rejected
	}
	if token, ok := good(); ok {
		return token, nil
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return "", &Error{Op: opRenew, Err: ctx.Err()}
	}
	if token, ok := good(); ok { // somebody renewed it meanwhile
		return token, nil
	}
	err := l.renew(ctx, c, rejected)
	token, expires, _ := l.current(c.now())
	if err != nil && token != "" && token != rejected && c.now().Before(expires) && !errors.Is(err, ErrUnauthenticated) {
		return token, nil // no connection to renew it: it works a few minutes yet
	}
	return token, err
}

const opRenew = "renew the login"

// renew takes the token that another process has put into the file, or asks
// the server for one and puts it there.
func (l *login) renew(ctx context.Context, c *Client, rejected string) error {
	file, fileErr := readLogin(l.path)
	if until, err := expiration(file.Expiration); fileErr == nil && err == nil && file.AccessToken != "" && file.AccessToken != rejected &&
		c.now().Before(until.Add(-renewBefore)) && file.RefreshToken == l.refresh.reveal() {
		l.set(file.AccessToken, until)
		return nil
	}
	if l.refresh.reveal() == "" {
		return &Error{Op: opRenew, Reason: ErrUnauthenticated, Message: "it has expired, and there is no refresh token", Hint: hintLogin}
	}
	in := wire.GenerateAccessTokenRequest{RefreshToken: l.refresh.reveal(), APIVersion: "API_VERSION_V1",
		ExpirationDuration: fmt.Sprintf("%ds", int(accessLife.Seconds()))}
	r := request{op: opRenew, service: wire.AccountService, method: wire.GenerateAccessToken, in: in, anonymous: true} // tried again with the call that needs it
	var got wire.GenerateAccessTokenResponse
	if err := c.call(ctx, r, &got); err != nil {
		return refused(err)
	}
	if got.Token == "" {
		return &Error{Op: opRenew, Reason: ErrUnreadable, Message: "the answer holds no token"}
	}
	expires := c.after(got.ExpiresIn)
	l.set(got.Token, expires)
	if fileErr == nil && file.RefreshToken == l.refresh.reveal() {
		// A file that cannot be written costs the next process a renewal, no more.
		_ = writeLogin(l.path, savedLogin{RefreshToken: file.RefreshToken, AccessToken: got.Token, Expiration: isoformat(expires),
			Username: cmp.Or(got.UserName, file.Username), Scopes: file.Scopes})
	}
	return nil
}

// after is the moment in so many seconds; the zero time where that is no
// sensible lifetime: a token whose end is not known is used until it is rejected.
func (c *Client) after(seconds int64) time.Time {
	if seconds <= 0 || seconds > 10*365*24*3600 {
		return time.Time{}
	}
	return c.now().Add(time.Duration(seconds) * time.Second)
}

// refused makes the answers that say no to a refresh token ErrUnauthenticated.
// The file stays: it tells what was, and only a logout deletes it.
func refused(err error) error {
	var e *Error
	if errors.As(err, &e) && slices.Contains([]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden}, e.StatusCode) {
		e.Reason, e.Hint = ErrUnauthenticated, hintLogin
	}
	return err
}

// savedLogin is credentials.json, as the official client writes and reads it.
type savedLogin struct {
	RefreshToken string   `json:"refresh_token"`
	AccessToken  string   `json:"access_token"`
	Expiration   string   `json:"access_token_expiration"` // Python's isoformat, "" if not known
	Username     string   `json:"username"`
	Scopes       []string `json:"scopes"`
}

func loginFile(home string) string { return filepath.Join(home, ".kaggle", "credentials.json") }

func readLogin(path string) (savedLogin, error) {
	var s savedLogin
	b, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	return parseLogin(b)
}

func parseLogin(b []byte) (savedLogin, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	var s savedLogin
	if err := json.Unmarshal(b, &s); err != nil {
		return savedLogin{}, fmt.Errorf("line %d: %s", line(b, err), plain(err))
	}
	return s, nil
}

// writeLogin writes the file, keeping fields of it that are not known here.
func writeLogin(path string, s savedLogin) error {
	all := map[string]any{}
	if b, err := os.ReadFile(path); err == nil {
		_ = json.Unmarshal(b, &all) // a broken file is replaced
	}
	if s.Scopes == nil {
		s.Scopes = []string{}
	}
	all["refresh_token"], all["access_token"], all["access_token_expiration"] = s.RefreshToken, s.AccessToken, s.Expiration
	all["username"], all["scopes"] = s.Username, s.Scopes
	b, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return writeSecret(path, b)
}

// isoformat writes a time as Python's datetime does and reads it, with an
// offset, which older Pythons do not read as "Z"; "" for none.
func isoformat(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000-07:00")
}

// expiration reads what isoformat wrote; without an offset it is UTC, and "" is
// no expiry.
func expiration(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.Parse("2006-01-02T15:04:05", text)
}
