package weight

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/nlpodyssey/safetensors"
)

// metaKey is where safetensors keeps metadata among the tensors.
const metaKey = "__metadata__"

// maxHeader bounds the part of a file that is decoded as JSON. A header takes
// about 100 bytes a tensor, so this allows for over 100,000 tensors.
const maxHeader = 16 << 20

// readSafetensors reads the header and checks that the tensors lie one after
// another behind it and fill the file.
func readSafetensors(f io.ReaderAt, size int64) ([]entry, map[string]string, error) {
	header, err := readHeader(f, size)
	if err != nil {
		return nil, nil, err
	}
	if err := checkNames(header); err != nil {
		return nil, nil, err
	}
	var meta safetensors.Metadata
	if err := json.Unmarshal(header, &meta); err != nil {
		return nil, nil, broken("header: %v", err)
	}
	var entries []entry
	for name, info := range meta.Tensors() {
		e, err := newEntry(name, info)
		if err != nil {
			return nil, nil, broken("tensor %q: %v", name, err)
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.Elements(), b.Elements()), cmp.Compare(a.Name, b.Name))
	})
	return entries, meta.Metadata(), place(entries, 8+int64(len(header)), size)
}

func readHeader(f io.ReaderAt, size int64) ([]byte, error) {
	var head [8]byte
	if size < 8 {
		return nil, broken("not a safetensors file: %d bytes, want at least 8", size)
	}
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(head[:])
	if n > maxHeader {
		return nil, broken("not a safetensors file: header of %d bytes, want at most %d", n, maxHeader)
	}
	if int64(n)+8 > size {
		return nil, broken("truncated: header of %d bytes in a file of %d", n, size)
	}
	header := make([]byte, n)
	if m, err := f.ReadAt(header, 8); m < len(header) {
		return nil, err
	}
	return header, nil
}

// newEntry checks that shape, dtype and offsets agree. Its place is counted from
// the end of the header.
func newEntry(name string, info *safetensors.TensorInfo) (entry, error) {
	d, ok := dtypeOf(info.DType.String())
	if !ok {
		return entry{}, fmt.Errorf("dtype %s is not known", info.DType)
	}
	e := entry{Info: Info{Name: name, DType: d.name, Shape: make([]int, len(info.Shape))}, dtype: d}
	for i, n := range info.Shape {
		if n > math.MaxInt {
			return e, fmt.Errorf("shape %v is too large", info.Shape)
		}
		e.Shape[i] = int(n)
	}
	n, err := elements(e.Shape)
	if err != nil {
		return e, err
	}
	from, to := info.DataOffsets[0], info.DataOffsets[1]
	if to < from || to > math.MaxInt64 {
		return e, fmt.Errorf("data offsets %d to %d", from, to)
	}
	if to-from != uint64(n)*uint64(d.size) {
		return e, fmt.Errorf("data offsets mismatch: shape %v of %s wants %d bytes, got %d", e.Shape, d.name, n*d.size, to-from)
	}
	e.at = int64(from)
	return e, nil
}

// place moves the entries behind the header.
func place(entries []entry, header, size int64) error {
	at := header
	for i := range entries {
		e := &entries[i]
		if header+e.at != at {
			return broken("tensor %q: data offset %d, want %d: tensors must neither overlap nor leave room", e.Name, e.at, at-header)
		}
		e.at = at
		at += int64(e.Elements()) * int64(e.dtype.size)
	}
	if at != size {
		return broken("incomplete: the tensors end at byte %d of %d", at, size)
	}
	return nil
}

// checkNames walks the header's top level: an object in which no key is empty
// or comes twice. encoding/json would silently keep the last of two.
func checkNames(header []byte) error {
	dec := json.NewDecoder(bytes.NewReader(header))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return broken("not a safetensors file: the header is not a JSON object")
	}
	seen := map[string]bool{}
	var value json.RawMessage
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return broken("header: %v", err)
		}
		name, _ := key.(string)
		if name == "" {
			return broken("a tensor has no name")
		}
		if seen[name] {
			return broken("tensor %q is there twice", name)
		}
		seen[name] = true
		if err := dec.Decode(&value); err != nil {
			return broken("header: %v", err)
		}
	}
	return nil
}
