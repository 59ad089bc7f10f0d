package pipelines

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

//go:embed builtin/*.yaml
var builtinFiles embed.FS

// BuiltinInfo describes a pipeline that comes with podium.
type BuiltinInfo struct {
	Name string `json:"name"`
	Doc  string `json:"doc"` // its first comment line
}

// Builtins are the pipelines that come with podium, sorted by name.
func Builtins() []BuiltinInfo {
	var list []BuiltinInfo
	for _, name := range builtinNames() {
		src, _ := builtinSource(name)
		line, _, _ := strings.Cut(string(src), "\n")
		list = append(list, BuiltinInfo{Name: name, Doc: strings.TrimSpace(strings.TrimPrefix(line, "#"))})
	}
	return list
}

func builtinNames() []string {
	entries, err := builtinFiles.ReadDir("builtin")
	if err != nil {
		panic("pipelines: " + err.Error()) // embedded
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	slices.Sort(names) // by name, where the folder sorts by name.yaml
	return names
}

func builtinSource(name string) ([]byte, bool) {
	src, err := builtinFiles.ReadFile("builtin/" + name + ".yaml")
	return src, err == nil
}

// Load reads the spec of a built-in's name or of a path, which is anything with
// a slash in it or ending in .yaml or .yml. name is what Decode should call it.
// Errors are faults of kind Usage.
func Load(nameOrPath string) (src []byte, name string, err error) {
	if isPath(nameOrPath) {
		src, err = os.ReadFile(nameOrPath)
		return src, nameOrPath, readFault(err, nameOrPath)
	}
	if src, ok := builtinSource(nameOrPath); ok {
		return src, nameOrPath, nil
	}
	names := builtinNames()
	hint := "built-ins: " + strings.Join(names, ", ") + "; a file is given by its path, such as ./my.yaml"
	return nil, "", fault.New(fault.Usage, hint, "no pipeline called %q%s", shorten(nameOrPath), orNear(nameOrPath, names))
}

func isPath(s string) bool {
	ext := strings.ToLower(filepath.Ext(s))
	return strings.ContainsAny(s, `/\`) || ext == ".yaml" || ext == ".yml"
}

func readFault(err error, path string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		hint := "built-ins: " + strings.Join(builtinNames(), ", ")
		if stem := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)); nearest.Word(stem, builtinNames()) != "" {
			hint = "without .yaml it is a built-in: " + nearest.Word(stem, builtinNames())
		}
		return fault.New(fault.Usage, hint, "read spec %s: there is no such file", path)
	}
	return fault.Wrap(err, fault.Usage, "", "read spec")
}
