package features

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

func sampleTable(t *testing.T) *Table {
	t.Helper()
	tab, err := convert(t, "id,age,price,ok,sex,x1,x2\n1,30,1.5,true,f,1,2\n2,,2,false,m,3,4\n3,31,,,f,5,6\n", CSVOptions{BlockSize: 20})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestTableColumns(t *testing.T) {
	t.Parallel()
	tab := sampleTable(t)
	if tab.NumRows() != 3 {
		t.Errorf("%d rows", tab.NumRows())
	}
	if d := cmp.Diff([]string{"id", "age", "price", "ok", "sex", "x1", "x2"}, tab.Names()); d != "" {
		t.Error(d)
	}
	ids, err := tab.Ints("id")
	if d := cmp.Diff([]int64{1, 2, 3}, ids); d != "" || err != nil {
		t.Error(d, err)
	}
	nan := math.NaN()
	for name, want := range map[string][]float64{"age": {30, nan, 31}, "price": {1.5, 2, nan}, "ok": {1, 0, nan}} {
		got, err := tab.Floats(name)
		if d := cmp.Diff(want, got, cmpopts.EquateNaNs()); d != "" || err != nil {
			t.Error(name, d, err)
		}
		if n, err := tab.Nulls(name); n != 1 || err != nil {
			t.Errorf("%s: %d nulls, %v", name, n, err)
		}
	}
	for name, want := range map[string][]string{"price": {"1.5", "2", ""}, "ok": {"true", "false", ""}, "sex": {"f", "m", "f"}} {
		got, err := tab.Strings(name)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Error(name, d, err)
		}
	}
	// Text that is numbers, and numbers that are integers, are read as what they are.
	loose, err := convert(t, "a,b\n1,2\n-3,4\n", CSVOptions{Types: []ColumnType{{"a", Text}, {"b", Float64}}})
	if err != nil {
		t.Fatal(err)
	}
	a, errA := loose.Ints("a")
	b, errB := loose.Ints("b")
	f, errF := loose.Floats("a")
	if !slices.Equal(a, []int64{1, -3}) || !slices.Equal(b, []int64{2, 4}) || !slices.Equal(f, []float64{1, -3}) {
		t.Error(a, errA, b, errB, f, errF)
	}
	match, err := tab.Match("x*")
	if d := cmp.Diff([]string{"x1", "x2"}, match); d != "" || err != nil {
		t.Error(d, err)
	}
}

func TestTableRecords(t *testing.T) {
	t.Parallel()
	tab := sampleTable(t)
	rows, records := 0, 0
	for rec, err := range tab.Records() {
		if err != nil {
			t.Fatal(err)
		}
		rows, records = rows+int(rec.NumRows()), records+1
	}
	if rows != 3 || records < 2 {
		t.Errorf("%d rows in %d records", rows, records)
	}
	for range tab.Records() {
		break // leaving early must not break anything
	}
}

func TestTableErrors(t *testing.T) {
	t.Parallel()
	tab := sampleTable(t)
	errOf := func(_ any, err error) error { return err }
	for _, tt := range []struct {
		err        error
		want, hint string
	}{
		{errOf(tab.Ints("age")), `read in.csv: line 3, column "age": want an integer, got nothing`, "mend"},
		{errOf(tab.Ints("price")), `line 2, column "price": want an integer, got "1.5"`, "mend"},
		{errOf(tab.Floats("sex")), `line 2, column "sex": want a number, got "f"`, "mend"},
		{errOf(tab.Strings("prize")), `in.csv has no column "prize"`, `did you mean "price"?`},
		{errOf(tab.Match("zzzzzzz*")), `in.csv has no column "zzzzzzz*"`, "it has 7 columns"},
		{errOf(tab.Match("[")), "syntax error in pattern", "pixel*"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) || !strings.Contains(fault.HintOf(tt.err), tt.hint) {
			t.Errorf("got %v (hint %q)\nwant %s (%s)", tt.err, fault.HintOf(tt.err), tt.want, tt.hint)
		}
	}
}
