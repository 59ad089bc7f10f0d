package main

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path"
	"sync/atomic"
	"testing"
	"time"
)

// bigFile is a file that is computed, not stored: a block of noise over and
// over, of a length that fits no segment.
type bigFile struct {
	size  int64
	block []byte
	crc   uint32
}

func newBigFile(size int64) *bigFile {
	f := &bigFile{size: size, block: make([]byte, 7_999_993)}
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(f.block)
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	_, _ = io.Copy(h, f.reader())
	f.crc = h.Sum32()
	return f
}

func (f *bigFile) reader() *io.SectionReader { return io.NewSectionReader(f, 0, f.size) }

// ReadAt makes the bytes from off on.
func (f *bigFile) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) && off < f.size {
		from := off % int64(len(f.block))
		k := copy(b[n:min(int64(len(b)), int64(n)+f.size-off)], f.block[from:])
		n, off = n+k, off+int64(k)
	}
	if n < len(b) {
		err = io.EOF
	}
	return n, err
}

// bigServer is Kaggle with one competition, "big", that has one large file.
type bigServer struct {
	*httptest.Server
	file  *bigFile
	sent  atomic.Int64              // bytes of bodies that storage sent
	delay func(ctx context.Context) // before every piece of a body; nil: none
}

func serveBig(t testing.TB, size int64) *bigServer {
	s := &bigServer{file: newBigFile(size)}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *bigServer) serve(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch path.Base(r.URL.Path) {
	case "GetCompetition":
		answer = map[string]any{"ref": "https://www.kaggle.com/competitions/big", "userHasEntered": true, "deadline": "2040-01-01T00:00:00Z"}
	case "ListDataFiles":
		answer = map[string]any{"files": []any{map[string]any{"name": "big.bin", "totalBytes": s.file.size, "creationDate": "2026-01-01T00:00:00Z"}}}
	case "IntrospectToken":
		answer = map[string]any{"active": true, "username": "test"}
	case "DownloadDataFile":
		w.Header().Set("Location", s.URL+"/storage/big.bin?Signature=x")
		w.WriteHeader(http.StatusFound)
		return
	case "big.bin":
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("ETag", fmt.Sprintf(`"%x-%x"`, s.file.crc, s.file.size))
		h.Set("X-Goog-Hash", "crc32c="+base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, s.file.crc)))
		http.ServeContent(&counting{w, s, r.Context()}, r, "", time.Unix(1_700_000_000, 0), s.file.reader())
		return
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // the client has gone if this fails
}

// counting counts what is sent.
type counting struct {
	http.ResponseWriter
	s   *bigServer
	ctx context.Context
}

func (c *counting) Write(b []byte) (int, error) {
	if c.s.delay != nil {
		c.s.delay(c.ctx)
	}
	n, err := c.ResponseWriter.Write(b)
	c.s.sent.Add(int64(n))
	return n, err
}
