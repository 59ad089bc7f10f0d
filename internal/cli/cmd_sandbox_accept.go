package cli

import (
	"fmt"
	"io"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

func sandboxAcceptCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "accept", args: "COMP", min: 1, max: 1,
		usage: "accept the rules of a local competition that asks for it",
		about: "On Kaggle this is done on the competition's page only. Here a competition asks for it if its\n" +
			"competition.yaml says rules: accept.",
		examples: []string{"podium sandbox accept digit-recognizer", "podium sandbox accept digit-recognizer --json"},
		run: func(c *ucli.Context, p *Printer) error {
			return runSandboxAccept(e, p, c.Args().First())
		},
	})
}

func runSandboxAccept(e *env, p *Printer, competition string) error {
	user := sandbox.DefaultUser.Name
	slug, err := e.inSandbox(competition, func(box *sandbox.Sandbox, slug string) error { return box.Accept(slug, user) })
	if err != nil {
		return err
	}
	return p.Result(map[string]string{"competition": slug, "user": user}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "the rules of %s are accepted by the user %s\n", slug, user)
		return err
	})
}
