package cli

import (
	"embed"
	"fmt"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// completionScripts ask `podium __complete` for candidates, so that they never
// need to change with the commands.
//
//go:embed completion
var completionScripts embed.FS

// shells are those that have a script, with its ending.
var shells = map[string]string{"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "ps1"}

func completionCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "completion", args: "bash|zsh|fish|powershell", group: groupLocal, min: 1, max: 1,
		usage: "print a shell's completion script",
		about: "Commands, flags, built-in pipelines and embedded competitions are completed, all without the network.",
		examples: []string{
			"source <(podium completion bash)",
			"podium completion zsh > \"${fpath[1]}/_podium\"",
			"podium completion fish > ~/.config/fish/completions/podium.fish",
		},
		run: func(c *ucli.Context, p *Printer) error {
			script, err := completionScript(c.Args().First())
			if err != nil {
				return err
			}
			if p.JSON() {
				return p.Result(map[string]string{"script": script}, nil)
			}
			_, err = fmt.Fprint(e.stdout, script)
			return err
		},
	})
}

func completionScript(shell string) (string, error) {
	ending, ok := shells[shell]
	if !ok {
		return "", fault.New(fault.Usage, "podium completion bash, zsh, fish or powershell", "no completion for the shell %q", shell)
	}
	b, err := completionScripts.ReadFile("completion/podium." + ending)
	return string(b), err
}

// completeCommand is what the scripts ask: __complete -- WORDS..., the last
// word being the one to complete. It prints a candidate a line, with a tab and
// a remark.
func completeCommand(e *env) *ucli.Command {
	return &ucli.Command{
		Name: "__complete", Hidden: true, HideHelpCommand: true,
		Action: func(c *ucli.Context) error {
			for _, x := range candidates(c.App, c.Args().Slice()) {
				if _, err := fmt.Fprintln(e.stdout, strings.TrimRight(x.word+"\t"+x.about, "\t")); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// candidate is a word that fits, with a remark.
type candidate struct{ word, about string }

// candidates are the words that fit at the end of a command line that begins
// with "podium". None means: file names, which the shell knows best.
func candidates(app *ucli.App, words []string) []candidate {
	if len(words) == 0 {
		words = []string{""}
	}
	before, last := words[:len(words)-1], words[len(words)-1]
	path, rest := findCommand(app, before)
	commands, flags := app.Commands, app.Flags
	if len(path) > 0 {
		leaf := path[len(path)-1]
		commands, flags = leaf.Subcommands, leaf.Flags
	}
	var all []candidate
	switch {
	case strings.HasPrefix(last, "-"):
		all = flagCandidates(flags)
	case len(rest) > 0 && takesValue(flags, rest[len(rest)-1]):
		return nil
	case len(commands) > 0 && len(rest) > 0 && !strings.HasPrefix(rest[len(rest)-1], "-"):
		return nil // after a word that is no command
	case len(commands) > 0:
		all = commandCandidates(commands)
	default:
		_, args := split(flags, rest)
		all = argumentCandidates(path[len(path)-1], len(args))
	}
	var fit []candidate
	for _, x := range all {
		if strings.HasPrefix(x.word, last) {
			fit = append(fit, x)
		}
	}
	return fit
}

func commandCandidates(commands []*ucli.Command) []candidate {
	var all []candidate
	for _, c := range commands {
		if !c.Hidden {
			all = append(all, candidate{c.Name, c.Usage})
		}
	}
	return all
}

func flagCandidates(flags []ucli.Flag) []candidate {
	var all []candidate
	for _, f := range flags {
		about := ""
		if d, ok := f.(ucli.DocGenerationFlag); ok {
			about = d.GetUsage()
		}
		all = append(all, candidate{"--" + f.Names()[0], about})
	}
	return append(all, candidate{"--help", "explain the command"})
}

// argumentCandidates are those of a command's argument, told by what its help
// calls the argument.
func argumentCandidates(c *ucli.Command, index int) []candidate {
	names := strings.Fields(c.ArgsUsage)
	if index >= len(names) {
		return nil
	}
	switch name := strings.Trim(names[index], "[]."); {
	case name == "PIPELINE":
		var all []candidate
		for _, b := range pipelines.Builtins() {
			all = append(all, candidate{b.Name, b.Doc})
		}
		return all
	case name == "COMP":
		var all []candidate
		for _, comp := range sandbox.Embedded() {
			all = append(all, candidate{comp, "embedded in podium"})
		}
		return all
	case strings.Contains(name, "|"):
		var all []candidate
		for _, word := range strings.Split(name, "|") {
			if word != strings.ToUpper(word) {
				all = append(all, candidate{word, ""})
			}
		}
		return all
	}
	return nil
}
