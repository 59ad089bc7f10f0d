package kaggle_test

import (
	"errors"
	"os"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

// Without a home folder the current one must not be taken for it. Not parallel:
// it changes the current folder.
func TestNoHome(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir(".kaggle", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(".kaggle/access_token", []byte("KGAT_planted"), 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) string { return "" }
	if cr, err := kaggle.FindCredentials(none, ""); !errors.Is(err, kaggle.ErrUnauthenticated) {
		t.Errorf("got %v, %v; want no credentials", cr, err)
	}
	if _, err := kaggle.FindCredentials(none, "."); err != nil {
		t.Errorf("the planted token is not one: %v", err)
	}
}
