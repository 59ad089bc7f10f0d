package sandbox

import (
	"net/http"
	"time"
)

// Handler serves the API under /v1/ and /api/v1/ in both dialects, files under
// /storage/, uploads under /upload/, rules to accept under
// /competitions/NAME/rules, the pages of a login under /api/v1/oauth2/, and a
// page for people everywhere else.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/", s.api)
	mux.HandleFunc("/api/v1/", s.api)
	mux.HandleFunc("GET /storage/{competition}/{file...}", s.storage)
	mux.HandleFunc("PUT /upload/{id}", s.upload)
	mux.HandleFunc("GET /competitions/{competition}/rules", s.rulesPage)
	mux.HandleFunc("POST /competitions/{competition}/rules", s.acceptPage)
	mux.HandleFunc("GET /api/v1/oauth2/authorize", s.authorizePage)
	mux.HandleFunc("POST /api/v1/oauth2/authorize", s.allowPage)
	mux.HandleFunc("GET /account/api/oauth/token", s.codePage)
	mux.HandleFunc("/", s.page)
	return s.logged(s.faulty(mux))
}

// logged tells the access log, if there is one.
func (s *Sandbox) logged(h http.Handler) http.Handler {
	if s.log == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() { // also of an answer that a fault cut
			s.log(Access{
				Time: start, Method: r.Method, Path: r.URL.Path, Status: rec.status, Bytes: rec.bytes,
				Duration: time.Since(start), Faults: rec.faults,
			})
		}()
		h.ServeHTTP(rec, r)
	})
}

type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	faults []string
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// origin is the server's address as the client wrote it.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
