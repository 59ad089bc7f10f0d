package features

import (
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// dictionary is the values of a text column, sorted by their bytes so that the
// same file gives the same dictionary whatever block came first.
type dictionary struct {
	values arrow.Array
	index  map[string]int32
}

// newDictionary builds it in the Go heap, not with the caller's allocator: the
// Arrow v15 file writer keeps a reference that it never gives back.
func newDictionary(words map[string]struct{}) *dictionary {
	d := &dictionary{index: make(map[string]int32, len(words))}
	b := array.NewStringBuilder(memory.NewGoAllocator())
	defer b.Release()
	for i, w := range slices.Sorted(maps.Keys(words)) {
		d.index[w] = int32(i)
		b.Append(w)
	}
	d.values = b.NewArray()
	return d
}
