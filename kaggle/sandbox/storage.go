package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// urlLife is how long a signed URL works.
const urlLife = 10 * time.Minute

// Where storage keeps what is no file of a competition. No competition's name
// begins with a dot.
const (
	bundlePath    = "/storage/.bundle/"    // COMPETITION/archive.zip
	submittedPath = "/storage/.submitted/" // COMPETITION/REF/FILE
)

// redirect answers with a signed URL of a path of storage.
func (s *Sandbox) redirect(c *call, path string) {
	c.w.Header().Set("Location", origin(c.r)+s.sign(path, s.now().Add(urlLife)))
	c.w.Header().Set("Content-Length", "0")
	c.w.WriteHeader(http.StatusFound)
}

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
	switch dir, name := r.PathValue("competition"), r.PathValue("file"); "/storage/" + dir + "/" {
	case bundlePath:
		err = s.serveBundle(w, r, path.Dir(name))
	case submittedPath:
		err = s.serveSubmitted(w, r, name)
	default:
		err = s.serveData(w, r, dir, name)
	}
	switch {
	case errors.Is(err, errNoObject), errors.Is(err, fs.ErrNotExist), errors.Is(err, errNoCompetition):
		writeXML(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	case err != nil:
		writeXML(w, http.StatusInternalServerError, "InternalError", err.Error())
	}
}

var errNoObject = errors.New("no such object")

func (s *Sandbox) serveData(w http.ResponseWriter, r *http.Request, comp, name string) error {
	c, err := s.load(comp)
	if err != nil {
		return err
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return errNoObject
	}
	return s.serveFile(w, r, filepath.Join(c.data(), filepath.FromSlash(name)))
}

func (s *Sandbox) serveSubmitted(w http.ResponseWriter, r *http.Request, name string) error {
	comp, rest, _ := strings.Cut(name, "/")
	number, _, _ := strings.Cut(rest, "/")
	ref, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return errNoObject
	}
	c, err := s.load(comp)
	if err != nil {
		return err
	}
	return s.serveFile(w, r, c.submissionPath(ref))
}

func (s *Sandbox) serveFile(w http.ResponseWriter, r *http.Request, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if !st.Mode().IsRegular() {
		return errNoObject
	}
	sum, err := s.sums.of(f, st)
	if err != nil {
		return err
	}
	serve(w, r, sum, st.ModTime(), f)
	return nil
}

func (s *Sandbox) serveBundle(w http.ResponseWriter, r *http.Request, comp string) error {
	c, err := s.load(comp)
	if err != nil {
		return err
	}
	b, err := s.newBundle(c)
	if err != nil {
		return err
	}
	defer b.close()
	whole := io.NewSectionReader(b, 0, b.size)
	sum, err := s.sums.ofReader(sumKey{path: b.name}, whole)
	if err != nil {
		return err
	}
	serve(w, r, sum, b.modified, whole)
	return nil
}

// serve answers with ranges, validators and checksums as Google storage does.
func serve(w http.ResponseWriter, r *http.Request, sum sum, modified time.Time, content io.ReadSeeker) {
	h := w.Header()
	h.Set("Content-Type", contentType(r.URL.Path))
	h.Set("ETag", `"`+hex.EncodeToString(sum.md5[:])+`"`)
	h.Set("X-Goog-Hash", "crc32c="+base64.StdEncoding.EncodeToString(sum.crc32c[:])+",md5="+base64.StdEncoding.EncodeToString(sum.md5[:]))
	http.ServeContent(w, r, "", modified, content)
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
