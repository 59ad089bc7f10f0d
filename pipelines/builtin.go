package pipelines

// BuiltinInfo describes a pipeline that comes with podium.
type BuiltinInfo struct {
	Name string `json:"name"`
	Doc  string `json:"doc"` // its first comment line
}

// Builtins are the pipelines that come with podium, sorted by name.
func Builtins() []BuiltinInfo { panic("todo") }

// Load reads the spec of a built-in name or of a path, which is anything with a
// slash or ending in .yaml or .yml. name is what Decode should call it.
func Load(nameOrPath string) (src []byte, name string, err error) { panic("todo") }

// Nearest is the word of words that got was probably meant to be, "" when none
// is near.
func Nearest(got string, words []string) string { panic("todo") }
