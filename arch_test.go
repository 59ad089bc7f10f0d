package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"strings"
	"testing"
)

const module = "github.com/seed-a5aa75a0/podium"

// allowed is the import table of the house: a package under the folder on the
// left may import, of this module, only packages under the folders on the right
// (its own folder is always allowed). The longest left side that fits a package
// rules. One rule to remember: no room imports another room; they meet in
// pipelines/steps. ARCHITECTURE.md draws it.
var allowed = map[string][]string{
	".":               {"internal/cli"},
	"internal":        {}, // leaves: the standard library only
	"internal/metric": {"internal/fault", "internal/nearest"},
	"internal/cli":    {"internal", "kaggle", "features", "models", "submissions", "pipelines"},
	"kaggle":          {"internal/atomicfile", "internal/digest", "internal/disk", "internal/fault", "internal/metric", "internal/nearest", "internal/seed"},
	"features":        {"internal/atomicfile", "internal/digest", "internal/fault", "internal/metric", "internal/nearest", "internal/seed"},
	"models":          {"internal/atomicfile", "internal/digest", "internal/fault", "internal/metric", "internal/nearest", "internal/seed"},
	"submissions":     {"internal/atomicfile", "internal/digest", "internal/fault", "internal/metric", "internal/nearest", "internal/seed"},
	"pipelines":       {"internal/atomicfile", "internal/digest", "internal/fault", "internal/metric", "internal/nearest", "internal/seed"},
	"pipelines/ledger": {"pipelines", "submissions",
		"internal/atomicfile", "internal/fault", "internal/metric", "internal/nearest"},
	"pipelines/export": {"models/train", "pipelines",
		"internal/atomicfile", "internal/fault"},
	"pipelines/export/mlflow":      {"internal/atomicfile"},
	"pipelines/export/tensorboard": {},
	"pipelines/report": {"pipelines", "pipelines/ledger", "pipelines/steps", "features", "models", "submissions",
		"internal/metric", "internal/seed"},
	"pipelines/sweep": {"pipelines", "internal/atomicfile", "internal/digest", "internal/fault", "internal/nearest", "internal/seed"},
	"pipelines/steps": {"kaggle", "features", "models", "submissions", "pipelines",
		"internal/atomicfile", "internal/digest", "internal/fault", "internal/metric", "internal/nearest", "internal/seed"},
}

// keepers says which folders may import a third-party module: each is used in
// the room that it is for and nowhere else.
var keepers = map[string][]string{
	"github.com/go-resty/":            {"kaggle"},
	"golang.org/x/net":                {"kaggle"},
	"github.com/apache/arrow/go/v15":  {"features", "submissions", "pipelines/steps", "pipelines/ledger"},
	"golang.org/x/image":              {"features"},
	"github.com/go-analyze/charts":    {"internal/cli", "pipelines/report"},
	"gorgonia.org/":                   {"models"},
	"github.com/ebitengine/purego":    {"models", "features"},
	"github.com/urfave/cli":           {"internal/cli"},
	"golang.org/x/sys":                {"internal/cli", "internal/disk", "models", "features"},
	"github.com/rivo/uniseg":          {"internal/cli"},
	"google.golang.org/protobuf":      {"pipelines/export/tensorboard"},
	"github.com/agnivade/levenshtein": {"internal/nearest"},
}

func TestImports(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		pkg := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		for _, imp := range p.Imports {
			if err := checkImport(pkg, imp); err != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imp, err)
			}
		}
	}
	if seen < 10 {
		t.Fatalf("go list named %d packages: the test looks at nothing", seen)
	}
}

// checkImport says why the package at folder pkg must not import imp, "" if it may.
func checkImport(pkg, imp string) string {
	for prefix, rooms := range keepers {
		if strings.HasPrefix(imp, prefix) && !underAny(pkg, rooms) {
			return "only " + strings.Join(rooms, ", ") + " may"
		}
	}
	if imp != module && !strings.HasPrefix(imp, module+"/") {
		if strings.HasPrefix(pkg, "internal/") && !under(pkg, "internal/cli") && !kept(imp) && strings.Contains(strings.Split(imp, "/")[0], ".") {
			return "a leaf uses the standard library only, or a library that it keeps"
		}
		return ""
	}
	target := strings.TrimPrefix(imp, module+"/")
	folder := ruling(pkg)
	if folder != "internal" && under(target, folder) && !strictRoom(target, folder) {
		return ""
	}
	if pkg != "." && pkg != "" && underAny(target, allowed[folder]) {
		return ""
	}
	if (pkg == "." || pkg == "") && target == "internal/cli" {
		return ""
	}
	return folder + " may import only: " + strings.Join(allowed[folder], ", ")
}

// kept reports whether a table row names who may import imp.
func kept(imp string) bool {
	for prefix := range keepers {
		if strings.HasPrefix(imp, prefix) {
			return true
		}
	}
	return false
}

// ruling is the longest folder of the table that holds pkg.
func ruling(pkg string) string {
	for f := pkg; f != "." && f != ""; f = path.Dir(f) {
		if _, ok := allowed[f]; ok {
			return f
		}
	}
	return "."
}

// strictRoom keeps pipelines from importing pipelines/steps, which has rules of its own.
func strictRoom(target, folder string) bool { return ruling(target) != folder }

func under(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

func underAny(pkg string, folders []string) bool {
	for _, f := range folders {
		if under(pkg, f) {
			return true
		}
	}
	return false
}

func TestCheckImport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pkg, imp string
		ok       bool
	}{
		{"", module + "/internal/cli", true},
		{"", module + "/kaggle", false},
		{"features", module + "/models/engine", false},
		{"features", module + "/internal/seed", true},
		{"models/train", module + "/models/graph", true},
		{"pipelines", module + "/pipelines/steps", false},
		{"pipelines/steps", module + "/models/train", true},
		{"kaggle/sandbox", module + "/internal/cli", false},
		{"internal/digest", module + "/internal/seed", false},
		{"internal/digest", "golang.org/x/sys/cpu", false},
		{"internal/cli", "github.com/urfave/cli/v2", true},
		{"pipelines", "github.com/urfave/cli/v2", false},
		{"features", "gorgonia.org/tensor", false},
		{"models/graph", "gorgonia.org/gorgonia", true},
		{"pipelines/export", module + "/pipelines/export/mlflow", true},
		{"pipelines/export/mlflow", module + "/pipelines", false},
	} {
		if got := checkImport(c.pkg, c.imp); (got == "") != c.ok {
			t.Errorf("checkImport(%q, %q) = %q, want ok %v", c.pkg, c.imp, got, c.ok)
		}
	}
}
