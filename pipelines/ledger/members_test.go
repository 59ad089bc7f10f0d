package ledger

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
)

// FuzzMembers: an object that encoding/json takes has the same members here, and
// nothing that is torn has all of them.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1}`, ` { "a" : [1, {"b": "}"}], "c":"\"\\", "d":null }`, `{"a":{}}`, `{"a":}`, `{"a"`, `[]`, `{"a":1 2}`, `{"a":"x`, `{"\u0061":1,}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := map[string]string{}
		err := members(b, func(name string, value []byte) error {
			got[name] = string(value)
			return nil
		})
		var want map[string]json.RawMessage
		if json.Unmarshal(b, &want) != nil || want == nil {
			return // members does not check what nobody asks for
		}
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
			t.Fatalf("%q: got %v, want %v", b, got, want)
		}
		for name, value := range want {
			if got[name] != string(value) {
				t.Errorf("%q: %s: got %q, want %q", b, name, got[name], value)
			}
		}
		end := len(b)
		for end > 0 && b[end-1] != '}' {
			end--
		}
		if members(b[:end-1], func(string, []byte) error { return nil }) == nil {
			t.Errorf("%q without its last bracket is an object", b)
		}
	})
}
