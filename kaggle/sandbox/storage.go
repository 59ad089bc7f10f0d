package sandbox

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// urlLife is how long a signed URL works.
const urlLife = 10 * time.Minute

// sign makes a path into a signed, escaped path with query.
func (s *Sandbox) sign(p string, expires time.Time) string {
	at := strconv.FormatInt(expires.Unix(), 10)
	u := url.URL{Path: p, RawQuery: url.Values{"Expires": {at}, "Signature": {s.signature(p, at)}}.Encode()}
	return u.String()
}

func (s *Sandbox) signature(p, expires string) string {
	mac := hmac.New(sha256.New, s.key[:])
	fmt.Fprintf(mac, "%s\n%s", p, expires)
	return hex.EncodeToString(mac.Sum(nil))
}

// storage plays the storage host: it knows no users, only signatures.
func (s *Sandbox) storage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	expires, err := strconv.ParseInt(q.Get("Expires"), 10, 64)
	if err != nil || !hmac.Equal([]byte(q.Get("Signature")), []byte(s.signature(r.URL.Path, q.Get("Expires")))) {
		writeXML(w, http.StatusForbidden, "SignatureDoesNotMatch", "The request signature does not match.")
		return
	}
	if s.now().Unix() > expires {
		writeXML(w, http.StatusBadRequest, "ExpiredToken", "The provided token has expired.")
		return
	}
	comp, err := s.load(r.PathValue("competition"))
	name := r.PathValue("file")
	if err != nil || !filepath.IsLocal(filepath.FromSlash(name)) {
		writeXML(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	s.serveFile(w, r, filepath.Join(comp.data(), filepath.FromSlash(name)))
}

// serveFile answers with ranges, validators and checksums as Google storage does.
func (s *Sandbox) serveFile(w http.ResponseWriter, r *http.Request, file string) {
	f, err := os.Open(file)
	if err != nil {
		writeXML(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		writeXML(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	sum, err := s.sums.of(f, st)
	if err != nil {
		writeXML(w, http.StatusInternalServerError, "InternalError", err.Error())
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(file))
	h.Set("ETag", `"`+hex.EncodeToString(sum.md5[:])+`"`)
	h.Set("X-Goog-Hash", "crc32c="+base64.StdEncoding.EncodeToString(sum.crc32c[:])+",md5="+base64.StdEncoding.EncodeToString(sum.md5[:]))
	http.ServeContent(w, r, "", st.ModTime(), f)
}

// contentType is never JSON: the official client would parse such data as an
// answer of the API.
func contentType(file string) string {
	switch path.Ext(file) {
	case ".csv":
		return "text/csv"
	case ".zip":
		return "application/zip"
	}
	return "application/octet-stream"
}

// storageError is an error as Google storage words it.
type storageError struct {
	XMLName xml.Name `xml:"Error"`
	Code    string
	Message string
}

func writeXML(w http.ResponseWriter, status int, code, message string) {
	b, err := xml.Marshal(storageError{Code: code, Message: message})
	if err != nil {
		http.Error(w, message, status)
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(append([]byte(xml.Header), b...)) // the client has gone if this fails
}

// sums remembers the checksums of served files while they do not change.
type sums struct{ m sync.Map }

type sumKey struct {
	path string
	size int64
	mod  time.Time
}

type sum struct {
	md5    [16]byte
	crc32c [4]byte
}

func (c *sums) of(f *os.File, st os.FileInfo) (sum, error) {
	key := sumKey{f.Name(), st.Size(), st.ModTime()}
	if v, ok := c.m.Load(key); ok {
		return v.(sum), nil
	}
	m, crc := md5.New(), crc32.New(crc32.MakeTable(crc32.Castagnoli))
	if _, err := io.Copy(io.MultiWriter(m, crc), f); err != nil {
		return sum{}, err
	}
	v := sum{md5: [16]byte(m.Sum(nil)), crc32c: [4]byte(crc.Sum(nil))}
	c.m.Store(key, v)
	return v, nil
}
