package kaggle

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// Login is one attempt of a person to log in with a browser: OAuth 2 with a
// code and PKCE (RFC 7636), as the official client does it. Show URL to the
// person, get the code from Code or from the person, and call Exchange. Close it.
type Login struct {
	URL string // the page where the person allows it

	client   *Client
	state    string
	verifier hidden
	listener net.Listener // nil: the person pastes the code
	server   *http.Server
	came     chan answer
}

// answer is what the browser came back with.
type answer struct {
	code string
	err  error
}

// StartLogin begins a login. With loopback it listens on 127.0.0.1, on a free
// port of 8000 to 9000, where the browser will bring the code; without, the
// server's page shows the code to the person. Nothing is asked of the server.
func (c *Client) StartLogin(ctx context.Context, loopback bool) (*Login, error) {
	verifier := rand.Text() + rand.Text() // 52 characters; RFC 7636 wants 43 to 128
	l := &Login{client: c, state: rand.Text(), verifier: hide(verifier), came: make(chan answer, 1)}
	redirect := c.site + "/account/api/oauth/token"
	if loopback {
		if err := l.listen(ctx); err != nil {
			return nil, err
		}
		redirect = fmt.Sprintf("http://localhost:%d", l.listener.Addr().(*net.TCPAddr).Port)
	}
	// The padding that RFC 7636 drops is kept: Kaggle's own client sends it.
	sum := sha256.Sum256([]byte(verifier))
	l.URL = c.site + "/api/v1/oauth2/authorize?" + url.Values{
		"response_type": {"code"}, "response_mode": {"query"}, "client_id": {wire.OAuthClient}, "redirect_uri": {redirect}, "scope": {wire.OAuthScope},
		"state": {l.state}, "code_challenge": {base64.URLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}.Encode()
	return l, nil
}

// The ports that Kaggle lets a login come back to.
const firstPort, ports = 8000, 1001

// listen takes a port by chance, so that a page cannot know it beforehand, or
// the next free one.
func (l *Login) listen(ctx context.Context) error {
	start, err := rand.Int(rand.Reader, big.NewInt(ports))
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	for i := range int64(ports) {
		l.listener, err = lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", firstPort+(start.Int64()+i)%ports))
		if err == nil {
			break
		}
	}
	if err != nil {
		return fault.Wrap(err, fault.Failed, hintLogin+" --no-browser", "listen for the browser")
	}
	l.server = &http.Server{Handler: http.HandlerFunc(l.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = l.server.Serve(l.listener) }() // ends with Close
	return nil
}

// serve answers the browser. What does not know the state is not the answer
// that is waited for, and changes nothing.
func (l *Login) serve(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.Method != http.MethodGet || r.URL.Path != "/" || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(l.state)) != 1 {
		http.Error(w, "This is not the login that podium waits for.", http.StatusBadRequest)
		return
	}
	got, text := answer{code: q.Get("code")}, "podium has what it needs. You may close this page."
	if got.code == "" {
		got.err = &Error{Op: "log in", Reason: ErrUnauthenticated, Message: fmt.Sprintf("the browser brought %.40q", q.Get("error")), Hint: hintLogin}
		text = "podium was not allowed. You may close this page."
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, text) // the browser has gone if this fails
	select {
	case l.came <- got:
	default: // it came twice
	}
}

// Code waits until the browser brings the code.
func (l *Login) Code(ctx context.Context) (string, error) {
	if l.listener == nil {
		return "", errors.New("log in: no browser comes to this login")
	}
	select {
	case got := <-l.came:
		return got.code, got.err
	case <-ctx.Done():
		err := ctx.Err()
		if errors.Is(err, context.DeadlineExceeded) {
			err = context.Cause(ctx) // the caller's word for it
		}
		return "", &Error{Op: "log in", Err: err, Hint: hintLogin + " --no-browser"}
	}
}

// Exchange turns the code into a login, checks it and saves it in
// home/.kaggle/credentials.json, readable by its owner only. A code works once.
func (l *Login) Exchange(ctx context.Context, code, home string) (Credentials, error) {
	c := l.client
	in := wire.ExchangeOAuthTokenRequest{Code: code, CodeVerifier: l.verifier.reveal(), GrantType: "authorization_code"}
	r := request{op: "log in", service: wire.OAuthService, method: wire.ExchangeOAuthToken, in: in, anonymous: true,
		secrets: []string{code, l.verifier.reveal()}}
	var got wire.ExchangeOAuthTokenResponse
	if err := c.call(ctx, r, &got); err != nil {
		return Credentials{}, refused(err)
	}
	if got.RefreshToken == "" || got.AccessToken == "" || got.Username == "" {
		return Credentials{}, &Error{Op: r.op, Reason: ErrUnreadable, Message: "the answer holds no login"}
	}
	saved := savedLogin{RefreshToken: got.RefreshToken, AccessToken: got.AccessToken, Expiration: isoformat(c.after(got.ExpiresIn)),
		Username: got.Username, Scopes: []string{wire.OAuthScope}}
	path := loginFile(home)
	if err := writeLogin(path, saved); err != nil {
		return Credentials{}, err
	}
	return saved.credentials(path)
}

// Close stops listening.
func (l *Login) Close() error {
	if l.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return l.server.Shutdown(ctx) // lets the browser have its last page
}

// credentials of a saved login.
func (s savedLogin) credentials(path string) (Credentials, error) {
	expires, err := expiration(s.Expiration)
	if err != nil {
		return Credentials{}, fmt.Errorf("access_token_expiration: want a time, got %q", s.Expiration)
	}
	return Credentials{Kind: OAuth, Username: s.Username, Source: path, Expires: expires, login: newLogin(path, s, expires)}, nil
}

// SavedLogin reads the OAuth login of home, whatever other credentials there
// are. Without one the error is fs.ErrNotExist.
func SavedLogin(home string) (Credentials, error) {
	path := loginFile(home)
	s, err := readLogin(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Credentials{}, err
	}
	if err != nil {
		return Credentials{}, fault.Wrap(err, fault.Auth, hintLogin, "read %s", path)
	}
	return s.credentials(path)
}

// Logout revokes the login that the client was made with, so that nobody can
// use it any more, and then removes its file. A login that the server does not
// know any more is only removed.
func (c *Client) Logout(ctx context.Context) error {
	l := c.creds.login
	if l == nil {
		return fault.New(fault.Usage, "podium auth status", "log out: %s is no OAuth login", c.creds)
	}
	if token := l.refresh.reveal(); token != "" {
		in := wire.ExpireAPITokenRequest{Token: token, Reason: "podium auth logout"}
		r := request{op: "log out", service: wire.AccountService, method: wire.ExpireAPIToken, in: in, read: true}
		err := c.call(ctx, r, &struct{}{})
		if err != nil && !errors.Is(err, ErrUnauthenticated) && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return removeSecret(l.path)
}
