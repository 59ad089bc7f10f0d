package ipcmap

import (
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"
)

// Slots of Footer, Schema and Field in File.fbs and Schema.fbs.
const (
	footerSchema   = 1
	schemaFields   = 1
	schemaMetadata = 2
	fieldChildren  = 5
	fieldMetadata  = 6
)

// maxDepth bounds nested types.
const maxDepth = 16

// checkSchema looks at the lengths of the lists in the schema. The library makes
// room for as many elements as a length says, before it looks for them: one
// damaged byte would ask for gigabytes.
func checkSchema(footer []byte) error {
	t := flatbuffers.Table{Bytes: footer, Pos: flatbuffers.GetUOffsetT(footer)}
	o := slot(&t, footerSchema)
	if o == 0 {
		return fmt.Errorf("the footer has no schema")
	}
	schema := flatbuffers.Table{Bytes: footer, Pos: t.Indirect(t.Pos + o)}
	if err := checkList(&schema, schemaMetadata, nil); err != nil {
		return err
	}
	return checkList(&schema, schemaFields, func(f *flatbuffers.Table) error { return checkField(f, maxDepth) })
}

func checkField(f *flatbuffers.Table, depth int) error {
	if depth == 0 {
		return fmt.Errorf("types are nested more than %d deep", maxDepth)
	}
	if err := checkList(f, fieldMetadata, nil); err != nil {
		return err
	}
	return checkList(f, fieldChildren, func(c *flatbuffers.Table) error { return checkField(c, depth-1) })
}

// checkList checks the list of tables in a slot, and each with fn.
func checkList(t *flatbuffers.Table, i int, fn func(*flatbuffers.Table) error) error {
	o := slot(t, i)
	if o == 0 {
		return nil
	}
	n := t.VectorLen(o)
	if n < 0 || n > len(t.Bytes)/4 {
		return fmt.Errorf("a list of %d elements in a schema of %d bytes", n, len(t.Bytes))
	}
	if fn == nil {
		return nil
	}
	start := t.Vector(o)
	for j := range n {
		if err := fn(&flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(start + flatbuffers.UOffsetT(4*j))}); err != nil {
			return err
		}
	}
	return nil
}
