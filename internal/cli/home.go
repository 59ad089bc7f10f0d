package cli

import (
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Home is the one folder where podium keeps its state: $PODIUM_HOME, else
// .podium in the user's home folder. Its parts are made when first written to.
type Home struct{ Dir string }

// home finds the Home of the process.
func (e *env) home() (Home, error) {
	dir := e.getenv("PODIUM_HOME")
	if dir == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return Home{}, fault.Wrap(err, fault.Usage, "set PODIUM_HOME to a folder for podium's state", "find the home folder")
		}
		dir = filepath.Join(user, ".podium")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Home{}, err
	}
	return Home{Dir: abs}, nil
}

// userHome is the user's home folder, "" where the system does not say.
func userHome() string {
	dir, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return dir
}

// Data is the folder of files downloaded from a competition of a server
// ("kaggle" or "sandbox").
func (h Home) Data(server, competition string) string {
	return steps.DataDir(h.Dir, server, competition)
}

// Store is the root of the store of pipelines, which keeps artifacts/, work/,
// locks/ and runs/ in it.
func (h Home) Store() string { return h.Dir }

// Models is the cache of published weights.
func (h Home) Models() string { return filepath.Join(h.Dir, "models") }

// Sandbox is the folder of local competitions.
func (h Home) Sandbox() string { return filepath.Join(h.Dir, "sandbox") }

// Ledger is the record of everything that was submitted.
func (h Home) Ledger() *submissions.Ledger {
	return steps.Ledger(h.Dir)
}
