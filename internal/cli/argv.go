package cli

import (
	"slices"
	"strings"

	ucli "github.com/urfave/cli/v2"
)

// reorder puts the flags of a command line before its arguments: urfave/cli v2
// stops at the first argument and would drop `-m msg` of
// `podium submit comp file -m msg` without a word. A flag takes its value with
// it as the command defines it. What follows "--" are arguments whatever they
// look like. --json and --quiet may stand before the command too.
func reorder(app *ucli.App, argv []string) []string {
	if len(argv) == 0 {
		return argv
	}
	path, rest := findCommand(app, argv[1:])
	if path == nil {
		return argv
	}
	leaf := path[len(path)-1]
	flags, args := split(leaf.Flags, rest)
	out := []string{argv[0]}
	for _, c := range path {
		out = append(out, c.Name)
	}
	if slices.ContainsFunc(flags, isHelp) { // else urfave looks for a page about the argument
		return append(out, "--help")
	}
	out = append(out, flags...)
	if lacksValue(leaf.Flags, flags) {
		return out // the complaint is about the flag; an argument must not become its value
	}
	if slices.ContainsFunc(args, func(a string) bool { return len(a) > 1 && a[0] == '-' }) {
		out = append(out, "--")
	}
	return append(out, args...)
}

// findCommand follows the words of a command line down the tree of commands,
// over flags that come before them. rest is all the other words. Without a
// known command it gives nil, and urfave and its error handlers have the word.
func findCommand(app *ucli.App, words []string) (path []*ucli.Command, rest []string) {
	commands := app.Commands
	for i, w := range words {
		if w == "--" {
			return path, append(rest, words[i:]...)
		}
		if len(w) > 1 && w[0] == '-' {
			if len(path) > 0 && takesValue(path[len(path)-1].Flags, w) || i == 0 && isHelp(w) {
				return path, append(rest, words[i:]...)
			}
			rest = append(rest, w)
			continue
		}
		next := named(commands, w)
		if next == nil {
			return path, append(rest, words[i:]...)
		}
		path, commands = append(path, next), next.Subcommands
		if len(commands) == 0 {
			return path, append(rest, words[i+1:]...)
		}
	}
	return path, rest
}

func isHelp(w string) bool { return slices.Contains([]string{"-h", "--h", "-help", "--help"}, w) }

func named(commands []*ucli.Command, name string) *ucli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// split parts words into flags, with their values, and arguments.
func split(defined []ucli.Flag, words []string) (flags, args []string) {
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case w == "--":
			return flags, append(args, words[i+1:]...)
		case len(w) < 2 || w[0] != '-':
			args = append(args, w)
		case takesValue(defined, w) && i+1 < len(words):
			flags = append(flags, w, words[i+1])
			i++
		default:
			flags = append(flags, w)
		}
	}
	return flags, args
}

// lacksValue reports whether the last of flags waits for a value.
func lacksValue(defined []ucli.Flag, flags []string) bool {
	waits := false
	for _, f := range flags {
		waits = !waits && takesValue(defined, f)
	}
	return waits
}

// takesValue reports whether the flag written as w takes the next word.
func takesValue(defined []ucli.Flag, w string) bool {
	name := strings.TrimLeft(w, "-")
	if name == w || strings.Contains(name, "=") {
		return false
	}
	for _, f := range defined {
		if slices.Contains(f.Names(), name) {
			_, boolean := f.(*ucli.BoolFlag)
			return !boolean
		}
	}
	return false
}
