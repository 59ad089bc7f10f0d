package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// How long a code and an access token are good.
const (
	codeLife   = 10 * time.Minute
	accessLife = 12 * time.Hour // also the longest that a client may ask for
)

// logins are the OAuth logins of this process. They end with it, as upload
// sessions do: a client then finds its login refused and logs in anew.
type logins struct {
	mu      sync.Mutex
	codes   map[string]grant
	refresh map[string]User // by refresh token
	access  map[string]access
}

// grant is a code that waits to be exchanged, once.
type grant struct {
	user      User
	challenge string // SHA-256 of the verifier, base64url
	expires   time.Time
}

// access is what an access token is good for.
type access struct {
	user    User
	refresh string // the login that it is of
	expires time.Time
}

// grant makes a code for a user who allowed it.
func (l *logins) grant(u User, challenge string, now time.Time) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.codes == nil {
		l.codes = map[string]grant{}
	}
	for code, g := range l.codes {
		if now.After(g.expires) {
			delete(l.codes, code)
		}
	}
	code := rand.Text()
	l.codes[code] = grant{u, strings.TrimRight(challenge, "="), now.Add(codeLife)}
	return code
}

// exchange takes a code with its verifier and makes a login of it.
func (l *logins) exchange(code, verifier string, now time.Time) (u User, refresh string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g, ok := l.codes[code]
	delete(l.codes, code) // also where the verifier is wrong: a code is tried once
	sum := sha256.Sum256([]byte(verifier))
	if !ok || now.After(g.expires) || !same(g.challenge, base64.RawURLEncoding.EncodeToString(sum[:])) {
		return User{}, "", false
	}
	if l.refresh == nil {
		l.refresh, l.access = map[string]User{}, map[string]access{}
	}
	refresh = "KGRT_" + rand.Text()
	l.refresh[refresh] = g.user
	return g.user, refresh, true
}

// renew makes an access token of a login.
func (l *logins) renew(refresh string, life time.Duration, now time.Time) (u User, token string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if u, ok = l.refresh[refresh]; !ok {
		return User{}, "", false
	}
	for t, a := range l.access {
		if now.After(a.expires) {
			delete(l.access, t)
		}
	}
	token = "KGAT_" + rand.Text()
	l.access[token] = access{u, refresh, now.Add(life)}
	return u, token, true
}

// revoke ends the login of a refresh token, or one access token.
func (l *logins) revoke(token string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.refresh[token]; !ok {
		_, ok = l.access[token]
		delete(l.access, token)
		return ok
	}
	delete(l.refresh, token)
	for t, a := range l.access {
		if a.refresh == token {
			delete(l.access, t)
		}
	}
	return true
}

// user is who an access token speaks for, until it expires.
func (l *logins) user(token string, now time.Time) (User, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.access[token]
	if !ok || !now.Before(a.expires) {
		return User{}, false
	}
	return a.user, true
}

// expiry is when an access token ends, in Unix seconds; 0 for tokens that do not.
func (l *logins) expiry(token string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a, ok := l.access[token]; ok {
		return a.expires.Unix()
	}
	return 0
}

func (s *Sandbox) exchangeOAuthToken(c *call, in wire.ExchangeOAuthTokenRequest) (any, error) {
	if in.GrantType != "authorization_code" {
		return nil, apiErrorf(http.StatusBadRequest, "grantType: want authorization_code")
	}
	u, refresh, ok := s.logins.exchange(in.Code, in.CodeVerifier, s.now())
	if !ok {
		return nil, apiErrorf(http.StatusBadRequest, "The code is not valid, or was used, or has expired")
	}
	_, token, _ := s.logins.renew(refresh, accessLife, s.now()) // just made: it is there
	return wire.ExchangeOAuthTokenResponse{
		AccessToken: token, RefreshToken: refresh, TokenType: "Bearer", ExpiresIn: int64(accessLife.Seconds()),
		Username: u.Name, UserID: idOf(u.Name), Scope: wire.OAuthScope,
	}, nil
}

func (s *Sandbox) generateAccessToken(c *call, in wire.GenerateAccessTokenRequest) (any, error) {
	life, err := time.ParseDuration(in.ExpirationDuration)
	if in.ExpirationDuration == "" {
		life, err = accessLife, nil
	}
	if err != nil || life <= 0 {
		return nil, apiErrorf(http.StatusBadRequest, "expirationDuration: want a time as 43200s")
	}
	life = min(life, accessLife)
	u, token, ok := s.logins.renew(in.RefreshToken, life, s.now())
	if !ok {
		return nil, apiErrorf(http.StatusUnauthorized, "The refresh token is not valid")
	}
	return wire.GenerateAccessTokenResponse{Token: token, ExpiresIn: int64(life.Seconds()), UserName: u.Name, UserID: idOf(u.Name)}, nil
}

func (s *Sandbox) expireAPIToken(c *call, in wire.ExpireAPITokenRequest) (any, error) {
	if !s.logins.revoke(in.Token) {
		return nil, apiErrorf(http.StatusNotFound, "No such token")
	}
	return struct{}{}, nil
}
