package weight

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// legacyMagic is the pickle of the number 0x1950a86a20f9469cfc6c behind its
// protocol, with which torch.save began before PyTorch 1.6.
var legacyMagic = []byte("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.")

func isLegacy(head []byte) bool {
	return len(head) > 2 && head[0] == 0x80 && bytes.HasPrefix(head[2:], legacyMagic)
}

// readTorchLegacy reads five pickles: the magic number, the version 1001, facts
// about the machine, the object, and the keys of its storages in the order in
// which these follow, each behind the number of its values in 8 bytes.
func readTorchLegacy(f io.ReaderAt, size int64) ([]entry, error) {
	b := make([]byte, min(size, maxPickle))
	if n, err := f.ReadAt(b, 0); n < len(b) {
		return nil, err
	}
	known := map[string]*storage{}
	var facts, object, keys any
	rest := b
	for _, into := range []*any{nil, nil, &facts, &object, &keys} {
		v, after, err := unpickle(rest, func(id pyTuple) (*storage, error) { return legacyStorage(known, id) })
		if err != nil {
			return nil, err
		}
		if into != nil {
			*into = v
		}
		rest = after
	}
	if err := placeStorages(f, known, keys, int64(len(b)-len(rest)), size); err != nil {
		return nil, err
	}
	if facts, ok := facts.(*pyDict); ok {
		if little, ok := facts.lookup("little_endian"); ok && little == any(false) {
			return nil, fault.New(fault.Failed, "save it again on a little-endian machine", "PyTorch file in big-endian byte order")
		}
	}
	return stateDict(object)
}

func legacyStorage(known map[string]*storage, id pyTuple) (*storage, error) {
	s, err := newStorage(id)
	if err != nil {
		return nil, err
	}
	if have := known[s.key]; have != nil {
		if have.dtype.name != s.dtype.name || have.values != s.values {
			return nil, broken("pickle: storage %.40q is there as two kinds", s.key)
		}
		return have, nil
	}
	known[s.key] = s
	return s, nil
}

// placeStorages finds the storages behind the pickles, which end at byte at.
func placeStorages(f io.ReaderAt, known map[string]*storage, keys any, at, size int64) error {
	order, ok := keys.(*pyList)
	if !ok || len(order.items) != len(known) {
		return broken("pickle: want the keys of %d storages", len(known))
	}
	for _, item := range order.items {
		key, _ := item.(string)
		s := known[key]
		if s == nil || s.at != 0 {
			return broken("pickle: no tensor has the storage %.40q, or it is there twice", key)
		}
		var head [8]byte
		if n, err := f.ReadAt(head[:], at); n < len(head) {
			return broken("truncated: storage %.40q is not there: %v", key, err)
		}
		if n := binary.LittleEndian.Uint64(head[:]); n != uint64(s.values) {
			return broken("storage %.40q has %d values, want %d", key, n, s.values)
		}
		s.at = at + 8
		bytes := int64(s.values) * int64(s.dtype.size)
		if bytes > size-s.at {
			return broken("truncated: storage %.40q wants %d bytes, got %d", key, bytes, size-s.at)
		}
		at = s.at + bytes
	}
	return nil
}
