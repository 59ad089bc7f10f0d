package sandbox

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// authenticate finds the user of a request: a token as Bearer, or name and key
// as Basic. As on Kaggle, a token is no key.
func (s *Sandbox) authenticate(r *http.Request) (User, bool) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return s.byToken(token)
	}
	name, key, ok := r.BasicAuth()
	if !ok {
		return User{}, false
	}
	for _, u := range s.users {
		if u.Name == name && same(u.Key, key) {
			return u, true
		}
	}
	return User{}, false
}

func (s *Sandbox) byToken(token string) (User, bool) {
	for _, u := range s.users {
		if same(u.Token, strings.TrimSpace(token)) {
			return u, true
		}
	}
	return s.logins.user(strings.TrimSpace(token), s.now())
}

// same compares secrets in constant time; an empty one opens nothing.
func same(want, got string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}

func (s *Sandbox) introspect(c *call, in wire.IntrospectTokenRequest) (any, error) {
	u, ok := s.byToken(in.Token)
	if !ok {
		return wire.IntrospectTokenResponse{Active: false}, nil
	}
	return wire.IntrospectTokenResponse{Active: true, Username: u.Name, UserID: idOf(u.Name), Scope: wire.OAuthScope, Exp: s.logins.expiry(in.Token)}, nil
}

// hello tells kagglehub whose credentials it has.
func (s *Sandbox) hello(c *call) (any, error) {
	return wire.HelloResponse{UserName: c.user.Name}, nil
}

// entered says whether a user accepted the rules.
func (c *competition) entered(st *state, u User) bool {
	return c.Rules != "accept" || st.accepted[c.name][u.Name]
}
