package ledger_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
)

// TestColumns: files have the fields of Row, under the names of the JSON.
func TestColumns(t *testing.T) {
	t.Parallel()
	var want []string
	row := reflect.TypeFor[ledger.Row]()
	for i := range row.NumField() {
		if tag := row.Field(i).Tag.Get("json"); tag != "" {
			want = append(want, tag)
		}
	}
	var b bytes.Buffer
	if err := ledger.WriteCSV(&b, nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, strings.Split(strings.TrimSpace(b.String()), ",")); d != "" {
		t.Errorf("(-fields of Row +columns):\n%s", d)
	}
}

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	table := read(t, madeHome(t, 10))
	var b bytes.Buffer
	if err := ledger.WriteCSV(&b, table.Rows); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(row int, name string) string {
		for i, c := range got[0] {
			if c == name {
				return got[row][i]
			}
		}
		t.Fatalf("no column %s", name)
		return ""
	}
	for _, c := range []struct {
		row        int
		name, want string
	}{
		{1, "status", "failed"}, {1, "cv", ""}, {1, "rank", ""}, {1, "note", "step train: out of memory"},
		{2, "started", "2026-11-23T12:08:00Z"}, {2, "cv", "0.908"}, {2, "cv_folds", "0.9; 0.91; 0.92; 0.93; 0.94"},
		{2, "changes", "seed 6 -> 8"}, {2, "rank", "9"}, {2, "percentile", "9"}, {2, "private_score", "0.9"}, {2, "late", "false"}, {2, "peak_memory", "268435456"},
	} {
		if v := at(c.row, c.name); v != c.want {
			t.Errorf("row %d, %s: %q, want %q", c.row, c.name, v, c.want)
		}
	}
}

// TestWriteArrow reads the file as any reader of Arrow does.
func TestWriteArrow(t *testing.T) {
	t.Parallel()
	table := read(t, madeHome(t, 10))
	var b bytes.Buffer
	if err := ledger.WriteArrow(&b, table.Rows); err != nil {
		t.Fatal(err)
	}
	f, err := ipc.NewFileReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	record, err := f.Record(0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := record.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(text, &rows); err != nil || len(rows) != 10 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for name, want := range map[string]any{
		"run_id": table.Rows[1].RunID, "cv": 0.908, "rank": 9., "gap": *table.Rows[1].Gap, "late": false, "seed": 8.,
		"started": "2026-11-23 12:08:00", "cv_folds": []any{0.9, 0.91, 0.92, 0.93, 0.94},
		"changes": []any{map[string]any{"what": "seed", "was": "6", "now": "8"}},
	} {
		if d := cmp.Diff(want, rows[1][name]); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if rows[0]["cv"] != nil || rows[0]["rank"] != nil {
		t.Errorf("a run that failed: cv %v, rank %v, want null", rows[0]["cv"], rows[0]["rank"])
	}
}
