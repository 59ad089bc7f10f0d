package features

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// oracle reads text with encoding/csv, and refuses what CSVToIPC documents to
// refuse. The cells come by column.
func oracle(text string) (names []string, cells [][]string, ok bool) {
	if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
		return nil, nil, false
	}
	for _, sig := range signatures {
		if strings.HasPrefix(text, sig.magic) && sig.is != "" {
			return nil, nil, false
		}
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 {
		return nil, nil, false
	}
	seen := map[string]bool{}
	cells = make([][]string, len(rows[0]))
	for i, n := range rows[0] {
		if n == "" {
			n = "column_" + string(rune('1'+i))
		}
		if seen[n] || i > 8 {
			return nil, nil, false
		}
		seen[n] = true
		names = append(names, n)
		for _, r := range rows[1:] {
			cells[i] = append(cells[i], r[i])
		}
	}
	return names, cells, true
}

// FuzzCSV checks that every cell comes out as encoding/csv reads it, for all
// block sizes, or that both refuse the file.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "a\n\"x\ny\"\n", "a,b\r\n\"1\",\"\"\"\"\r\n\n3,4", "\ufeffa\n1\n", "a\n1\n\r", "a,b\n1\n",
		"a,\"b\n1,2\n", "a,b\n1,2\"\n\"3\",4\n", "a\n\"1\"2\n", "a,\nx,\x00\n", "é\n\xe9\n", "a,b,c,d,e,f\n0,0,0,0,0,0\n0,0,0,0,0,01\n",
		"a\n\r\r\n1\n", "a\n\"\"\n", "\"a\"\"\"\n1", "a\n1\n\"",
	} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, block uint8) {
		names, want, ok := oracle(text)
		if len(names) == 0 && ok || strings.Count(strings.SplitN(text, "\n", 2)[0], ",") > 8 {
			t.Skip("too wide for the oracle's names")
		}
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.arrow")
		if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		// As text, a cell comes back as it is.
		_, err := CSVToIPC(t.Context(), in, out, CSVOptions{BlockSize: int(block) + 1, Workers: 2, Types: []ColumnType{{"*", Text}}})
		if (err == nil) != ok {
			t.Fatalf("encoding/csv accepts: %v, CSVToIPC: %v", ok, err)
		}
		if err != nil {
			return
		}
		tab, err := OpenTable(out)
		if err != nil {
			t.Fatal(err)
		}
		defer tab.Close()
		if d := cmp.Diff(names, tab.Names()); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(want, cellsOf(t, tab)); d != "" {
			t.Fatal(d)
		}
		// With types found from the values, everything must still be accepted.
		if _, err := CSVToIPC(t.Context(), in, out+"2", CSVOptions{BlockSize: int(block) + 1, Workers: 2}); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzCell checks the classification against strconv: an integer or a number
// must be one for strconv too, and must mean the same.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"0", "-0", "+1", "007", "1.5e3", "inf", "9223372036854775808", "true", "0x10", "1_0", ".", "-", "e5", "-.5"} {
		f.Add(s)
	}
	f.Fuzz(checkCell)
}

func checkCell(t *testing.T, s string) {
	c := newCellReader(nil).read(s)
	switch c.kind {
	case nullCell:
		if s != "" {
			t.Errorf("%q is null", s)
		}
	case intCell:
		i, err := strconv.ParseInt(s, 10, 64)
		if back := strconv.FormatInt(i, 10); err != nil || i != c.i || back != strings.TrimPrefix(s, "+") {
			t.Errorf("%q is the integer %d: %v", s, c.i, err)
		}
	case floatCell:
		if x, err := strconv.ParseFloat(s, 64); err != nil || x != c.f || strings.ContainsAny(s, "xX_") {
			t.Errorf("%q is the number %v: %v", s, c.f, err)
		}
	case boolCell:
		if b, err := strconv.ParseBool(s); err != nil || b != c.b || len(s) < 4 {
			t.Errorf("%q is the boolean %v: %v", s, c.b, err)
		}
	}
}
