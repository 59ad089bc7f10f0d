package pipelines

// Ref names an output of a step of the plan.
type Ref struct {
	Step string `json:"step"`
	Port string `json:"port"`
}

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
}

// Builder collects the nodes of a plan. Its methods keep the first errors for
// Build, so a compiler of specs reads as a plain list of steps.
type Builder struct{ todo struct{} }

// NewBuilder starts an empty plan called name (a pipeline's name).
func NewBuilder(name string) *Builder { panic("todo") }

// Add puts a step into the plan and returns its outputs by port name. Edges may
// name steps that are added later.
func (b *Builder) Add(id string, op Op, seed uint64, inputs ...Edge) Handle { panic("todo") }

// Build checks the plan: no duplicate or malformed id, every edge from a step and
// port that exist to a port that exists and of the same kind, no input missing
// or joined twice, no cycle, parameters that are JSON.
func (b *Builder) Build() (*Plan, error) { panic("todo") }

// Handle is a step just added, to join others to it.
type Handle struct{ id string }

// Out is the step's output port.
func (h Handle) Out(port string) Ref { return Ref{Step: h.id, Port: port} }

// To joins the output r to the input port of the step being added.
func (r Ref) To(port string) Edge { return Edge{To: port, From: r} }

// Plan is a checked DAG of steps. It is immutable and does no I/O.
type Plan struct{ todo struct{} }

// Name is the pipeline's name.
func (p *Plan) Name() string { panic("todo") }

// Nodes are the steps in the order in which a single worker runs them: inputs
// before what needs them, else the order in which they were added.
func (p *Plan) Nodes() []*Node { panic("todo") }

// Node is the step with this id; false when there is none.
func (p *Plan) Node(id string) (*Node, bool) { panic("todo") }
