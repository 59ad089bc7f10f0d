package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReplacedData: a run asks a sandbox anew for its files when they are not
// those of the last run, as after sandbox add, and only then. Not parallel,
// since the program reads its environment.
func TestReplacedData(t *testing.T) {
	home := Home{Dir: t.TempDir()}
	t.Setenv("PODIUM_HOME", home.Dir)
	run := func() string {
		var out, errOut bytes.Buffer
		words := strings.Fields("podium run digit-recognizer-linear --sandbox --set train.epochs=1 --set split.stratified_kfold=2")
		if code := Main(context.WithoutCancel(t.Context()), words, strings.NewReader(""), &out, &errOut); code != 0 {
			t.Fatalf("exit %d: %s", code, &errOut)
		}
		return errOut.String()
	}
	run()
	if talk := run(); !strings.Contains(talk, "Cached download.train") {
		t.Errorf("the same data is downloaded again:\n%s", talk)
	}
	// The competition made anew: one row more to learn from.
	table := filepath.Join(home.Sandbox(), "digit-recognizer", "data", "train.csv")
	b, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	last := b[bytes.LastIndexByte(b[:len(b)-1], '\n')+1:]
	if err := os.WriteFile(table, append(b, last...), 0o644); err != nil {
		t.Fatal(err)
	}
	if talk := run(); !strings.Contains(talk, "10001 rows") || !strings.Contains(talk, "Cached images.test") {
		t.Errorf("the data of the last run is used, or too much is made again:\n%s", talk)
	}
	if talk := run(); !strings.Contains(talk, "Cached download.train") {
		t.Errorf("the new data is downloaded twice:\n%s", talk)
	}
}
