package csvblock

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// split reads text in blocks.
func split(t *testing.T, text string, size, limit int) ([]Block, error) {
	t.Helper()
	s := NewSplitter(strings.NewReader(text), 1, size, limit)
	var blocks []Block
	for {
		b, err := s.Next(nil)
		if errors.Is(err, io.EOF) {
			return blocks, nil
		}
		if err != nil {
			return blocks, err
		}
		blocks = append(blocks, b)
	}
}

func TestSplitterTooLong(t *testing.T) {
	t.Parallel()
	blocks, err := split(t, "a\nbb\n"+strings.Repeat("c", 100), 4, 20)
	var long *TooLong
	if !errors.As(err, &long) || long.Line != 3 || long.Max != 20 {
		t.Fatalf("got %v", err)
	}
	if len(blocks) == 0 {
		t.Error("the rows before are lost")
	}
	blocks, err = split(t, "a\n\""+strings.Repeat("c", 100), 4, 20)
	if !errors.As(err, &long) || !blocks[len(blocks)-1].Cut {
		t.Fatalf("got %v and blocks %v", err, blocks)
	}
}

func TestSplitterReadError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken disk")
	s := NewSplitter(io.MultiReader(strings.NewReader("a\nb"), &failed{broken}), 1, 100, 100)
	if _, err := s.Next(nil); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// FuzzSplitter checks that the blocks are the input, that their line numbers are
// right, and that records read block by block are those of the whole.
func FuzzSplitter(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\nb\"\nc", "a\"b\n\"c\n\n\"\"\",\"", "\"\"\n\"\"\"\"\r\n", "\"a\"\"\n\"\n", "a,\"\n"} {
		f.Add(s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		blocks, err := split(t, text, int(size)+1, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		whole, wholeErr := csv.NewReader(strings.NewReader(text)).ReadAll()
		var joined []byte
		var rows [][]string
		line := int64(1)
		for _, b := range blocks {
			joined = append(joined, b.Data...)
			if b.Line != line {
				t.Fatalf("block at line %d says %d", line, b.Line)
			}
			if b.Quoted != (bytes.IndexByte(b.Data, '"') >= 0) && !b.Quoted {
				t.Fatalf("quote in a plain block %q", b.Data)
			}
			line += int64(bytes.Count(b.Data, []byte{'\n'}))
			r := csv.NewReader(bytes.NewReader(b.Data))
			r.FieldsPerRecord = -1
			part, err := r.ReadAll()
			if err != nil && wholeErr == nil {
				t.Fatalf("block %q: %v", b.Data, err)
			}
			rows = append(rows, part...)
		}
		if string(joined) != text {
			t.Fatalf("blocks are %q", joined)
		}
		if wholeErr == nil {
			if d := cmp.Diff(whole, rows); d != "" {
				t.Fatal(d)
			}
		}
	})
}
