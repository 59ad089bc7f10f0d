package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// TestHelpPages: every command has a page with two or three examples, each of
// them a command line that podium understands.
func TestHelpPages(t *testing.T) {
	t.Parallel()
	app := newApp(testEnv())
	walk(app.Commands, func(c *ucli.Command) {
		if c.Hidden {
			return
		}
		name := c.HelpName
		if c.Usage == "" || strings.HasSuffix(c.Usage, ".") || strings.ToLower(c.Usage[:1]) != c.Usage[:1] && !strings.HasPrefix(c.Usage, "Kaggle") {
			t.Errorf("%s: usage %q: want one lower-case sentence without a full stop", c.Name, c.Usage)
		}
		_, list, found := strings.Cut(c.CustomHelpTemplate, "\nexamples:\n")
		list, _, _ = strings.Cut(list, "{{if")
		examples := strings.Split(strings.TrimSpace(list), "\n")
		if !found || len(examples) < 2 || len(examples) > 3 {
			t.Errorf("%s %s: %d examples", name, c.Name, len(examples))
		}
		for _, x := range examples {
			understands(t, app, x)
		}
	})
}

var quoted = regexp.MustCompile(`"[^"]*"|'[^']*'|\S+`)

// understands checks that the commands and flags of an example exist.
func understands(t *testing.T, app *ucli.App, example string) {
	t.Helper()
	_, line, ok := strings.Cut(" "+strings.NewReplacer("<(", " ", ")", "").Replace(example), " podium ")
	if !ok {
		t.Errorf("example %q does not call podium", example)
		return
	}
	line, _, _ = strings.Cut(line, " > ")
	line, _, _ = strings.Cut(line, " | ")
	path, rest := findCommand(app, quoted.FindAllString(line, -1))
	if len(path) == 0 {
		t.Errorf("example %q: no such command", example)
		return
	}
	leaf := path[len(path)-1]
	flags, args := split(leaf.Flags, rest)
	for _, f := range flags {
		if !strings.HasPrefix(f, "-") {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if !slices.ContainsFunc(leaf.Flags, func(d ucli.Flag) bool { return slices.Contains(d.Names(), name) }) {
			t.Errorf("example %q: no flag %s", example, f)
		}
	}
	if len(leaf.Subcommands) > 0 && leaf.Name != "help" {
		t.Errorf("example %q stops at a group", example)
	}
	if want := len(strings.Fields(leaf.ArgsUsage)); len(args) > want {
		t.Errorf("example %q: %d arguments, the command has %d", example, len(args), want)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for want, err := range map[int]error{
		0: nil,
		1: errors.New("x"),
		2: fault.New(fault.Usage, "", "x"),
		4: fmt.Errorf("wrapped: %w", fault.New(fault.Auth, "", "x")),
		5: fmt.Errorf("twice: %w", fmt.Errorf("wrapped: %w", fault.New(fault.Network, "", "x"))),
		8: errors.Join(errors.New("first"), fault.New(fault.Pending, "", "x")),
	} {
		if got := exitCode(err); got != want {
			t.Errorf("%v: exit code %d, want %d", err, got, want)
		}
	}
	seen := map[int]bool{}
	for _, x := range exits {
		seen[x.Code] = true
		if exitName(x.Code) != x.Name || x.Doc == "" {
			t.Errorf("row %+v", x)
		}
	}
	for kind, code := range kindCodes {
		if !seen[code] {
			t.Errorf("kind %v: code %d is not in the table", kind, code)
		}
	}
	if exitName(77) != "failed" {
		t.Error("a code that is not in the table")
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	err := fault.Wrap(errors.Join(errors.New("no\tsuch \x1b[31mthing"), errors.New("nor\u009b that")), fault.Usage, "podium help", "open")
	for asJSON, want := range map[bool]string{
		false: "podium: error: open: no such [31mthing; nor that\npodium: hint: podium help\n",
		true:  `{"schema_version":1,"error":{"kind":"usage","exit_code":2,"message":"open: no such [31mthing; nor that","hint":"podium help"}}` + "\n",
	} {
		var out bytes.Buffer
		e := testEnv()
		e.stderr, e.json = &out, asJSON
		sayFailure(e, err, 2)
		if out.String() != want {
			t.Errorf("json %v:\n%q\nwant\n%q", asJSON, out.String(), want)
		}
		out.Reset()
		sayFailure(e, nil, 0)
		if out.Len() != 0 {
			t.Errorf("no error, but %q", out.String())
		}
	}
}

// TestMainUsage runs whole command lines that end before any work.
func TestMainUsage(t *testing.T) {
	t.Parallel()
	for line, c := range map[string]struct {
		code        int
		out, errOut string // parts of stdout and stderr; "" wants it empty
	}{
		"podium":                                      {0, "usage: podium COMMAND", ""},
		"podium --help":                               {0, "usage: podium COMMAND", ""},
		"podium help":                                 {0, "usage: podium COMMAND", ""},
		"podium help files":                           {0, "usage: podium files COMP [flags]", ""},
		"podium help sandbox add":                     {0, "usage: podium sandbox add COMP [flags]", ""},
		"podium help exit-codes":                      {0, "130  interrupted", ""},
		"podium help environment":                     {0, "PODIUM_HOME", ""},
		"podium help formatting":                      {0, "schema_version", ""},
		"podium help fiels":                           {2, "", `unknown command "fiels"`},
		"podium files --help":                         {0, "examples:\n  podium files titanic", ""},
		"podium files titanic -h":                     {0, "examples:\n  podium files titanic", ""},
		"podium sandbox":                              {0, "commands:\n  list", ""},
		"podium fiels":                                {2, "", "podium: error: unknown command \"fiels\" of podium\npodium: hint: podium files\n"},
		"podium xyzzy":                                {2, "", "podium: hint: podium help\n"},
		"podium sandbox lst":                          {2, "", "podium: hint: podium sandbox list\n"},
		"podium --nosuch":                             {2, "", "podium has no flag --nosuch"},
		"podium files":                                {2, "", "podium files: want COMP, got no arguments\npodium: hint: podium files --help\n"},
		"podium files a b":                            {2, "", "podium files: want COMP, got 2 arguments"},
		"podium version x":                            {2, "", "podium version: want no arguments, got 1 argument"},
		"podium files a --sandbax":                    {2, "", "podium files has no flag --sandbax\npodium: hint: did you mean --sandbox? see podium files --help\n"},
		"podium leaderboard a --top":                  {2, "", "the flag --top needs a value"},
		"podium submit a b -m":                        {2, "", "the flag -m needs a value"},
		"podium leaderboard a --top x":                {2, "", `podium leaderboard: invalid value "x" for flag -top`},
		"podium leaderboard a --top -1":               {2, "", "--limit: want 0 or more, got -1"},
		"podium files https://example.org/x":          {2, "", "no competition name"},
		"podium submit digits f.csv":                  {2, "", "submit: a message is missing"},
		"podium submit digits no.csv -m x":            {2, "", "podium: error: submit: stat no.csv: "},
		"podium submit digits -m x -- --odd.csv":      {2, "", "podium: error: submit: stat --odd.csv: "}, // after -- it is no flag
		"podium completion tcsh":                      {2, "", `no completion for the shell "tcsh"`},
		"podium completion bash":                      {0, "complete -o bashdefault", ""},
		"podium cache gc --older-than -1h":            {2, "", "--older-than"},
		"podium sandbox serve --addr 0.0.0.0:0":       {2, "", "this machine only"},
		"podium sandbox serve --addr x":               {2, "", "want HOST:PORT"},
		"podium sandbox serve --addr localhost:99999": {2, "", "want a port from 0 to 65535"},
		"podium sandbox add titanic --from-mnist x":   {2, "", "--from-mnist makes digit-recognizer, not"},
		"podium sandbox add digit-recognizer":         {2, "", "comes with podium, and is made when it is first used"},
		"podium bench --case sgem-1024":               {2, "", "podium: hint: podium bench --case sgemm-1024\n"},
		"podium bench --device cuda":                  {2, "", `no engine for the device "cuda"`},
		"podium bench --precision fp16":               {2, "", `unknown precision "fp16": want fp32 or bf16`},
		"podium run digit-recognizer --precision 16":  {2, "", `unknown precision "16": want fp32 or bf16`},
		"podium bench --repeat 0":                     {2, "", "--repeat of at least 1"},
		"podium version":                              {0, "podium devel", ""},
		"podium --version":                            {0, "podium devel", ""},
		"podium fiels --json":                         {2, "", `{"schema_version":1,"error":{"kind":"usage","exit_code":2,"message":"unknown command \"fiels\" of podium","hint":"podium files"}}`},
		"podium --json":                               {2, "", "no command given"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			var out, errOut bytes.Buffer
			code := Main(t.Context(), strings.Fields(line), strings.NewReader(""), &out, &errOut)
			if code != c.code || !holds(out.String(), c.out) || !holds(errOut.String(), c.errOut) {
				t.Errorf("exit %d, want %d\nstdout: %s\nwant: %s\nstderr: %s\nwant: %s", code, c.code, &out, c.out, &errOut, c.errOut)
			}
		})
	}
}

func holds(text, part string) bool {
	if part == "" {
		return text == ""
	}
	return strings.Contains(text, part)
}

// TestEnvironmentPage: the page names every variable that the command line reads.
func TestEnvironmentPage(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	reads := regexp.MustCompile(`getenv\("([A-Z_]+)"\)`)
	found := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reads.FindAllStringSubmatch(string(src), -1) {
			found++
			if !strings.Contains(environmentPage(), "  "+m[1]+" ") {
				t.Errorf("%s reads %s, which the page does not name", f.Name(), m[1])
			}
		}
	}
	if found < 3 {
		t.Errorf("found only %d reads: the pattern is stale", found)
	}
}

// TestInterrupted: work that ends because its context does exits with 130.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errOut bytes.Buffer
	code := Main(ctx, []string{"podium", "bench", "--case", "sgemm-1024", "--repeat", "1"}, strings.NewReader(""), &out, &errOut)
	if code != exitInterrupted || !strings.Contains(errOut.String(), "podium: error: interrupted") {
		t.Errorf("exit %d: %s", code, &errOut)
	}
}
