package kaggle

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// CredentialKind is the form of a credential.
type CredentialKind int

// The forms, and none.
const (
	Anonymous CredentialKind = iota
	Token                    // API token (KGAT_...), sent as Bearer
	Legacy                   // username and key, sent as Basic
	OAuth                    // login with a browser; its access tokens are sent as Bearer
)

func (k CredentialKind) String() string {
	return [...]string{"anonymous", "access token", "username and key", "OAuth login"}[k]
}

// Credentials say who asks. They are made by FindCredentials, NewToken and
// NewLegacy. No printing, logging or marshalling of them shows the secret.
type Credentials struct {
	Kind     CredentialKind
	Username string    // empty if the source does not say
	Source   string    // what won: an environment variable or a file
	Expires  time.Time // of an OAuth login's access token, which is renewed by itself; zero: not known
	Tried    []Attempt // every source in order, the winner too
	Warnings []string  // as a secret's file that others can read

	secret hidden
	login  *login // of OAuth, instead of secret
}

// hidden is a secret behind a function: fmt prints unexported fields of a
// struct without asking their methods, and of a function only an address.
type hidden func() string

func hide(secret string) hidden { return func() string { return secret } }

func (h hidden) reveal() string {
	if h == nil {
		return ""
	}
	return h()
}

// Attempt is one source that was looked at.
type Attempt struct {
	Source string
	Won    bool
	Why    string // why it lost or, for the winner, what it gave
}

// NewToken makes credentials of an API token.
func NewToken(token string) Credentials {
	return Credentials{Kind: Token, Source: "given", secret: hide(token)}
}

// NewLegacy makes credentials of a username and its API key.
func NewLegacy(username, key string) Credentials {
	return Credentials{Kind: Legacy, Username: username, Source: "given", secret: hide(key)}
}

// header is the Authorization header, "" without credentials; of a login see
// Client.authorization.
func (c Credentials) header() string {
	switch c.Kind {
	case Token:
		return "Bearer " + c.secret.reveal()
	case Legacy:
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Username+":"+c.secret.reveal()))
	}
	return ""
}

// secrets is every text that must not be shown, the longer first where one
// holds another.
func (c Credentials) secrets() []string {
	if c.login != nil {
		return c.login.secrets()
	}
	_, sent, _ := strings.Cut(c.header(), " ")
	return []string{sent, c.secret.reveal()}
}

// redact takes secrets out of a text that came from elsewhere: a server may
// quote what it was sent.
func redact(text string, secrets []string) string {
	for _, s := range secrets {
		if len(s) >= 4 {
			text = strings.ReplaceAll(text, s, "[secret]")
		}
	}
	return text
}

// String says kind, name and source: "access token from KAGGLE_API_TOKEN".
func (c Credentials) String() string {
	if c.Kind == Anonymous {
		return "anonymous"
	}
	s := c.Kind.String()
	if c.Username != "" {
		s += " of " + c.Username
	}
	return s + " from " + c.Source
}

// Format prints String under every verb, %#v and %x too.
func (c Credentials) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// LogValue logs String.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON gives kind, username and source.
func (c Credentials) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"kind": c.Kind.String(), "username": c.Username, "source": c.Source})
}
