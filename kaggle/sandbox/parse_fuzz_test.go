package sandbox

import (
	"bytes"
	"fmt"
	"testing"

	"go.yaml.in/yaml/v3"
)

// FuzzJournal: whatever lies in the file, what is read in two goes is what is
// read in one, up to the last whole line, and no number is given again.
func FuzzJournal(f *testing.F) {
	submit := `{"kind":"submit","time":"2026-06-01T00:00:00Z","competition":"c","user":"u","ref":1}` + "\n"
	for _, text := range []string{
		submit + `{"kind":"score","competition":"c","ref":1,"public":0.5}` + "\n" + `{"kind":"accept","competition":"c","user":"u"}` + "\n",
		submit + submit + `{"kind":"reset","competition":"c"}` + "\n", submit[:40], "\n", "null\n{}\n", `{"kind":"score","ref":7}` + "\n", `{"kind":"submit","ref":-1}` + "\n",
	} {
		f.Add([]byte(text), 50)
	}
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		once, twice := newState(), newState()
		used, err := once.replay(text)
		if used > 0 && text[used-1] != '\n' || err == nil && bytes.IndexByte(text[used:], '\n') >= 0 {
			t.Fatalf("%d of %d bytes are used, %v", used, len(text), err)
		}
		cut = min(max(cut, 0), len(text))
		first, err1 := twice.replay(text[:cut])
		if err1 == nil {
			var more int
			more, err1 = twice.replay(text[first:])
			first += more
		}
		if first != used || (err == nil) != (err1 == nil) || fmt.Sprint(summary(once)) != fmt.Sprint(summary(twice)) {
			t.Errorf("in one go %d bytes, %v, %v; in two %d, %v, %v", used, err, summary(once), first, err1, summary(twice))
		}
		for ref, en := range once.entries {
			if ref > once.lastRef {
				t.Errorf("submission %d is above the last, %d", ref, once.lastRef)
			}
			if (once.pending[ref] == nil) != en.scored {
				t.Errorf("submission %d: scored %v, pending %v", ref, en.scored, once.pending[ref] != nil)
			}
		}
	})
}

// summary is a state in numbers.
func summary(s *state) []int {
	users := 0
	for _, all := range s.byUser {
		users += len(all)
	}
	comps := 0
	for _, all := range s.byComp {
		comps += len(all)
	}
	return []int{len(s.entries), len(s.pending), comps, users, len(s.accepted), int(s.lastRef)}
}

// FuzzContentRange: what is accepted lies inside the file.
func FuzzContentRange(f *testing.F) {
	for _, h := range []string{"", "bytes 0-9/10", "bytes 4-9/10", "bytes */10", "bytes 9-4/10", "bytes -1-3/10", "bytes 0-99999999999999999999/10", "bytes 0-/10", "0-9/10"} {
		f.Add(h, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		size = max(1, size)
		s, err := parseSpan(header, size)
		if err == nil && !s.query && (s.from < 0 || s.from >= s.to || s.to > size) {
			t.Errorf("%q of %d bytes: %+v", header, size, s)
		}
	})
}

// FuzzConfig: no text of competition.yaml breaks the reader, and what it took
// it writes so that it reads the same.
func FuzzConfig(f *testing.F) {
	good := "version: 1\ntitle: T\nmetric: accuracy\npublic_share: 0.5\ndaily_limit: 2\nreal_board: false\norigin: o\n"
	for _, text := range []string{good, good + "deadline: 2030-01-01\nrules: accept\nserve_zipped: [a.csv]\n", "version: 2", "a: &a [*a]", "public_share: .nan", "\x00", "", "- 1"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var c competition
		if c.configure(text) != nil {
			return
		}
		out, err := yaml.Marshal(c.Config)
		if err != nil {
			t.Fatal(err)
		}
		var again competition
		if err := again.configure(out); err != nil || fmt.Sprintf("%+v", again.Config) != fmt.Sprintf("%+v", c.Config) {
			t.Errorf("%+v was written as\n%s\nand read as %+v, %v", c.Config, out, again.Config, err)
		}
	})
}
