package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

func authCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "auth", group: groupKaggle,
		usage:    "log in, log out, and see which credential is used and where it is from",
		examples: []string{"podium auth login", "podium auth status", "podium auth logout"},
		sub:      []*ucli.Command{authLoginCommand(e), authLogoutCommand(e), authStatusCommand(e)},
	})
}

func authStatusCommand(e *env) *ucli.Command {
	return e.command(verb{
		name:  "status",
		usage: "say which credential is used, and why not another",
		about: "Looks where Kaggle's own client looks, in its order. Without --check it asks the network nothing.\n" +
			"No secret is ever printed. Ends with 4 if there is no credential, or if the server does not take it.",
		examples: []string{"podium auth status", "podium auth status --check", "KAGGLE_API_TOKEN=... podium auth status --json"},
		flags:    []ucli.Flag{&ucli.BoolFlag{Name: "check", Usage: "ask the server whether it takes the credential, and whose it is"}},
		run:      func(c *ucli.Context, p *Printer) error { return runAuthStatus(c.Context, e, p, c.Bool("check")) },
	})
}

// authStatus is what `auth status --json` prints.
type authStatus struct {
	Authenticated bool          `json:"authenticated"` // with --check: and the server takes it
	Kind          string        `json:"kind"`
	Username      string        `json:"username,omitempty"`
	Source        string        `json:"source,omitempty"`
	Expires       *time.Time    `json:"expires,omitempty"` // of a login's access token, which is renewed by itself
	Tried         []authAttempt `json:"tried"`
	Warnings      []string      `json:"warnings,omitempty"`
}

type authAttempt struct {
	Source string `json:"source"`
	Used   bool   `json:"used"`
	Why    string `json:"why"`
}

func runAuthStatus(ctx context.Context, e *env, p *Printer, check bool) error {
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
	if err == nil && check {
		err = e.checkCredentials(ctx, p, cr, &status)
	}
	printed := p.Result(status, func(w io.Writer) error { return printAuth(w, status) })
	return errors.Join(err, printed)
}

// checkCredentials asks the server whose they are.
func (e *env) checkCredentials(ctx context.Context, p *Printer, cr kaggle.Credentials, status *authStatus) error {
	client, _, err := e.client(cr)
	if err == nil {
		status.Username, err = client.WhoAmI(ctx)
	}
	if status.Authenticated = err == nil; err == nil {
		p.Say("%s takes it", client.Site())
	}
	return err
}

func printAuth(w io.Writer, s authStatus) error {
	if s.Source != "" {
		name, ends := "", ""
		if s.Username != "" {
			name = " of " + s.Username
		}
		if s.Expires != nil {
			ends = ", renewed by itself at " + timeText(*s.Expires)
		}
		if _, err := fmt.Fprintf(w, "%s%s from %s%s\n\n", s.Kind, name, s.Source, ends); err != nil {
			return err
		}
	}
	t := newTable("source", "used", "why")
	for _, a := range s.Tried {
		t.add(a.Source, yesNo(a.Used), a.Why)
	}
	return t.write(w)
}

// credentials finds the credentials of the process.
func (e *env) credentials() (kaggle.Credentials, error) {
	return kaggle.FindCredentials(e.getenv, userHome())
}
