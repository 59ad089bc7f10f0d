package cli

import (
	"cmp"
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// verb describes a command: what its help says and what it runs. Every command
// is made of one, so that all have --json, --quiet, examples and the same
// checks of their words.
type verb struct {
	name     string
	args     string // "COMP FILE": what its arguments are called
	usage    string // one short sentence, lower case, no full stop
	about    string // a paragraph or two, may be empty
	examples []string
	flags    []ucli.Flag
	min, max int // number of arguments; max -1: any number
	run      func(c *ucli.Context, p *Printer) error
	sub      []*ucli.Command // instead of run, or beside one that takes no arguments
	group    string          // heading in the list of commands
	stopping string          // said at the first interrupt; "": that it stops
}

// command makes the command of a verb.
func (e *env) command(v verb) *ucli.Command {
	c := &ucli.Command{
		Name: v.name, Usage: v.usage, ArgsUsage: v.args, Description: v.about, Category: v.group,
		Flags:              append(v.flags, talkFlags()...),
		Subcommands:        v.sub,
		HideHelpCommand:    true,
		CustomHelpTemplate: commandHelp(v),
		OnUsageError:       onUsageError,
	}
	for _, f := range c.Flags {
		if b, ok := f.(*ucli.BoolFlag); ok {
			b.DisableDefaultText = true // "(default: false)" says nothing
		}
	}
	c.Action = func(ctx *ucli.Context) error {
		words := ctx.Args().Slice()
		if v.run == nil || len(v.sub) > 0 && len(words) > 0 {
			return e.missingSubcommand(ctx, c, words)
		}
		if len(words) < v.min || v.max >= 0 && len(words) > v.max {
			return fault.New(fault.Usage, seeHelp(c), "%s: want %s, got %s", c.HelpName, wanted(v), counted(len(words)))
		}
		p := e.printer(ctx.Bool("json"), ctx.Bool("quiet"))
		p.stopping = cmp.Or(v.stopping, "stopping; interrupt again to stop at once")
		e.talking.Store(p)
		return v.run(ctx, p)
	}
	return c
}

// talkFlags are the flags of every command.
func talkFlags() []ucli.Flag {
	return []ucli.Flag{
		&ucli.BoolFlag{Name: "json", Usage: "print the result as JSON on stdout, errors as JSON on stderr"},
		&ucli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print nothing but the result and errors"},
	}
}

func (e *env) missingSubcommand(ctx *ucli.Context, c *ucli.Command, words []string) error {
	if len(words) == 0 {
		return ucli.ShowSubcommandHelp(ctx)
	}
	return unknownWord(c.HelpName, words[0], c.Subcommands, seeHelp(c))
}

// unknownWord is the error for a word that is no command here.
func unknownWord(program, word string, commands []*ucli.Command, otherwise string) error {
	var names []string
	for _, c := range commands {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	hint := otherwise
	if near := nearest.Word(word, names); near != "" {
		hint = program + " " + near
	}
	return fault.New(fault.Usage, hint, "unknown command %q of %s", word, program)
}

func seeHelp(c *ucli.Command) string { return c.HelpName + " --help" }

func wanted(v verb) string {
	if v.args == "" {
		return "no arguments"
	}
	return v.args
}

func counted(n int) string {
	switch n {
	case 0:
		return "no arguments"
	case 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// onUsageError words urfave's complaints about flags as podium's own.
func onUsageError(ctx *ucli.Context, err error, _ bool) error {
	c := ctx.Command
	message := err.Error()
	if name, ok := strings.CutPrefix(message, "flag provided but not defined: "); ok {
		name = strings.TrimLeft(name, "-")
		return fault.New(fault.Usage, nearFlag(c, name), "%s has no flag %s", c.HelpName, dashed(name))
	}
	if name, ok := strings.CutPrefix(message, "flag needs an argument: "); ok {
		return fault.New(fault.Usage, seeHelp(c), "%s: the flag %s needs a value", c.HelpName, dashed(strings.TrimLeft(name, "-")))
	}
	return fault.New(fault.Usage, seeHelp(c), "%s: %s", c.HelpName, message)
}

// dashed writes a flag's name as the help does: -m, --message.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func nearFlag(c *ucli.Command, name string) string {
	var names []string
	for _, f := range c.Flags {
		names = append(names, f.Names()...)
	}
	if near := nearest.Word(name, names); near != "" && len(near) > 1 {
		return fmt.Sprintf("did you mean --%s? see %s", near, seeHelp(c))
	}
	return seeHelp(c)
}

// commandHelp is the template of a command's help page: the usage line, one
// sentence, more about it, examples, flags. Examples are plain text in it.
func commandHelp(v verb) string {
	var b strings.Builder
	command := "COMMAND"
	if v.run != nil {
		command = "[COMMAND]"
	}
	fmt.Fprintf(&b, "usage: {{.HelpName}}{{if .VisibleCommands}} %s{{end}}{{if .ArgsUsage}} {{.ArgsUsage}}{{end}} [flags]\n\n{{.Usage}}\n", command)
	b.WriteString("{{if .Description}}\n{{.Description}}\n{{end}}")
	if len(v.sub) > 0 {
		b.WriteString("\ncommands:\n{{range .VisibleCommands}}  {{.Name}}{{\"\\t\"}}{{.Usage}}\n{{end}}")
	}
	if len(v.examples) > 0 {
		b.WriteString("\nexamples:\n")
		for _, x := range v.examples {
			b.WriteString("  " + strings.ReplaceAll(x, "{{", "{{\"{{\"}}") + "\n")
		}
	}
	b.WriteString("{{if .VisibleFlags}}\nflags:\n{{range .VisibleFlags}}  {{.}}\n{{end}}{{end}}")
	return b.String()
}
