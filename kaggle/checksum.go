package kaggle

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
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

// hash is that of the sum which is compared. One is enough, and it is crc32c
// where both are given: processors have an instruction for it, pieces of a file
// can be hashed apart and at once (crcJoin), while md5 goes from the first byte
// to the last at half a gigabyte a second. md5 would not be safer: it comes in
// the same header, so whoever could change the bytes could change it too.
func (s checksums) hash() (h hash.Hash, name string, want []byte) {
	if s.crc32c != nil || s.md5 == nil {
		return crc32.New(castagnoli), "crc32c", s.crc32c
	}
	return md5.New(), "md5", s.md5
}

// check reads the whole object and compares its sum, if there is one.
func (s checksums) check(r io.Reader) error {
	if s.none() {
		return nil
	}
	h, name, want := s.hash()
	if _, err := io.CopyBuffer(onlyWriter{h}, r, make([]byte, bufferSize)); err != nil {
		return err
	}
	return sameSum(name, want, h.Sum(nil))
}

// onlyWriter keeps CopyBuffer to its buffer.
type onlyWriter struct{ io.Writer }

// checkCRC compares a crc32c that was computed elsewhere.
func (s checksums) checkCRC(crc uint32) error {
	return sameSum("crc32c", s.crc32c, binary.BigEndian.AppendUint32(nil, crc))
}

func sameSum(name string, want, got []byte) error {
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s: want %x, got %x", name, want, got)
	}
	return nil
}
