package weight

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// decode is Load of the bytes of a file.
func decode(b []byte) (*File, error) {
	r, err := newReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	return r.load()
}

// raw is a safetensors file with this header and so many bytes of data.
func raw(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	b = append(b, header...)
	return append(b, make([]byte, data)...)
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	good := `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`
	deep := strings.Repeat("[", 200_000)
	tests := []struct {
		label string
		b     []byte
		want  string
	}{
		{"empty", nil, "not a safetensors file: 0 bytes"},
		{"short", []byte("short"), "not a safetensors file: 5 bytes"},
		{"text", []byte("id,label\n1,2\n3,4\n"), "not a safetensors file: header of"},
		{"huge header", append([]byte{0, 0, 0, 2, 0, 0, 0, 0}, make([]byte, 100)...), "want at most"},
		{"negative header", []byte{255, 255, 255, 255, 255, 255, 255, 255, '{', '}'}, "want at most"},
		{"header past the end", raw(good, 8)[:30], "truncated: header of"},
		{"data cut", raw(good, 7), "incomplete"},
		{"data too long", raw(good, 9), "incomplete"},
		{"not an object", raw(`[1,2]`, 0), "not a JSON object"},
		{"broken JSON", raw(`{"a":{"dtype"`, 0), "header"},
		{"text after the object", raw(`{} x`, 0), "invalid character"},
		{"deep", raw(`{"a":`+deep, 0), "header"},
		{"twice", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8),
			`tensor "a" is there twice`},
		{"no name", raw(`{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4), "a tensor has no name"},
		{"dtype", raw(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 4), `tensor "a": want dtype F32, got F16`},
		{"unknown dtype", raw(`{"a":{"dtype":"F5","shape":[2],"data_offsets":[0,4]}}`, 4), `"F5"`},
		{"shape", raw(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8), "mismatch"},
		{"overflowing shape", raw(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`, 0), "overflow"},
		{"huge empty shape", raw(`{"a":{"dtype":"F32","shape":[18446744073709551615,0],"data_offsets":[0,0]}}`, 0), "too large"},
		{"negative shape", raw(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4), "shape"},
		{"overlap", raw(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), "offset"},
		{"backwards", raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 4), "offset"},
		{"metadata", raw(`{"__metadata__":{"a":1}}`, 0), "__metadata__"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "w.safetensors")
			if err := os.WriteFile(path, tt.b, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Fatalf("want an error with %q and the path, got %v", tt.want, err)
			}
		})
	}
	t.Run("the control", func(t *testing.T) {
		t.Parallel()
		if f, err := decode(raw(good, 8)); err != nil || len(f.Tensors) != 1 {
			t.Fatalf("want one tensor, got %v, %v", f, err)
		}
	})
	t.Run("missing", func(t *testing.T) {
		t.Parallel()
		if _, err := Load(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
			t.Fatalf("want a not-exist error, got %v", err)
		}
	})
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Fatalf("want an error that says what it is, got %v", err)
		}
	})
}

// TestTruncated cuts a good file at every length: never a panic, always an error.
func TestTruncated(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/golden.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		if _, err := decode(b[:n]); err == nil {
			t.Errorf("%d of %d bytes were accepted", n, len(b))
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	const many = chunkSize/4 + 3 // more than a part
	path := filepath.Join(t.TempDir(), "net.safetensors")
	long := make([]float32, many)
	for i := range long {
		long[i] = float32(i)
	}
	if err := Save(path, []Tensor{{"a", []int{many}, long}, {"b", []int{1, 2}, []float32{3, 4}}}, nil); err != nil {
		t.Fatal(err)
	}
	room := func(name string, shape ...int) Tensor {
		n, _ := elements(shape)
		return Tensor{name, shape, make([]float32, n)}
	}
	tests := []struct {
		label string
		want  []Tensor
		err   string
	}{
		{"fits, in any order", []Tensor{room("b", 1, 2), room("a", many)}, ""},
		{"shape", []Tensor{room("a", many), room("b", 2, 1)}, `tensor "b": want shape [2 1], got [1 2]`},
		{"missing", []Tensor{room("a", many), room("b", 1, 2), room("c", 1)}, `tensors missing: "c"`},
		{"extra", []Tensor{room("a", many)}, `tensors not wanted: "b"`},
		{"other names", []Tensor{room("a", many), room("B", 1, 2)}, `tensors missing: "B"; not wanted: "b"`},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			t.Parallel()
			r, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var sinks []Sink
			for _, w := range tt.want {
				sinks = append(sinks, Sink{w.Name, w.Shape, func(at int, src []float32) error {
					copy(w.Data[at:], src)
					return nil
				}})
			}
			err = r.Fill(sinks)
			if tt.err == "" {
				if err != nil || !slices.Equal(tt.want[0].Data, []float32{3, 4}) || !slices.Equal(tt.want[1].Data, long) {
					t.Fatalf("want the file's values, got others, or %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.err) || !strings.Contains(err.Error(), path) {
				t.Fatalf("want an error with %q and the path, got %v", tt.err, err)
			}
			for _, w := range tt.want {
				if slices.ContainsFunc(w.Data, func(x float32) bool { return x != 0 }) {
					t.Errorf("tensor %q was written in spite of the error", w.Name)
				}
			}
		})
	}
}

func TestListCounts(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 8 {
		names = append(names, fmt.Sprint("t", i))
	}
	if got, want := list(names), `"t0", "t1", "t2", "t3", "t4" and 3 more`; got != want {
		t.Errorf("want %s, got %s", want, got)
	}
}

func FuzzDecode(f *testing.F) {
	golden, err := os.ReadFile("testdata/golden.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte{})
	f.Add(raw(`{}`, 0))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[18446744073709551615,0],"data_offsets":[0,0]}}`, 0))
	f.Add(raw(`{"__metadata__":{"k":"v"},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}`, 8))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := decode(b)
		if err != nil {
			return
		}
		total := 0
		for _, tensor := range file.Tensors {
			if err := tensor.check(); err != nil {
				t.Fatalf("accepted a tensor that cannot be: %v", err)
			}
			total += 4 * len(tensor.Data)
		}
		if total > len(b) {
			t.Fatalf("%d bytes of tensors out of a file of %d", total, len(b))
		}
		// What was accepted can be written and read again.
		path := filepath.Join(t.TempDir(), "w.safetensors")
		if err := Save(path, file.Tensors, file.Meta); err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		if _, err := Load(path); err != nil {
			t.Fatalf("written but not read: %v", err)
		}
	})
}
