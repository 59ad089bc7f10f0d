package pipelines_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

var update = flag.Bool("update", false, "write golden files anew")

// TestMessages decodes every spec of testdata/messages.txtar and compares the
// whole message and hint. A file "name.yaml" is a spec; the lines "--set ..." of
// its comment are overrides; "name.want" is what must come.
func TestMessages(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "messages.txtar")
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := &txtar.Archive{Comment: a.Comment}
	cases := 0
	for i, f := range a.Files {
		name, ok := strings.CutSuffix(f.Name, ".yaml")
		if !ok {
			continue
		}
		cases++
		got := message(name+".yaml", f.Data)
		out.Files = append(out.Files, f, txtar.File{Name: name + ".want", Data: []byte(got)})
		if *update {
			continue
		}
		if i+1 == len(a.Files) || a.Files[i+1].Name != name+".want" {
			t.Errorf("%s has no .want behind it", f.Name)
		} else if d := cmp.Diff(string(a.Files[i+1].Data), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, d)
		}
	}
	if cases < 40 {
		t.Errorf("only %d cases: the test looks at nothing", cases)
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(out), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// message is what Decode says, each line marked.
func message(name string, src []byte) string {
	var sets []string
	for _, l := range strings.Split(string(src), "\n") {
		if set, ok := strings.CutPrefix(l, "# --set "); ok {
			sets = append(sets, set)
		}
	}
	s, err := pipelines.Decode(name, src, sets...)
	if err != nil {
		return fmt.Sprintf("error: %v\nkind: %d\nhint: %s\n", err, fault.KindOf(err), fault.HintOf(err))
	}
	return string(s.Canonical())
}
