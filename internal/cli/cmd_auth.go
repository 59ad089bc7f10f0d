package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

func authCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "auth", group: groupKaggle,
		usage:    "credentials: which one is used and where it is from",
		examples: []string{"podium auth status", "podium auth status --json"},
		sub: []*ucli.Command{e.command(verb{
			name:  "status",
			usage: "say which credential is used, and why not another",
			about: "Looks where Kaggle's own client looks, in its order, and asks the network nothing.\n" +
				"No secret is ever printed. Ends with 4 if there is no credential.",
			examples: []string{"podium auth status", "KAGGLE_API_TOKEN=... podium auth status", "podium auth status --json"},
			run:      func(c *ucli.Context, p *Printer) error { return runAuthStatus(c.Context, e, p) },
		})},
	})
}

// authStatus is what `auth status --json` prints.
type authStatus struct {
	Authenticated bool          `json:"authenticated"`
	Kind          string        `json:"kind"`
	Username      string        `json:"username,omitempty"`
	Source        string        `json:"source,omitempty"`
	Expires       *time.Time    `json:"expires,omitempty"`
	Tried         []authAttempt `json:"tried"`
	Warnings      []string      `json:"warnings,omitempty"`
}

type authAttempt struct {
	Source string `json:"source"`
	Used   bool   `json:"used"`
	Why    string `json:"why"`
}

func runAuthStatus(_ context.Context, e *env, p *Printer) error {
	cr, err := e.credentials()
	if err != nil && !errors.Is(err, kaggle.ErrUnauthenticated) {
		return err
	}
	status := authStatus{
		Authenticated: err == nil, Kind: cr.Kind.String(), Username: cr.Username, Source: cr.Source,
		Tried: []authAttempt{}, Warnings: cr.Warnings,
	}
	if !cr.Expires.IsZero() {
		t := cr.Expires.UTC()
		status.Expires = &t
	}
	for _, a := range cr.Tried {
		status.Tried = append(status.Tried, authAttempt{Source: a.Source, Used: a.Won, Why: a.Why})
	}
	for _, w := range cr.Warnings {
		p.Say("%s %s", p.paint(bold, "warning:"), w)
	}
	printed := p.Result(status, func(w io.Writer) error { return printAuth(w, status) })
	return errors.Join(err, printed)
}

func printAuth(w io.Writer, s authStatus) error {
	if s.Authenticated {
		name := ""
		if s.Username != "" {
			name = " of " + s.Username
		}
		if _, err := fmt.Fprintf(w, "%s%s from %s\n\n", s.Kind, name, s.Source); err != nil {
			return err
		}
	}
	t := newTable("source", "used", "why")
	for _, a := range s.Tried {
		used := "no"
		if a.Used {
			used = "yes"
		}
		t.add(a.Source, used, a.Why)
	}
	return t.write(w)
}

// credentials finds the credentials of the process.
func (e *env) credentials() (kaggle.Credentials, error) {
	user, err := os.UserHomeDir()
	if err != nil {
		user = ""
	}
	return kaggle.FindCredentials(e.getenv, user)
}
