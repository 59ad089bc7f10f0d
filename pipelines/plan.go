package pipelines

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Ref names an output of a step of the plan.
type Ref struct {
	Step string `json:"step"`
	Port string `json:"port"`
}

func (r Ref) String() string { return r.Step + "/" + r.Port }

// To joins the output r to the input port of the step being added.
func (r Ref) To(port string) Edge { return Edge{To: port, From: r} }

// Edge joins an output to the input port To of the step that holds it.
type Edge struct {
	To   string `json:"to"`
	From Ref    `json:"from"`
}

// Node is a step of a plan.
type Node struct {
	ID   string // such as "train.cnn.fold2": letters, digits, '.', '_' and '-'
	Op   Op
	Seed uint64 // 0 for a step that draws nothing
	// Inputs in the order in which they were joined, which is the order of a
	// Many port's inputs.
	Inputs []Edge

	params  json.RawMessage // canonical
	outputs map[string]Port
}

// Plan is a checked DAG of steps. It is immutable and does no I/O.
type Plan struct {
	name  string
	nodes []*Node // in running order
	byID  map[string]*Node
}

// Name is the pipeline's name.
func (p *Plan) Name() string { return p.name }

// Nodes are the steps in the order in which a single worker runs them: inputs
// before what needs them, else the order in which they were added.
func (p *Plan) Nodes() []*Node { return slices.Clone(p.nodes) }

// Node is the step with this id; false when there is none.
func (p *Plan) Node(id string) (*Node, bool) {
	n, ok := p.byID[id]
	return n, ok
}

// Upto is the plan of the steps with these ids and of all that they need. A step
// keeps its key, so that what the part makes is there for the whole. An id that
// the plan has not is the caller's error.
func (p *Plan) Upto(ids ...string) (*Plan, error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		if p.byID[id] == nil {
			return nil, fmt.Errorf("plan %s: there is no step %q", p.name, id)
		}
		wanted[id] = true
	}
	part := &Plan{name: p.name, byID: map[string]*Node{}}
	for _, n := range slices.Backward(p.nodes) { // what needs a step comes after it
		if !wanted[n.ID] {
			continue
		}
		for _, e := range n.Inputs {
			wanted[e.From.Step] = true
		}
		part.nodes, part.byID[n.ID] = append(part.nodes, n), n
	}
	slices.Reverse(part.nodes)
	return part, nil
}

// Builder collects the nodes of a plan. It keeps errors for Build, so that a
// compiler of specs reads as a plain list of steps.
type Builder struct {
	name  string
	nodes []*Node
	byID  map[string]*Node
	errs  []error
}

// NewBuilder starts an empty plan called name (a pipeline's name).
func NewBuilder(name string) *Builder {
	return &Builder{name: name, byID: map[string]*Node{}}
}

// Handle is a step just added, to join others to it.
type Handle struct{ id string }

// Out is the step's output port.
func (h Handle) Out(port string) Ref { return Ref{Step: h.id, Port: port} }

var idForm = regexp.MustCompile(`^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*$`)

// Add puts a step into the plan. Edges may name steps that are added later.
func (b *Builder) Add(id string, op Op, seed uint64, inputs ...Edge) Handle {
	n := &Node{ID: id, Op: op, Seed: seed, Inputs: slices.Clone(inputs), outputs: map[string]Port{}}
	if !idForm.MatchString(id) {
		b.fail("step %q: want an id of letters, digits, _ with . and - between", id)
	}
	if b.byID[id] != nil {
		b.fail("step %s: there are two", id)
		return Handle{id}
	}
	var err error
	if n.params, err = canonicalJSON(op.Params()); err != nil {
		b.fail("step %s: parameters of %s are not JSON: %w", id, op.Name(), err)
	}
	for _, p := range op.Outputs() {
		if _, twice := n.outputs[p.Name]; twice || !plainFile(p) {
			b.fail("step %s: output %q of %s is there twice or its file is outside the artifact", id, p.Name, op.Name())
		}
		n.outputs[p.Name] = p
	}
	if len(n.outputs) == 0 {
		b.fail("step %s: %s has no output", id, op.Name())
	}
	b.nodes, b.byID[id] = append(b.nodes, n), n
	return Handle{id}
}

