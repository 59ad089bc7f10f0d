package sandbox

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// faults are the things that go wrong here, with how many requests each has
// met.
type faults struct {
	seed uint64
	list []Fault

	mu   sync.Mutex
	seen []int // requests that list[i].On took
}

// placeOf sorts a request: class "api" with the method as place, "storage",
// "upload", or "" for what no fault is for.
func placeOf(r *http.Request) (class, place string) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/storage/"):
		return "storage", ""
	case strings.HasPrefix(path, "/upload/"):
		return "upload", ""
	case strings.HasPrefix(path, "/v1/"), strings.HasPrefix(path, "/api/v1/"):
		if op, _, _ := findOperation(r); op != nil {
			return "api", op.Name
		}
		return "api", ""
	}
	return "", ""
}

// inject makes a handler that does f to requests for next.
func (s *Sandbox) inject(f Fault, class string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch f.Do {
		case FaultStatus:
			_, _ = io.Copy(io.Discard, r.Body) // as a server that has read the request; it may be cut too
			f.answer(w, s.usualBody(r, class))
			return
		case FaultHang:
			_, _ = io.Copy(io.Discard, r.Body) // the client's going is noticed only behind the body
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		case FaultExpired:
			s.expire(r, class)
		case FaultNoRange:
			r.Header.Del("Range")
			r.Header.Del("If-Range")
		case FaultChanged:
			if r.Header.Get("If-Range") != "" {
				r.Header.Del("Range") // it is not that object any more
				r.Header.Del("If-Range")
			}
		case FaultCut, FaultSlow:
			if class == "upload" {
				f.receive(w, r, next)
				return
			}
		}
		next.ServeHTTP(f.bend(w, r), r)
	})
}

// expire makes the request one for a signed URL that was for yesterday, or for
// an upload session that is gone.
func (s *Sandbox) expire(r *http.Request, class string) {
	if class == "upload" {
		if ses := s.uploads.get(r.URL.Path[len("/upload/"):]); ses != nil {
			s.uploads.end(ses)
		}
		return
	}
	_, r.URL.RawQuery, _ = strings.Cut(s.sign(r.URL.Path, s.now().Add(-24*time.Hour)), "?")
}

// usualBody is the shape that errors have there if nothing goes wrong on purpose.
func (s *Sandbox) usualBody(r *http.Request, class string) string {
	_, _, rest := findOperation(r)
	switch {
	case class != "api":
		return "xml"
	case rest || s.flat:
		return "flat"
	}
	return "nested"
}

// answer writes the error of a FaultStatus, in the usual shape unless the fault
// names one.
func (f Fault) answer(w http.ResponseWriter, usual string) {
	message, shape, status := f.Message, f.Body, f.Status
	if message == "" {
		message = http.StatusText(status)
	}
	if shape == "" {
		shape = usual
	}
	said := wire.ErrorBody{Code: status, Message: message}
	typ, body := "application/json", []byte(nil)
	switch shape {
	case "nested":
		said.Status = wire.StatusWord(status)
		body, _ = json.Marshal(wire.NestedError{Error: said}) // of such a type it cannot fail
	case "flat200":
		status = http.StatusOK
		fallthrough
	case "flat":
		body, _ = json.Marshal(said)
	case "xml":
		typ = "application/xml; charset=UTF-8"
		body, _ = xml.Marshal(storageError{Code: strings.ReplaceAll(http.StatusText(f.Status), " ", ""), Message: message})
	case "html":
		typ = "text/html; charset=utf-8"
		body = fmt.Appendf(nil, "<!doctype html><html><head><title>%d %s</title></head><body><hr></body></html>\n", status, html.EscapeString(message))
	}
	if len(body) > 0 {
		w.Header().Set("Content-Type", typ)
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client has gone if this fails
}
