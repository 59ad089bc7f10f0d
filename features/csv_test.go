package features

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// convert turns text into a table and checks that all Arrow memory is given
// back.
func convert(t *testing.T, text string, o CSVOptions) (*Table, error) {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.arrow")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	o.Mem = mem
	info, err := CSVToIPC(t.Context(), in, out, o)
	mem.AssertSize(t, 0)
	if err != nil {
		left, _ := os.ReadDir(dir)
		if len(left) != 1 {
			t.Errorf("after an error the folder holds %v", left)
		}
		return nil, err
	}
	tab, err := OpenTable(out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tab.Close() })
	st, err := os.Stat(out)
	if err != nil || st.Size() != info.Bytes || int64(tab.NumRows()) != info.Rows || !tab.Schema().Equal(info.Schema) {
		t.Errorf("info %+v does not fit the file (%v, %v)", info, st, err)
	}
	return tab, nil
}

// schemaOf is "name:type" of each column.
func schemaOf(tab *Table) string {
	var s []string
	for _, f := range tab.Schema().Fields() {
		s = append(s, f.Name+":"+f.Type.String())
	}
	return strings.Join(s, " ")
}

// cellsOf is all columns as text.
func cellsOf(t *testing.T, tab *Table) [][]string {
	t.Helper()
	var cells [][]string
	for _, n := range tab.Names() {
		col, err := tab.Strings(n)
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, col)
	}
	return cells
}

const dict = "dictionary<values=utf8, indices=int32, ordered=false>"

