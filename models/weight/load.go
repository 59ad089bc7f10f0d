package weight

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"

	"github.com/nlpodyssey/safetensors"
)

// metaKey is where safetensors keeps metadata among the tensors.
const metaKey = "__metadata__"

// maxHeader bounds the part of a file that is decoded as JSON. A header takes
// about 100 bytes a tensor, so this allows for over 100,000 tensors.
const maxHeader = 16 << 20

// File is the content of a safetensors file.
type File struct {
	Path    string            // where it was read from, for messages
	Tensors []Tensor          // in the order of their data
	Meta    map[string]string // nil without metadata
}

// Load reads the file at path. All tensors must be float32. Errors name the
// file and, where one is to blame, the tensor.
func Load(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: not a regular file", path)
	}
	b, err := read(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	file, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	file.Path = path
	return file, nil
}

// read looks at the first eight bytes before it makes room for the rest.
func read(r io.Reader, size int64) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("not a safetensors file: %d bytes, want at least 8", size)
	}
	if err := checkHeader(head[:], size); err != nil {
		return nil, err
	}
	if size > math.MaxInt-1 {
		return nil, fmt.Errorf("%d bytes are too many for this machine", size)
	}
	b := make([]byte, size)
	copy(b, head[:])
	if _, err := io.ReadFull(r, b[8:]); err != nil {
		return nil, err
	}
	return b, nil
}

func checkHeader(b []byte, size int64) error {
	n := binary.LittleEndian.Uint64(b)
	if n > maxHeader {
		return fmt.Errorf("not a safetensors file: header of %d bytes, want at most %d", n, maxHeader)
	}
	if int64(n)+8 > size {
		return fmt.Errorf("truncated: header of %d bytes in a file of %d", n, size)
	}
	return nil
}

// decode turns the bytes of a whole file into tensors.
func decode(b []byte) (*File, error) {
	if len(b) < 8 {
		return nil, fmt.Errorf("not a safetensors file: %d bytes, want at least 8", len(b))
	}
	if err := checkHeader(b, int64(len(b))); err != nil {
		return nil, err
	}
	header := b[8 : 8+binary.LittleEndian.Uint64(b)]
	if err := checkNames(header); err != nil {
		return nil, err
	}
	n, meta, err := safetensors.ReadMetadata(b)
	if err != nil {
		return nil, err
	}
	return tensors(meta, b[8+n:])
}

// tensors are those that meta describes, in the order of their data. The
// library has checked that they lie one after another and fill data.
func tensors(meta safetensors.Metadata, data []byte) (*File, error) {
	infos := meta.Tensors()
	names := slices.SortedFunc(maps.Keys(infos), func(a, b string) int {
		return cmp.Or(cmp.Compare(infos[a].DataOffsets[0], infos[b].DataOffsets[0]), cmp.Compare(a, b))
	})
	file := &File{Meta: meta.Metadata(), Tensors: make([]Tensor, 0, len(names))}
	for _, name := range names {
		i := infos[name]
		t, err := convert(*i, data[i.DataOffsets[0]:i.DataOffsets[1]])
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		t.Name = name
		file.Tensors = append(file.Tensors, t)
	}
	return file, nil
}

func convert(info safetensors.TensorInfo, raw []byte) (Tensor, error) {
	t := Tensor{Shape: make([]int, len(info.Shape))}
	if info.DType != safetensors.F32 {
		return t, fmt.Errorf("want dtype F32, got %s", info.DType)
	}
	for i, d := range info.Shape {
		if d > math.MaxInt {
			return t, fmt.Errorf("shape %v is too large", info.Shape)
		}
		t.Shape[i] = int(d)
	}
	n, err := elements(t.Shape)
	if err != nil {
		return t, err
	}
	if len(raw) != 4*n {
		return t, fmt.Errorf("shape %v wants %d bytes, got %d", t.Shape, 4*n, len(raw))
	}
	t.Data = make([]float32, n)
	for i := range t.Data {
		t.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return t, nil
}

// checkNames walks the header's top level: an object in which no key is empty
// or comes twice. encoding/json would silently keep the last of two.
func checkNames(header []byte) error {
	dec := json.NewDecoder(bytes.NewReader(header))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return errors.New("not a safetensors file: the header is not a JSON object")
	}
	seen := map[string]bool{}
	var value json.RawMessage
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return fmt.Errorf("header: %w", err)
		}
		name, _ := key.(string)
		if name == "" {
			return errors.New("a tensor has no name")
		}
		if seen[name] {
			return fmt.Errorf("tensor %q is there twice", name)
		}
		seen[name] = true
		if err := dec.Decode(&value); err != nil {
			return fmt.Errorf("header: %w", err)
		}
	}
	return nil
}

// Find returns the tensor called name.
func (f *File) Find(name string) (Tensor, bool) {
	i := slices.IndexFunc(f.Tensors, func(t Tensor) bool { return t.Name == name })
	if i < 0 {
		return Tensor{}, false
	}
	return f.Tensors[i], true
}
