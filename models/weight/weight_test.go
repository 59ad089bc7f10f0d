package weight

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// goldenTensors is what testdata/golden.py writes.
func goldenTensors() ([]Tensor, map[string]string) {
	tensors := []Tensor{
		{Name: "conv.w", Shape: []int{3, 3, 1, 4}},
		{Name: "conv.b", Shape: []int{4}},
		{Name: "out.w", Shape: []int{6, 10}},
		{Name: "step", Shape: []int{}},
		{Name: "none", Shape: []int{0, 7}},
	}
	for place := range tensors {
		n, _ := elements(tensors[place].Shape)
		tensors[place].Data = make([]float32, n)
		for i := range n {
			tensors[place].Data[i] = float32(i-5)/4 + float32(place)
		}
	}
	return tensors, map[string]string{"arch": "test", "note": "quote \" and é"}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	want, meta := goldenTensors()
	f, err := Load("testdata/golden.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	checkFile(t, f, want, meta)
}

// TestRoundTrip; with PODIUM_SAFETENSORS_OUT the file is left there for
// testdata/golden.py to check.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	want, meta := goldenTensors()
	path := filepath.Join(t.TempDir(), "w.safetensors")
	if out := os.Getenv("PODIUM_SAFETENSORS_OUT"); out != "" {
		path = out
	}
	if err := Save(path, want, meta); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	checkFile(t, f, want, meta)
}

func checkFile(t *testing.T, f *File, want []Tensor, meta map[string]string) {
	t.Helper()
	if diff := cmp.Diff(meta, f.Meta); diff != "" {
		t.Errorf("metadata: want -, got +\n%s", diff)
	}
	if len(f.Tensors) != len(want) {
		t.Errorf("want %d tensors, got %d", len(want), len(f.Tensors))
	}
	for _, w := range want {
		got, ok := f.Find(w.Name)
		if !ok {
			t.Errorf("tensor %q is missing", w.Name)
			continue
		}
		if diff := cmp.Diff(w, got); diff != "" {
			t.Errorf("want -, got +\n%s", diff)
		}
	}
}

// TestBits: every value keeps its bits, NaN payloads and negative zero too.
func TestBits(t *testing.T) {
	t.Parallel()
	bits := []uint32{0x80000000, 0x7fc00001, 0xffffffff, 0x7f800000, 0x00000001, 0x3f800000}
	data := make([]float32, len(bits))
	for i, b := range bits {
		data[i] = math.Float32frombits(b)
	}
	path := filepath.Join(t.TempDir(), "w")
	if err := Save(path, []Tensor{{"x", []int{len(bits)}, data}}, nil); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range bits {
		if got := math.Float32bits(f.Tensors[0].Data[i]); got != b {
			t.Errorf("value %d: want bits %08x, got %08x", i, b, got)
		}
	}
}

// TestSameBytes: the order in which tensors are given does not matter.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tensors, meta := goldenTensors()
	write := func(name string) []byte {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := Save(path, tensors, meta); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := write("a")
	tensors[0], tensors[3] = tensors[3], tensors[0]
	if second := write("b"); string(first) != string(second) {
		t.Error("another order of the tensors gave other bytes")
	}
}

func TestSaveErrors(t *testing.T) {
	t.Parallel()
	one := []float32{1}
	tests := []struct {
		label   string
		tensors []Tensor
		want    string
	}{
		{"twice", []Tensor{{"a", []int{1}, one}, {"a", []int{1}, one}}, `tensor "a" is there twice`},
		{"no name", []Tensor{{"", []int{1}, one}}, `"" cannot name a tensor`},
		{"reserved name", []Tensor{{"__metadata__", []int{1}, one}}, `"__metadata__" cannot name a tensor`},
		{"short", []Tensor{{"a", []int{2, 3}, one}}, `tensor "a": shape [2 3] wants 6 values, got 1`},
		{"negative", []Tensor{{"a", []int{-1}, one}}, `tensor "a": shape [-1] has a negative size`},
		{"overflow", []Tensor{{"a", []int{1 << 40, 1 << 40}, one}}, "too large"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "w.safetensors")
			if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
			err := Save(path, tt.tensors, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Fatalf("want an error with %q and the path, got %v", tt.want, err)
			}
			if b, _ := os.ReadFile(path); string(b) != "before" {
				t.Error("the file that was there is gone")
			}
		})
	}
}

func ExampleSave() {
	dir, _ := os.MkdirTemp("", "weight")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "net.safetensors")

	w := []Tensor{{Name: "out.w", Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}}}
	if err := Save(path, w, map[string]string{"arch": "linear"}); err != nil {
		fmt.Println(err)
		return
	}
	f, err := Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Meta["arch"], f.Tensors[0].Name, f.Tensors[0].Shape, f.Tensors[0].Data)
	// Output: linear out.w [2 2] [1 2 3 4]
}
