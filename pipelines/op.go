package pipelines

import (
	"context"
	"path/filepath"
)

// Kind says what a port carries, such as "table", "images" or "predictions".
// Only ports of the same kind can be joined.
type Kind string

// Port is a named input or output of an Op.
type Port struct {
	Name string // unique among the inputs, or among the outputs, of an Op
	Kind Kind

	// File is the file or folder inside the artifact that an output port stands
	// for. Empty means Name. Inputs have none.
	File string
	// Many lets an input take several edges, at least one; their order counts.
	Many bool
}

// Path is where an output port's file lies in the artifact folder dir.
func (p Port) Path(dir string) string {
	if p.File == "" {
		return filepath.Join(dir, p.Name)
	}
	return filepath.Join(dir, filepath.FromSlash(p.File))
}

// Op is one kind of work with its parameters set. It knows nothing of where it
// runs: it reads its inputs, writes its outputs into Env.Dir and returns.
//
// Whatever changes the bytes of the outputs must be in Name, Version, Params,
// the step's seed or the inputs; whatever does not (clients, engines, worker
// counts) must not be in Params.
type Op interface {
	Name() string // such as "train"; shared by all versions of the op
	Version() int // raised when the same parameters give other outputs
	Params() any  // must marshal to JSON; nil for none; part of the key
	Inputs() []Port
	Outputs() []Port // at least one

	// Run makes every output at Env.Path(port). It must return soon after ctx
	// is done. What it leaves in Env.Dir on an error is thrown away.
	Run(ctx context.Context, env Env, in Inputs) (Report, error)
}

// Source marks an Op whose outputs are named by their content, such as a
// download. Steps that read from it are keyed by what it brought, not by how.
type Source interface {
	Op
	// ContentKeyed is true for a source.
	ContentKeyed() bool
}

// Refresher is a Source whose content may change behind its parameters, such as
// a file of a server whose owner may replace it.
type Refresher interface {
	Source
	// Fresh reports whether what the source brought earlier is what it would
	// bring now. It may ask the outside world. With false the source runs again.
	Fresh(ctx context.Context, earlier *Artifact) (bool, error)
}

// Effect marks an Op that changes the world outside, such as an upload. It runs
// only when Options.Effects allows it and is never a blind cache hit.
type Effect interface {
	Op
	// StillHolds reports whether the effect that left the artifact earlier,
	// made of the same input bytes, needs no repeating. It may ask the outside
	// world. With true the step is Cached; with false it runs again.
	StillHolds(ctx context.Context, earlier *Artifact) (bool, error)
}

// Env is what a running step is given beside its inputs.
type Env struct {
	Step  string // id of the step in its plan
	Key   string // the key that the artifact will have
	RunID string // Options.RunID, may be empty; must not change the outputs
	Seed  uint64 // the step's seed; derive streams from it with internal/seed

	// Dir is an empty folder that becomes the artifact when Run returns nil.
	Dir string
	// Work is a folder that survives a killed or failed run of this step and
	// that the next run finds again: the place for checkpoints. It is removed
	// when the artifact is complete.
	Work string

	// Progress tells how far the step is: fraction in [0, 1], negative when not
	// known; a short text; figures such as loss. Cheap to call often (calls that
	// come too fast are dropped) and safe from any goroutine.
	Progress func(fraction float64, text string, fields map[string]any)

	outputs map[string]Port
}

// Path is where the output port belongs. It panics when the Op has not declared
// the port.
func (e Env) Path(port string) string {
	p, ok := e.outputs[port]
	if !ok {
		panic("pipelines: step " + e.Step + " has no output " + port)
	}
	return p.Path(e.Dir)
}

// Keys of Report.Notes that a person should read when the step is done, or found done.
const (
	NoteWarning = "warning" // what is wrong with the run, and what mends it
	NoteTold    = "told"    // what was done with data that do not fit
	NoteLook    = "look"    // a file of the artifact that is for people to look at
)

// Report is what a step says about what it made; it goes into the manifest.
type Report struct {
	Metrics map[string]float64 // such as "cv": 0.9951; finite numbers
	Notes   map[string]string  // other facts worth keeping, such as a submission's ref
	// Origins are labels of where the data come from, such as
	// "sandbox:digit-recognizer". All that is made of it inherits them.
	Origins []string
}

// Input is one thing that a step reads.
type Input struct {
	Step     string    // id of the step that made it
	Port     string    // output port of that step
	Path     string    // the port's file or folder; read only
	Artifact *Artifact // the whole artifact with its manifest
}

// Inputs are a step's inputs by its own port names.
type Inputs map[string][]Input

// One is the input at a port that is not Many. It panics when the Op has not
// declared the port: a plan is checked before it runs, so that is the Op's error.
func (in Inputs) One(port string) Input {
	if len(in[port]) != 1 {
		panic("pipelines: no single input " + port)
	}
	return in[port][0]
}

// Path is One(port).Path.
func (in Inputs) Path(port string) string { return in.One(port).Path }

// All are the inputs at a Many port, in the order of the plan's edges.
func (in Inputs) All(port string) []Input { return in[port] }
