package sandbox

import (
	"os"
	"testing"
)

// TestInstallFails: a replacement that cannot be put in its place leaves the
// older competition there.
func TestInstallFails(t *testing.T) {
	t.Parallel()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fill := func(dir string) error {
		return os.WriteFile(dir+"/"+configName, []byte("version: 1\nmetric: accuracy\n"), 0o644)
	}
	if err := s.install("toy", false, fill); err != nil {
		t.Fatal(err)
	}
	if err := s.install("toy", true, os.RemoveAll); err == nil {
		t.Error("nothing was installed, and that is no error")
	}
	if !s.exists("toy") {
		t.Error("the older competition is gone")
	}
}
