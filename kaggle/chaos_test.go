package kaggle_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// chaos is a server with one file, data.bin of competition "toy", where one
// thing after the other goes wrong, drawn from a seed. The sandbox's own faults
// (sandbox.WithFaults) are for one thing at a time.
type chaos struct {
	mu     sync.Mutex
	r      *rand.Rand
	share  float64 // of the requests to which something happens
	calm   int     // after so many requests nothing happens any more; 0: it never ends
	sums   bool    // storage gives checksums
	etags  bool    // and validators
	object []byte  // what the file is now
	other  []byte  // what it may become
	seen   int
	urls   int // signed URLs given; an expired one is not the last
	did    map[string]int
}

// trouble is what happens to one request.
type trouble struct {
	kind string
	at   int64 // byte of the body
	arg  int
}

var apiTroubles = []string{"429", "429 soon", "503", "503 soon", "500", "cut"}
var storageTroubles = []string{
	"cut", "cut", "cut", "cut", "cut first", "cut last", "slow", "429", "429 soon", "503", "503 soon", "expired", "no range", "other range",
	"short range", "changed", "wrong sum", "page", "flip", "416",
}

func (c *chaos) draw(kinds []string) trouble {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen++
	if c.calm > 0 && c.seen > c.calm || c.r.Float64() >= c.share {
		return trouble{}
	}
	t := trouble{kind: kinds[c.r.IntN(len(kinds))], at: c.r.Int64N(int64(len(c.object)) + 1), arg: c.r.IntN(1000)}
	if !c.sums && (t.kind == "flip" || t.kind == "wrong sum") {
		t.kind = "cut" // without a checksum nobody could know
	}
	c.did[t.kind]++
	return t
}

func (c *chaos) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/storage/") {
		c.storage(w, r)
		return
	}
	t := c.draw(apiTroubles)
	if refused(w, t.kind) {
		return
	}
	if t.kind == "cut" {
		panic(http.ErrAbortHandler)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if path.Base(r.URL.Path) == "DownloadDataFile" {
		c.urls++
		w.Header().Set("Location", fmt.Sprintf("http://%s/storage/data.bin?Signature=%d", r.Host, c.urls))
		w.WriteHeader(http.StatusFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"files":[{"name":"data.bin","totalBytes":%d}],"nextPageToken":""}`, len(c.object))
}

// refused answers with a status that a kind of trouble names.
func refused(w http.ResponseWriter, kind string) bool {
	word, soon, _ := strings.Cut(kind, " ")
	status, err := strconv.Atoi(word)
	if err != nil || status == http.StatusRequestedRangeNotSatisfiable {
		return false
	}
	if soon != "" {
		w.Header().Set("Retry-After", "0.001")
	}
	http.Error(w, "try again", status)
	return true
}

func (c *chaos) storage(w http.ResponseWriter, r *http.Request) {
	t := c.draw(storageTroubles)
	c.mu.Lock()
	if t.kind == "changed" {
		c.object, c.other = c.other, c.object
	}
	if t.kind == "expired" {
		c.urls++
	}
	object, newest := c.object, c.urls
	c.mu.Unlock()
	switch {
	case refused(w, t.kind):
		return
	case r.URL.Query().Get("Signature") != strconv.Itoa(newest):
		http.Error(w, "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>", http.StatusBadRequest)
		return
	case t.kind == "page":
		w.Header().Set("Content-Type", "text/html")
		if t.arg%2 == 0 {
			_ = http.NewResponseController(w).Flush() // no Content-Length then
		}
		_, _ = io.WriteString(w, "<html>We will be right back"+strings.Repeat(".", t.arg))
		return
	case t.kind == "416":
		w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	crc := crc32.Checksum(object, crc32.MakeTable(crc32.Castagnoli))
	if c.etags {
		h.Set("ETag", fmt.Sprintf(`"%08x"`, crc))
	}
	if t.kind == "wrong sum" {
		crc ^= 1 << (t.arg % 32)
	}
	if c.sums {
		h.Set("X-Goog-Hash", "crc32c="+base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc)))
	}
	var from, end int64
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &end); err == nil {
		switch t.kind {
		case "no range":
			r.Header.Del("Range")
			from = 0
		case "other range":
			r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", max(from-1, 0), end))
		case "short range":
			r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, from+(end-from)/2))
		}
	}
	switch t.kind {
	case "cut":
		w = &cutter{w, int(max(t.at-from, 0)) % (2 << 20)}
	case "cut first":
		w = &cutter{w, t.arg % 2}
	case "cut last":
		w = &cutter{w, max(int(int64(len(object))-from)-1, 0)}
	case "flip":
		w = &flipper{w, true}
	case "slow":
		w = &slow{w}
	}
	http.ServeContent(w, r, "", time.Unix(1_700_000_000, 0), bytes.NewReader(object))
}

// slow pauses now and then.
type slow struct{ http.ResponseWriter }

func (s *slow) Write(b []byte) (int, error) {
	time.Sleep(200 * time.Microsecond)
	return s.ResponseWriter.Write(b)
}

// happened is what went wrong how often.
func (c *chaos) happened() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.did)
}