func TestCSVToIPC(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, csv string
		o         CSVOptions
		schema    string
		cells     [][]string // by column
	}{
		{"pixels", "label,pixel0\n1,0\n0,255\n", CSVOptions{}, "label:uint8 pixel0:uint8", [][]string{{"1", "0"}, {"0", "255"}}},
		{"widths", "a,b,c,d,e\n255,256,-1,40000,3000000000\n0,1,2,3,-4\n", CSVOptions{},
			"a:uint8 b:int16 c:int16 d:int32 e:int64", [][]string{{"255", "0"}, {"256", "1"}, {"-1", "2"}, {"40000", "3"}, {"3000000000", "-4"}}},
		{"extremes", "a,b\n9223372036854775807,-32769\n-9223372036854775808,1\n", CSVOptions{},
			"a:int64 b:int32", [][]string{{"9223372036854775807", "-9223372036854775808"}, {"-32769", "1"}}},
		{"beyond 64 bits", "a\n9223372036854775808\n1\n", CSVOptions{}, "a:utf8", [][]string{{"9223372036854775808", "1"}}},
		{"floats", "a,b\n1.5,1\n-2e3,2.25\n", CSVOptions{}, "a:float64 b:float64", [][]string{{"1.5", "-2000"}, {"1", "2.25"}}},
		{"odd floats", "a\n-0\n.5\n5.\n+1.5E-2\ninf\n-inf\n", CSVOptions{}, "a:float64", [][]string{{"-0", "0.5", "5", "0.015", "+Inf", "-Inf"}}},
		{"not floats", "a\n0x1p-2\nnan\n1_000\n1e999\n--1\n", CSVOptions{}, "a:" + dict, [][]string{{"0x1p-2", "nan", "1_000", "1e999", "--1"}}},
		{"signed", "a\n+5\n-5\n", CSVOptions{}, "a:int16", [][]string{{"5", "-5"}}},
		{"leading zeros", "id,n\n007,1\n010,2\n", CSVOptions{}, "id:" + dict + " n:uint8", [][]string{{"007", "010"}, {"1", "2"}}},
		{"bools", "a,b\ntrue,False\nFALSE,1\n", CSVOptions{}, "a:bool b:utf8", [][]string{{"true", "false"}, {"False", "1"}}},
		{"nulls", "a,b,c,d\n1,,x,true\n,2.5,,\n3,,y,false\n", CSVOptions{},
			"a:uint8 b:float64 c:" + dict + " d:bool", [][]string{{"1", "", "3"}, {"", "2.5", ""}, {"x", "", "y"}, {"true", "", "false"}}},
		{"all null", "a,b\n,1\n,2\n", CSVOptions{}, "a:float64 b:uint8", [][]string{{"", ""}, {"1", "2"}}},
		{"words for null", "a,b\nNA,NA\n1,x\n", CSVOptions{NA: CommonNA}, "a:uint8 b:" + dict, [][]string{{"", "1"}, {"", "x"}}},
		{"NA is text", "a\nNA\n1\n", CSVOptions{}, "a:utf8", [][]string{{"NA", "1"}}},
		{"mixed text is plain", "a\n1\nx\n2.50\n", CSVOptions{}, "a:utf8", [][]string{{"1", "x", "2.50"}}},
		{"declared text", "a,b\n1,1\n2,2\n", CSVOptions{Types: []ColumnType{{"b", Text}}}, "a:uint8 b:" + dict, [][]string{{"1", "2"}, {"1", "2"}}},
		{"declared wide", "a,b\n1,1\n,2\n", CSVOptions{Types: []ColumnType{{"a", Float64}, {"*", Int32}}}, "a:float64 b:int32", [][]string{{"1", ""}, {"1", "2"}}},
		{"zeros in a row", "a,b,c,d,e,f\n0,0,0,0,0,0\n0,0,0,0,0,0\n", CSVOptions{Types: []ColumnType{{"b", Text}, {"f", Int64}}},
			"a:uint8 b:" + dict + " c:uint8 d:uint8 e:uint8 f:int64", [][]string{{"0", "0"}, {"0", "0"}, {"0", "0"}, {"0", "0"}, {"0", "0"}, {"0", "0"}}},
		{"quotes", "n,\"a \"\"b\"\"\",c\n1,\"x, y\",2\n2,\"say \"\"hi\"\"\",\"3\"\n", CSVOptions{},
			"n:uint8 a \"b\":" + dict + " c:uint8", [][]string{{"1", "2"}, {"x, y", `say "hi"`}, {"2", "3"}}},
		{"newline in quotes", "a,b\n\"x\ny\",1\n\"x\r\nz\",2\n", CSVOptions{}, "a:" + dict + " b:uint8", [][]string{{"x\ny", "x\nz"}, {"1", "2"}}},
		{"newline in header", "\"a\nb\",c\n1,2\n", CSVOptions{}, "a\nb:uint8 c:uint8", [][]string{{"1"}, {"2"}}},
		{"CRLF", "a,b\r\n1,x\r\n2,y\r\n", CSVOptions{}, "a:uint8 b:" + dict, [][]string{{"1", "2"}, {"x", "y"}}},
		{"BOM", "\ufeffa,b\n1,2\n", CSVOptions{}, "a:uint8 b:uint8", [][]string{{"1"}, {"2"}}},
		{"BOM and quotes", "\ufeff\"a\",b\n1,2\n", CSVOptions{}, "a:uint8 b:uint8", [][]string{{"1"}, {"2"}}},
		{"no last newline", "a,b\n1,2\n3,4", CSVOptions{}, "a:uint8 b:uint8", [][]string{{"1", "3"}, {"2", "4"}}},
		{"last field empty", "a,b\n1,\n3,", CSVOptions{}, "a:uint8 b:float64", [][]string{{"1", "3"}, {"", ""}}},
		{"blank lines", "\n\r\na,b\n\n1,2\n\r\n3,4\n\n\n", CSVOptions{}, "a:uint8 b:uint8", [][]string{{"1", "3"}, {"2", "4"}}},
		{"empty names", "a,,\n1,2,3\n", CSVOptions{}, "a:uint8 column_2:uint8 column_3:uint8", [][]string{{"1"}, {"2"}, {"3"}}},
		{"UTF-8", "näme,b\nÅse,€\n", CSVOptions{}, "näme:" + dict + " b:" + dict, [][]string{{"Åse"}, {"€"}}},
		{"spaces are kept", "a,b\n 1, x\n", CSVOptions{}, "a:" + dict + " b:" + dict, [][]string{{" 1"}, {" x"}}},
	}
	for _, tt := range tests {
		for _, block := range []int{1, 7, 0} { // one row a block, a few, all
			t.Run(fmt.Sprintf("%s/%d", tt.name, block), func(t *testing.T) {
				t.Parallel()
				o := tt.o
				o.BlockSize, o.Workers = block, 3
				tab, err := convert(t, tt.csv, o)
				if err != nil {
					t.Fatal(err)
				}
				if got := schemaOf(tab); got != tt.schema {
					t.Errorf("schema\n got %s\nwant %s", got, tt.schema)
				}
				if d := cmp.Diff(tt.cells, cellsOf(t, tab)); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

// The file depends on the CSV and the options, not on how many workers there
// are or which was faster.
func TestCSVToIPCSameBytes(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("id,word,number,free\n")
	for i := range 3000 {
		fmt.Fprintf(&text, "%d,w%d,%g,\"text, %d\"\n", i, i*i%37, math.Sqrt(float64(i)), i)
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "in.csv")
	if err := os.WriteFile(in, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var want []byte
	for _, workers := range []int{1, 2, 5} {
		out := filepath.Join(dir, "out.arrow")
		if _, err := CSVToIPC(t.Context(), in, out, CSVOptions{Workers: workers, BlockSize: 999}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if want != nil && !bytes.Equal(want, got) {
			t.Errorf("%d workers gave another file", workers)
		}
		want = got
	}
}

// Too many words, or too long ones, make a column plain text, in one block or
// over many.
func TestDictionaryBound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		words int
		want  string
	}{{"most", maxWords, dict}, {"too many", maxWords + 1, "utf8"}} {
		for _, block := range []int{64 << 10, 2 << 20} {
			t.Run(fmt.Sprintf("%s/%d", tt.name, block), func(t *testing.T) {
				t.Parallel()
				var text strings.Builder
				text.WriteString("a\n")
				for i := range tt.words {
					fmt.Fprintf(&text, "w%x\n", i)
				}
				tab, err := convert(t, text.String(), CSVOptions{BlockSize: block})
				if err != nil {
					t.Fatal(err)
				}
				if got := schemaOf(tab); got != "a:"+tt.want {
					t.Errorf("%d words: %s, want %s", tt.words, got, tt.want)
				}
				got, err := tab.Strings("a")
				if err != nil || len(got) != tt.words || got[tt.words-1] != fmt.Sprintf("w%x", tt.words-1) {
					t.Errorf("%d words read, %v", len(got), err)
				}
			})
		}
	}
}
