package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// loginPatience is how long a person may take with the browser.
const loginPatience = 10 * time.Minute

type loginOptions struct{ noBrowser, token bool }

func authLoginCommand(e *env) *ucli.Command {
	return e.command(verb{
		name:  "login",
		usage: "log in to Kaggle with the browser, or keep an API token",
		about: "Shows a page of Kaggle where you allow it, in the browser where there is one. The login is kept in\n" +
			"~/.kaggle/credentials.json, where Kaggle's own client finds it too, and renewed by itself.\n" +
			"With --token it reads an API token (kaggle.com/settings) from the terminal or from stdin, asks the server\n" +
			"whose it is, and keeps it in ~/.kaggle/access_token.",
		examples: []string{"podium auth login", "podium auth login --no-browser", "podium auth login --token"},
		flags: []ucli.Flag{
			&ucli.BoolFlag{Name: "no-browser", Usage: "for a browser on another machine: paste the code that it shows"},
			&ucli.BoolFlag{Name: "token", Usage: "keep an API token instead"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runAuthLogin(c.Context, e, p, loginOptions{noBrowser: c.Bool("no-browser"), token: c.Bool("token")})
		},
	})
}

// loggedIn is what `auth login --json` prints.
type loggedIn struct {
	Username string `json:"username"`
	File     string `json:"file"`
	Used     string `json:"used"` // the source of the credential that podium uses now
}

func runAuthLogin(ctx context.Context, e *env, p *Printer, o loginOptions) error {
	home, err := needHome()
	if err != nil {
		return err
	}
	var out loggedIn
	if o.token {
		out.Username, out.File, err = e.keepToken(ctx, home)
	} else {
		out.Username, out.File, err = e.browserLogin(ctx, home, o.noBrowser)
	}
	if err != nil {
		return err
	}
	now, err := e.credentials()
	if err != nil {
		return err
	}
	out.Used = now.Source
	return p.Result(out, func(w io.Writer) error {
		if now.Source != out.File {
			defer p.Say("%s %s comes first and is still the one that is used: podium auth status", p.paint(bold, "warning:"), now.Source)
		}
		_, err := fmt.Fprintf(w, "logged in as %s; kept in %s\n", out.Username, out.File)
		return err
	})
}

// needHome is the user's home folder, which there must be.
func needHome() (string, error) {
	home := userHome()
	if home == "" {
		return "", fault.New(fault.Usage, "set HOME", "there is no home folder to keep credentials in")
	}
	return home, nil
}

// browserLogin has the person allow it on the server's page. The page's address
// is printed whatever --quiet and --json say: without it nothing can go on.
func (e *env) browserLogin(ctx context.Context, home string, noBrowser bool) (username, file string, err error) {
	client, _, err := e.client(kaggle.Credentials{})
	if err != nil {
		return "", "", err
	}
	browser := e.browser()
	loopback := browser != nil && !noBrowser
	login, err := client.StartLogin(ctx, loopback)
	if err != nil {
		return "", "", err
	}
	defer login.Close()
	var code string
	if loopback {
		fmt.Fprintf(e.stderr, "Allow podium on this page, which the browser should show now:\n\n  %s\n\n"+
			"Waiting for the browser. If it is on another machine: Ctrl-C, podium auth login --no-browser\n", login.URL)
		_ = open(ctx, browser, login.URL) // the address is on the screen
		patience, cancel := context.WithTimeoutCause(ctx, loginPatience, fmt.Errorf("nobody allowed it within %s", loginPatience))
		defer cancel()
		code, err = login.Code(patience)
	} else {
		fmt.Fprintf(e.stderr, "Open this page, allow podium, and paste the code that it shows:\n\n  %s\n\ncode: ", login.URL)
		code, err = e.readLine(ctx, "code")
	}
	if err != nil {
		return "", "", err
	}
	cr, err := login.Exchange(ctx, code, home)
	return cr.Username, cr.Source, err
}

// keepToken reads an API token, asks the server whose it is and keeps it.
func (e *env) keepToken(ctx context.Context, home string) (username, file string, err error) {
	token, err := e.readSecret(ctx, "API token (not shown): ")
	if err != nil {
		return "", "", err
	}
	client, _, err := e.client(kaggle.NewToken(token))
	if err != nil {
		return "", "", err
	}
	if username, err = client.WhoAmI(ctx); err != nil {
		if errors.Is(err, kaggle.ErrUnauthenticated) {
			err = fault.Wrap(err, fault.Auth, "create another at https://www.kaggle.com/settings", "the token was not kept")
		}
		return "", "", err
	}
	file, err = kaggle.SaveToken(home, token)
	return username, file, err
}

// readSecret reads a line without showing it where stdin is a terminal.
func (e *env) readSecret(ctx context.Context, prompt string) (string, error) {
	f, ok := e.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return e.readLine(ctx, "token")
	}
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(int(f.Fd()), before) }() // also after an interrupt
	fmt.Fprint(e.stderr, prompt)
	defer fmt.Fprintln(e.stderr)
	return waitFor(ctx, func() (string, error) {
		b, err := term.ReadPassword(int(f.Fd()))
		return strings.TrimSpace(string(b)), err
	})
}

// readLine reads a line of stdin, which must not be empty. what is the word for
// it in the error.
func (e *env) readLine(ctx context.Context, what string) (string, error) {
	return waitFor(ctx, func() (string, error) {
		line, err := bufio.NewReader(io.LimitReader(e.stdin, 1<<16)).ReadString('\n')
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" {
			return "", fault.New(fault.Usage, "podium auth login --help", "log in: no %s on stdin", what)
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return line, err
	})
}

// waitFor lets an interrupt end a read that cannot be interrupted itself.
func waitFor(ctx context.Context, read func() (string, error)) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
