package cli

import (
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// newApp is the tree of commands. The list is literal: what is not in it is not
// there. Order and groups are those of the help page.
func newApp(e *env) *ucli.App {
	app := &ucli.App{
		Name:                      "podium",
		HelpName:                  "podium",
		Usage:                     "from nothing to a place on a Kaggle leaderboard, in one binary",
		HideHelpCommand:           true,
		HideVersion:               true,
		Reader:                    e.stdin,
		Writer:                    e.stdout,
		ErrWriter:                 e.stderr,
		OnUsageError:              onUsageError,
		DisableSliceFlagSeparator: true,
		Flags: []ucli.Flag{
			&ucli.BoolFlag{Name: "version", Aliases: []string{"v"}, Usage: "print the version"},
			ucli.HelpFlag, // urfave adds it only where there is no command called help
			&ucli.BoolFlag{Name: "json", Hidden: true},
			&ucli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Hidden: true},
		},
	}
	app.Commands = []*ucli.Command{
		runCommand(e),
		runsCommand(e),
		planCommand(e),
		initCommand(e),
		lrCommand(e),
		sweepCommand(e),
		predictCommand(e),
		blendCommand(e),
		competitionsCommand(e),
		filesCommand(e),
		downloadCommand(e),
		submitCommand(e),
		submissionsCommand(e),
		leaderboardCommand(e),
		sandboxCommand(e),
		authCommand(e),
		doctorCommand(e),
		modelsCommand(e),
		cacheCommand(e),
		benchCommand(e),
		versionCommand(e),
		completionCommand(e),
		helpCommand(e),
		completeCommand(e),
	}
	app.CustomAppHelpTemplate = appHelp(app)
	app.Action = func(c *ucli.Context) error {
		switch word := c.Args().First(); {
		case c.Bool("version"):
			return printVersion(e.printer(e.json, false))
		case word != "":
			return unknownWord("podium", word, app.Commands, "podium help")
		case c.NumFlags() > 0 || e.json:
			return fault.New(fault.Usage, "podium help", "no command given")
		}
		return ucli.ShowAppHelp(c)
	}
	return app
}

// The groups of commands on the help page, in its order.
const (
	groupPipelines = "pipelines"
	groupKaggle    = "Kaggle"
	groupLocal     = "this machine"
)

// appHelp is the help page. urfave would sort the groups by name.
func appHelp(app *ucli.App) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nusage: podium COMMAND [arguments] [flags]\n", app.Usage)
	for _, group := range []string{groupPipelines, groupKaggle, groupLocal} {
		fmt.Fprintf(&b, "\n%s:\n", group)
		for _, c := range app.Commands {
			if c.Category == group && !c.Hidden {
				fmt.Fprintf(&b, "  %-13s %s\n", c.Name, c.Usage)
			}
		}
	}
	b.WriteString(`
examples:
  podium run digit-recognizer --sandbox
  podium submit digit-recognizer submission.csv -m "first try" --wait
  podium leaderboard digit-recognizer

more: podium help COMMAND, podium help exit-codes, environment, formatting, faults
`)
	return b.String()
}

// helpCommand shows pages: commands and topics.
func helpCommand(e *env) *ucli.Command {
	c := e.command(verb{
		name: "help", args: "[COMMAND|TOPIC] [SUBCOMMAND]", group: groupLocal, max: 2,
		usage:    "explain a command or a topic: " + strings.Join(topicNames(), ", "),
		examples: []string{"podium help run", "podium help sandbox add", "podium help exit-codes"},
		run: func(c *ucli.Context, p *Printer) error {
			words := c.Args().Slice()
			if len(words) == 0 {
				return ucli.ShowAppHelp(c)
			}
			if page, ok := topic(words[0]); ok {
				_, err := fmt.Fprint(e.stdout, page)
				return err
			}
			return showHelp(c, words)
		},
	})
	return c
}

// showHelp prints the help page of the command that words name.
func showHelp(c *ucli.Context, words []string) error {
	program, commands := "podium", c.App.Commands
	for _, w := range words {
		next := named(commands, w)
		if next == nil {
			return unknownWord(program, w, commands, "podium help")
		}
		program, commands = program+" "+w, next.Subcommands
	}
	return c.App.RunContext(c.Context, append(append([]string{"podium"}, words...), "--help"))
}