// plainFile: an output's file lies inside the artifact and is not the manifest.
func plainFile(p Port) bool {
	f := p.File
	if f == "" {
		f = p.Name
	}
	return f != "" && f != "." && f != manifestName && path.Clean(f) == f && !path.IsAbs(f) &&
		!strings.HasPrefix(f, "../") && f != ".." && !strings.ContainsAny(f, `\:`)
}

func (b *Builder) fail(format string, args ...any) {
	b.errs = append(b.errs, fmt.Errorf("plan "+b.name+": "+format, args...))
}

// Build checks the plan: no duplicate or malformed id, every edge from a step and
// port that exist to a port that exists and of the same kind, no input missing
// or joined twice, no cycle, parameters that are JSON. Errors are the compiler's,
// not the user's; all of them are joined.
func (b *Builder) Build() (*Plan, error) {
	for _, n := range b.nodes {
		b.checkInputs(n)
	}
	if len(b.nodes) == 0 {
		b.fail("there is no step")
	}
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	order, err := b.sort()
	if err != nil {
		return nil, err
	}
	return &Plan{name: b.name, nodes: order, byID: b.byID}, nil
}

func (b *Builder) checkInputs(n *Node) {
	ports, joined := map[string]Port{}, map[string]int{}
	for _, p := range n.Op.Inputs() {
		ports[p.Name] = p
	}
	for _, e := range n.Inputs {
		to, ok := ports[e.To]
		if !ok {
			b.fail("step %s: %s has no input %q", n.ID, n.Op.Name(), e.To)
			continue
		}
		joined[e.To]++
		from, ok := b.byID[e.From.Step]
		if !ok {
			b.fail("step %s: input %s: there is no step %q", n.ID, e.To, e.From.Step)
			continue
		}
		out, ok := from.outputs[e.From.Port]
		if !ok {
			b.fail("step %s: input %s: step %s has no output %q", n.ID, e.To, e.From.Step, e.From.Port)
		} else if out.Kind != to.Kind {
			b.fail("step %s: input %s: want kind %s, got %s from %s", n.ID, e.To, to.Kind, out.Kind, e.From)
		}
	}
	for _, p := range n.Op.Inputs() {
		if n := joined[p.Name]; n == 1 || n > 1 && p.Many {
			continue
		}
		if joined[p.Name] == 0 {
			b.fail("step %s: input %s is missing", n.ID, p.Name)
		} else {
			b.fail("step %s: input %s is joined %d times", n.ID, p.Name, joined[p.Name])
		}
	}
}

// sort takes, again and again, the first node added whose inputs are all taken.
func (b *Builder) sort() ([]*Node, error) {
	taken := map[string]bool{}
	var order []*Node
	for len(order) < len(b.nodes) {
		i := slices.IndexFunc(b.nodes, func(n *Node) bool {
			return !taken[n.ID] && !slices.ContainsFunc(n.Inputs, func(e Edge) bool { return !taken[e.From.Step] })
		})
		if i < 0 {
			return nil, fmt.Errorf("plan %s: steps wait for each other: %s", b.name, b.cycle(taken))
		}
		taken[b.nodes[i].ID] = true
		order = append(order, b.nodes[i])
	}
	return order, nil
}

// cycle walks from input to input among the nodes that are not taken, all of
// which wait for another such node, until it comes round.
func (b *Builder) cycle(taken map[string]bool) string {
	i := slices.IndexFunc(b.nodes, func(n *Node) bool { return !taken[n.ID] })
	var walk []string
	for id := b.nodes[i].ID; ; {
		if at := slices.Index(walk, id); at >= 0 {
			round := append(walk[at:], id)
			slices.Reverse(round)
			return strings.Join(round, " -> ")
		}
		walk = append(walk, id)
		for _, e := range b.byID[id].Inputs {
			if !taken[e.From.Step] {
				id = e.From.Step
				break
			}
		}
	}
}
