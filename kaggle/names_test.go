package kaggle

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzLocalPath: whatever a server calls a file, its path stays in the folder.
func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"train.csv", "a/b.csv", "../x", "/x", `a\b`, "C:x", "a//b", "..", "a/./b", "x\x00", "NUL", "é/ü"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		dir := filepath.Join(string(filepath.Separator), "data", "dir")
		path, err := localPath(dir, name)
		if err != nil {
			return
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || rel == "." || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			t.Errorf("%q leads to %q", name, path)
		}
		if filepath.ToSlash(rel) != name {
			t.Errorf("%q became %q: two names could meet in one path", name, rel)
		}
	})
}

func TestContentRange(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][3]int64{
		"bytes 5-9/10": {5, 10, 10}, "bytes 0-0/1": {0, 1, 1}, "bytes 5-8/10": {5, 9, 10},
		"bytes 9-5/10": {}, "bytes 5-10/10": {}, "bytes */10": {}, "bytes 5-9/*": {}, "5-9/10": {}, "": {}, "bytes -5-9/10": {}, "bytes 5-9/99999999999999999999": {},
	} {
		from, to, total, ok := contentRange(s)
		if ok != (want[2] > 0) || (ok && [3]int64{from, to, total} != want) {
			t.Errorf("%q: %d to %d of %d, %v", s, from, to, total, ok)
		}
	}
}

func TestRetryAfterHeader(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for s, want := range map[string]time.Duration{
		"": 0, "2": 2 * time.Second, "0.5": 500 * time.Millisecond, "-3": 0, "NaN": 0, "Inf": 0, "soon": 0, "1e300": 0,
		"Wed, 01 Jul 2026 12:00:30 GMT": 30 * time.Second, "Wed, 01 Jul 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {s}}, now); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

func TestRetryWait(t *testing.T) {
	t.Parallel()
	r := Retry{Base: 100 * time.Millisecond, Max: time.Second}
	for n, top := range map[int]time.Duration{1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 4: 800 * time.Millisecond, 5: time.Second, 1000: time.Second} {
		for range 50 {
			if d := r.wait(n); d < top/2 || d > top {
				t.Fatalf("wait(%d) = %v, want %v to %v", n, d, top/2, top)
			}
		}
	}
}

func TestScrub(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://storage.example/a/b.csv?X-Goog-Signature=abc&Expires=1": "https://storage.example/a/b.csv?...",
		"https://u:p@host/x#frag": "https://host/x", "http://host": "http://host", "%zz": "(unreadable URL)",
	} {
		if got := scrub(in); got != want {
			t.Errorf("scrub(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestReadChecksums(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	h.Add("X-Goog-Hash", "crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==") // of Google's documentation
	s := readChecksums(h)
	if s.crc32c == nil || s.md5 == nil {
		t.Fatalf("%+v", s)
	}
	h = http.Header{"X-Goog-Hash": {"crc32c=!!,md5=AAAA, sha=AAAA"}}
	if s := readChecksums(h); !s.none() {
		t.Errorf("malformed sums were taken: %+v", s)
	}
	// "123456789": the check value of CRC-32C is e3069283 (RFC 3720's polynomial)
	sums := checksums{crc32c: []byte{0xe3, 0x06, 0x92, 0x83}}
	if err := sums.check(strings.NewReader("123456789")); err != nil {
		t.Error(err)
	}
	if err := sums.check(strings.NewReader("123456789!")); err == nil {
		t.Error("a wrong sum passed")
	}
	// RFC 1321's test suite
	sums = checksums{md5: []byte("\x90\x01\x50\x98\x3c\xd2\x4f\xb0\xd6\x96\x3f\x7d\x28\xe1\x7f\x72")}
	if err := sums.check(strings.NewReader("abc")); err != nil {
		t.Error(err)
	}
	if err := sums.check(strings.NewReader("abd")); err == nil {
		t.Error("a wrong md5 passed")
	}
}
