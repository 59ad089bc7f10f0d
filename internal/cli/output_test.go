package cli

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestResult(t *testing.T) {
	t.Parallel()
	value := struct {
		Name string `json:"name"`
		N    []int  `json:"n"`
	}{"a<b", []int{1}}
	for name, c := range map[string]struct {
		v    any
		json bool
		want string
	}{
		"json":  {value, true, "{\n  \"schema_version\": 1,\n  \"name\": \"a<b\",\n  \"n\": [\n    1\n  ]\n}\n"},
		"empty": {struct{}{}, true, "{\n  \"schema_version\": 1\n}\n"},
		"has its own": {struct {
			V int `json:"schema_version"`
		}{3}, true, "{\n  \"schema_version\": 3\n}\n"},
		"text": {value, false, "words\n"},
	} {
		var out bytes.Buffer
		p := &Printer{out: &out, err: io.Discard, json: c.json}
		err := p.Result(c.v, func(w io.Writer) error { _, err := io.WriteString(w, "words\n"); return err })
		if err != nil || out.String() != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, &out, c.want)
		}
	}
	p := &Printer{out: io.Discard, json: true}
	if err := p.Result([]int{1}, nil); err == nil {
		t.Error("an array has no place for schema_version")
	}
	if err := p.Result(func() {}, nil); err == nil {
		t.Error("a function is not JSON")
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &Printer{out: &out, json: true}
	for _, v := range []any{map[string]int{"a": 1}, map[string]int{}} {
		if err := p.Line(v); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := out.String(), "{\"schema_version\":1,\"a\":1}\n{\"schema_version\":1}\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ json, quiet, heard bool }{{false, false, true}, {true, false, false}, {false, true, false}} {
		var errOut bytes.Buffer
		p := &Printer{err: &errOut, json: c.json, quiet: c.quiet}
		p.Say("%d files", 3)
		if got := errOut.String() == "3 files\n"; got != c.heard {
			t.Errorf("%+v: %q", c, &errOut)
		}
	}
}

func TestPaint(t *testing.T) {
	t.Parallel()
	if got := (&Printer{}).paint(red, "x"); got != "x" {
		t.Errorf("no colour: %q", got)
	}
	if got := (&Printer{color: true}).paint(red, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("colour: %q", got)
	}
	if p := testEnv().printer(false, false); p.tty || p.color {
		t.Error("a buffer is no terminal")
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := newTable("name", ">size", "x")
	var out strings.Builder
	if err := table.write(&out); err != nil || out.String() != "" {
		t.Errorf("empty table: %q, %v", out.String(), err)
	}
	table.add("ä", "5", "-")
	table.add("long \x1b]0;name\n", "12345", "\u009b") // a team may call itself anything
	want := "NAME           SIZE  X\nä                 5  -\nlong ]0;name  12345\n"
	if err := table.write(&out); err != nil || out.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out.String(), want)
	}
	if err := table.write(failing{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a closed pipe: %v", err)
	}
}

// TestTableWidths: columns line up by what a terminal shows, not by runes.
func TestTableWidths(t *testing.T) {
	t.Parallel()
	table := newTable("team", ">score")
	table.add("数字认识队", "0.9")                    // five wide signs
	table.add("e\u0301te\u0301", "1")            // combining accents
	table.add("\U0001f469\u200d\U0001f52c", "2") // one emoji of three runes
	table.add("\u202eabc\u202c", "3")            // asks to be written from right to left
	want := "TEAM        SCORE\n" +
		"数字认识队    0.9\n" +
		"e\u0301te\u0301             1\n" +
		"\U0001f469\u200d\U0001f52c              2\n" +
		"abc             3\n"
	var out strings.Builder
	if err := table.write(&out); err != nil || out.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out.String(), want)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTexts(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 76775041: "73.2 MiB", 1 << 40: "1.0 TiB"} {
		if got := bytesText(n); got != want {
			t.Errorf("bytesText(%d) = %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0s", 320*time.Millisecond + 400: "320ms", 4210 * time.Millisecond: "4.2s", 192 * time.Second: "3m12s",
	} {
		if got := durationText(d); got != want {
			t.Errorf("durationText(%v) = %q, want %q", d, got, want)
		}
	}
	if got := timeText(time.Date(2026, 7, 1, 23, 59, 0, 0, time.FixedZone("x", 3600))); got != "2026-07-01 22:59" {
		t.Errorf("timeText = %q", got)
	}
}
