package digest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/digest"
)

func TestFileEqualsBytes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("abc"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := digest.File(path)
	if err != nil {
		t.Fatal(err)
	}
	// FIPS 180-2, appendix B.1.
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got != want || digest.Bytes([]byte("abc")) != want {
		t.Errorf("got %s and %s, want %s", got, digest.Bytes([]byte("abc")), want)
	}
}

func ExampleJSON() {
	a := digest.JSON(map[string]any{"lr": 0.001, "epochs": 3})
	b := digest.JSON(map[string]any{"epochs": 3, "lr": 0.001})
	fmt.Println(a == b)
	// Output: true
}
