package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

func authLogoutCommand(e *env) *ucli.Command {
	return e.command(verb{
		name:  "logout",
		usage: "revoke the login and remove it from this machine",
		about: "Ends the login of podium auth login, or of Kaggle's own client, at the server, and then removes its file.\n" +
			"With --token it removes ~/.kaggle/access_token; the token itself stays good until it is deleted at\n" +
			"kaggle.com/settings. Other credentials stay, and it says which.",
		examples: []string{"podium auth logout", "podium auth logout --token"},
		flags:    []ucli.Flag{&ucli.BoolFlag{Name: "token", Usage: "remove the API token of auth login --token"}},
		run:      func(c *ucli.Context, p *Printer) error { return runAuthLogout(c.Context, e, p, c.Bool("token")) },
	})
}

// loggedOut is what `auth logout --json` prints.
type loggedOut struct {
	Removed *string `json:"removed"` // the file; null if there was none
	Remains *string `json:"remains"` // the source of the credential that podium uses from now on
}

func runAuthLogout(ctx context.Context, e *env, p *Printer, token bool) error {
	home, err := needHome()
	if err != nil {
		return err
	}
	var path string
	if token {
		path, err = kaggle.RemoveToken(home)
	} else {
		path, err = e.logout(ctx, home)
	}
	var out loggedOut
	switch {
	case err == nil:
		out.Removed = &path
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	now, err := e.credentials()
	if err != nil && !errors.Is(err, kaggle.ErrUnauthenticated) {
		return err
	}
	out.Remains = textOrNil(now.Source)
	return p.Result(out, func(w io.Writer) error {
		text := "there was no login to end"
		if token {
			text = "there was no token to remove"
		}
		if out.Removed != nil {
			text = "removed " + *out.Removed
		}
		if now.Kind != kaggle.Anonymous {
			text += fmt.Sprintf("\nstill there: %s", now)
		}
		_, err := fmt.Fprintln(w, text)
		return err
	})
}

func (e *env) logout(ctx context.Context, home string) (path string, err error) {
	cr, err := kaggle.SavedLogin(home)
	if err != nil {
		return "", err
	}
	client, _, err := e.client(cr)
	if err != nil {
		return "", err
	}
	return cr.Source, client.Logout(ctx)
}
