package cli

import (
	"fmt"
	"strings"
)

// page is a help page that is not of a command.
type page struct {
	name string
	text func() string
}

// topics are the pages, in the order of the help.
var topics = []page{
	{"exit-codes", exitCodesPage},
	{"environment", environmentPage},
	{"formatting", formattingPage},
}

func topicNames() []string {
	var names []string
	for _, t := range topics {
		names = append(names, t.name)
	}
	return names
}

func topic(name string) (string, bool) {
	for _, t := range topics {
		if t.name == name {
			return t.text(), true
		}
	}
	return "", false
}

func exitCodesPage() string {
	var b strings.Builder
	b.WriteString("podium ends with one of these codes; the word is the \"kind\" of a JSON error.\n\n")
	for _, x := range exits {
		fmt.Fprintf(&b, "  %3d  %-12s %s\n", x.Code, x.Name, x.Doc)
	}
	b.WriteString("\n`podium sandbox serve` ends with 0 when it is interrupted: that is how it is stopped.\n")
	return b.String()
}

// variable is an environment variable that podium reads.
type variable struct{ name, doc string }

var variables = []variable{
	{"PODIUM_HOME", "folder of podium's state: downloads, artifacts, runs, local competitions; default ~/.podium"},
	{"PODIUM_CPU", "force the kernels: avx512, avx2 or portable; default: the best that the CPU has"},
	{"KAGGLE_API_TOKEN", "access token, or the path of a file with one"},
	{"KAGGLE_USERNAME", "user name of a legacy API key, with KAGGLE_KEY"},
	{"KAGGLE_KEY", "legacy API key"},
	{"KAGGLE_CONFIG_DIR", "folder of kaggle.json; default ~/.kaggle"},
	{"PODIUM_KAGGLE_URL", "another server that speaks Kaggle's protocol, such as the one of podium sandbox serve"},
	{"KAGGLE_API_ENVIRONMENT", "PROD, LOCALHOST or TEST, as the official client reads it"},
	{"NO_COLOR", "set to anything: no colours"},
	{"TERM", "dumb: no progress bars and no colours"},
}

func environmentPage() string {
	var b strings.Builder
	b.WriteString("podium reads these variables. `podium auth status` says which credential it found and where.\n\n")
	for _, v := range variables {
		fmt.Fprintf(&b, "  %-22s %s\n", v.name, v.doc)
	}
	return b.String()
}

func formattingPage() string {
	return `Results go to stdout; progress, remarks and errors go to stderr.

  --json    the result is one JSON object on stdout with "schema_version" first; lists are arrays in it.
            podium run streams events instead, one object a line. The fields are lower_snake_case; a field
            may be added at any time, none goes or changes its meaning without a new schema_version.
            An error is one JSON object on stderr:
              {"schema_version":1,"error":{"kind":"usage","exit_code":2,"message":"...","hint":"..."}}
            Times are RFC 3339 in UTC. Scores of a server are strings, exactly as it wrote them.
  --quiet   no progress and no remarks; results and errors stay.

On a terminal a bar shows the running step on stderr and every finished step leaves a line. Elsewhere a step
gets a line when it begins and when it ends, and one every ten seconds between.

Flags may stand before or after the arguments. After -- every word is an argument.
`
}
