package cli

import (
	"slices"
	"strings"
	"testing"

	ucli "github.com/urfave/cli/v2"
)

func testEnv(vars ...string) *env {
	return &env{stdin: strings.NewReader(""), stdout: &strings.Builder{}, stderr: &strings.Builder{}, getenv: func(name string) string {
		for _, v := range vars {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return ""
	}}
}

func TestReorder(t *testing.T) {
	t.Parallel()
	app := newApp(testEnv())
	for in, want := range map[string]string{
		"podium":                                                 "podium",
		"podium files titanic":                                   "podium files titanic",
		"podium submit comp file -m msg":                         "podium submit -m msg comp file",
		"podium submit comp -m msg file --wait":                  "podium submit -m msg --wait comp file",
		"podium submit -m=msg comp --sandbox file":               "podium submit -m=msg --sandbox comp file",
		"podium submit comp -m -5 file":                          "podium submit -m -5 comp file", // a value is a value
		"podium submit comp file -m":                             "podium submit -m",              // urfave complains
		"podium --json files titanic":                            "podium files --json titanic",
		"podium files titanic --json=true":                       "podium files --json=true titanic",
		"podium sandbox list --json":                             "podium sandbox list --json",
		"podium sandbox --json list":                             "podium sandbox list --json",
		"podium sandbox add digit-recognizer --from-mnist d":     "podium sandbox add --from-mnist d digit-recognizer",
		"podium sandbox --help":                                  "podium sandbox --help",
		"podium files titanic --help":                            "podium files --help",
		"podium --help":                                          "podium --help",
		"podium --version":                                       "podium --version",
		"podium fiels titanic --json":                            "podium fiels titanic --json", // unknown: left alone
		"podium download c -f a* -f b* -p dir":                   "podium download -f a* -f b* -p dir c",
		"podium files -- titanic":                                "podium files titanic",
		"podium files -- --titanic":                              "podium files -- --titanic",
		"podium submit comp -- -file.csv":                        "podium submit -- comp -file.csv",
		"podium files - --json":                                  "podium files --json -", // a lone dash is an argument
		"podium leaderboard c --nosuch x":                        "podium leaderboard --nosuch c x",
		"podium cache gc --older-than 1h":                        "podium cache gc --older-than 1h",
		"podium run digit-recognizer --sandbox --set a=1 --json": "podium run --sandbox --set a=1 --json digit-recognizer",
	} {
		got := strings.Join(reorder(app, strings.Fields(in)), " ")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
	if got := reorder(app, nil); len(got) != 0 {
		t.Errorf("no words: %v", got)
	}
}

// TestFlagsThatTakeValues: reorder knows flags by their types, so that a new
// type of flag without a value must be looked at.
func TestFlagsThatTakeValues(t *testing.T) {
	t.Parallel()
	walk(newApp(testEnv()).Commands, func(c *ucli.Command) {
		for _, f := range c.Flags {
			if d, ok := f.(ucli.DocGenerationFlag); !ok || d.TakesValue() != takesValue(c.Flags, "--"+f.Names()[0]) {
				t.Errorf("%s --%s: %T", c.HelpName, f.Names()[0], f)
			}
		}
	})
}

func walk(commands []*ucli.Command, see func(*ucli.Command)) {
	for _, c := range commands {
		see(c)
		walk(c.Subcommands, see)
	}
}

func TestAsksJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"podium files c --json": true, "podium --json files": true, "podium files --json=true c": true,
		"podium files c": false, "podium files -- --json": false, "podium": false,
	} {
		if got := asksJSON(strings.Fields(in)); got != want {
			t.Errorf("%s: %v", in, got)
		}
	}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	app := newApp(testEnv())
	for line, want := range map[string][]string{
		"sub":                             {"submit", "submissions"},
		"sandbox ":                        {"list", "serve", "add", "accept", "reset", "remove"},
		"sandbox s":                       {"serve"},
		"run digit":                       {"digit-recognizer", "digit-recognizer-linear", "digit-recognizer-long"},
		"run --sandbox digit-recognizer-": {"digit-recognizer-linear", "digit-recognizer-long"},
		"run digit-recognizer ":           nil,
		"files ": {"digit-recognizer", "dogs-vs-cats-redux-kernels-edition", "state-farm-distracted-driver-detection",
			"the-nature-conservancy-fisheries-monitoring"},
		"files --js":               {"--json"},
		"submit digit-recognizer ": nil, // a file: the shell's business
		"submit -m ":               nil,
		"completion ":              {"bash", "zsh", "fish", "powershell"},
		"nosuch ":                  nil,
		"__com":                    nil,
	} {
		words := strings.Split(line, " ")
		var got []string
		for _, x := range candidates(app, words) {
			got = append(got, x.word)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	if len(candidates(app, nil)) < 10 {
		t.Error("no words: want all commands")
	}
}
