package kaggle

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
)

// checksums are those that Google storage sends in x-goog-hash, of the whole
// object, also with a range. Composite objects have only the first.
type checksums struct {
	crc32c []byte // 4 bytes, big-endian, or nil
	md5    []byte // 16 bytes or nil
}

// readChecksums takes what is well formed; other sums are no sums.
func readChecksums(h http.Header) checksums {
	var s checksums
	for _, v := range h.Values("X-Goog-Hash") {
		for _, item := range strings.Split(v, ",") {
			name, text, _ := strings.Cut(strings.TrimSpace(item), "=")
			sum, err := base64.StdEncoding.DecodeString(text)
			switch {
			case err != nil:
			case name == "crc32c" && len(sum) == 4:
				s.crc32c = sum
			case name == "md5" && len(sum) == 16:
				s.md5 = sum
			}
		}
	}
	return s
}

func (s checksums) none() bool { return s.crc32c == nil && s.md5 == nil }

// hasher computes what is there to compare. One sum is enough and crc32c is
// ten times faster, but md5, where given, also guards against intent.
func (s checksums) hasher() *hasher {
	h := &hasher{}
	if s.crc32c != nil {
		h.crc = crc32.New(crc32.MakeTable(crc32.Castagnoli))
		h.all = append(h.all, h.crc)
	}
	if s.md5 != nil {
		h.md5 = md5.New()
		h.all = append(h.all, h.md5)
	}
	return h
}

type hasher struct {
	crc hash.Hash32
	md5 hash.Hash
	all []io.Writer
}

func (h *hasher) Write(b []byte) (int, error) {
	for _, w := range h.all {
		_, _ = w.Write(b) // a hash never fails
	}
	return len(b), nil
}

// compare names the sum that differs, with wanted and got.
func (s checksums) compare(h *hasher) error {
	if s.crc32c != nil {
		if got := h.crc.Sum(nil); !bytes.Equal(got, s.crc32c) {
			return fmt.Errorf("crc32c: want %x, got %x", s.crc32c, got)
		}
	}
	if s.md5 != nil {
		if got := h.md5.Sum(nil); !bytes.Equal(got, s.md5) {
			return fmt.Errorf("md5: want %x, got %x", s.md5, got)
		}
	}
	return nil
}
