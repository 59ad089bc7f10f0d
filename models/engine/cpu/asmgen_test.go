package cpu

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGenerated writes the assembly again and compares it with what is committed.
func TestGenerated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, generator := range []string{"./internal/asmgen", "./internal/vecgen"} {
		if out, err := exec.CommandContext(t.Context(), "go", "run", generator, "-dir", ".", "-out", dir).CombinedOutput(); err != nil {
			t.Fatalf("go run %s: %v\n%s", generator, err, out)
		}
	}
	for _, pattern := range []string{"gemm_avx512_amd64.*", "gemm_avx2_amd64.*", "gemm_bf16_amd64.*", "transpose_amd64.*", "vector_avx512_amd64.*", "vector_avx2_amd64.*", "tiles_avx512_amd64.*", "tiles_avx2_amd64.*", "depthwise_avx512_amd64.*", "depthwise_avx2_amd64.*"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(paths) != 2 {
			t.Fatalf("%s: want two files, got %v (%v)", pattern, paths, err)
		}
		for _, path := range paths {
			fresh, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			committed, err := os.ReadFile(filepath.Base(path))
			if err != nil {
				t.Fatal(err)
			}
			// A checkout on Windows may have other line ends.
			if !bytes.Equal(fresh, bytes.ReplaceAll(committed, []byte("\r\n"), []byte("\n"))) {
				t.Errorf("%s is not what its generator writes: run go generate", filepath.Base(path))
			}
		}
	}
}
