package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	ucli "github.com/urfave/cli/v2"
)

// Version is what this binary was built from.
type Version struct {
	Version  string `json:"version"`            // of the module; "devel" for a build from a checkout
	Revision string `json:"revision,omitempty"` // of the checkout
	Modified bool   `json:"modified,omitempty"` // the checkout had changes
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// buildVersion reads what the Go toolchain wrote into the binary.
func buildVersion() Version {
	v := Version{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func versionCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "version", group: groupLocal,
		usage:    "print the version, the revision and the platform",
		examples: []string{"podium version", "podium version --json"},
		run:      func(_ *ucli.Context, p *Printer) error { return printVersion(p) },
	})
}

func printVersion(p *Printer) error {
	v := buildVersion()
	return p.Result(v, func(w io.Writer) error {
		revision := ""
		if v.Revision != "" {
			revision = " (" + v.Revision[:min(12, len(v.Revision))]
			if v.Modified {
				revision += ", modified"
			}
			revision += ")"
		}
		_, err := fmt.Fprintf(w, "podium %s%s %s %s\n", v.Version, revision, v.Go, v.Platform)
		return err
	})
}
