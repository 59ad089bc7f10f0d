package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// maxRequest bounds the body of an API call, in bytes.
const maxRequest = 1 << 20

// call is one API request on its way through a method.
type call struct {
	ctx  context.Context
	w    http.ResponseWriter
	r    *http.Request
	user User
	body []byte
}

// method answers a call: a message to encode, or an error. A method that has
// answered by itself returns answered.
type method func(s *Sandbox, c *call) (any, error)

var answered = new(struct{})

// methods is every method of the competition service that is served.
var methods = map[string]method{
	wire.ListCompetitions:      (*Sandbox).listCompetitions,
	wire.GetCompetition:        (*Sandbox).getCompetition,
	wire.ListDataFiles:         (*Sandbox).listDataFiles,
	wire.DownloadDataFile:      (*Sandbox).downloadDataFile,
	wire.StartSubmissionUpload: (*Sandbox).startSubmissionUpload,
	wire.CreateSubmission:      (*Sandbox).createSubmission,
	wire.ListSubmissions:       (*Sandbox).listSubmissions,
	wire.GetSubmission:         (*Sandbox).getSubmission,
	wire.GetSubmissionLimits:   (*Sandbox).getSubmissionLimits,
	wire.GetLeaderboard:        (*Sandbox).getLeaderboard,
}

// open is every method that asks for no Authorization: its message holds the
// proof of a right, or needs none.
var open = map[string]method{
	wire.OAuthService + "/" + wire.IntrospectToken:       (*Sandbox).introspect,
	wire.OAuthService + "/" + wire.ExchangeOAuthToken:    (*Sandbox).exchangeOAuthToken,
	wire.AccountService + "/" + wire.GenerateAccessToken: (*Sandbox).generateAccessToken,
	wire.AccountService + "/" + wire.ExpireAPIToken:      (*Sandbox).expireAPIToken,
}

// Handler serves the API under /v1/ and /api/v1/, files under /storage/,
// uploads under /upload/, rules to accept under /competitions/NAME/rules, the
// pages of a login under /api/v1/oauth2/, and a page for people everywhere else.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/{service}/{method}", s.rpc)
	mux.HandleFunc("POST /api/v1/{service}/{method}", s.rpc)
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

func notFound(w http.ResponseWriter, r *http.Request) {
	writeError(w, apiErrorf(http.StatusNotFound, "no method %s %s", r.Method, r.URL.Path))
}

func (s *Sandbox) rpc(w http.ResponseWriter, r *http.Request) {
	answer, err := s.answer(w, r)
	switch {
	case err != nil:
		writeError(w, err)
	case answer != answered:
		writeJSON(w, http.StatusOK, answer)
	}
}

func (s *Sandbox) answer(w http.ResponseWriter, r *http.Request) (any, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return nil, apiErrorf(http.StatusBadRequest, "request body: %v", err)
	}
	c := &call{ctx: r.Context(), w: w, r: r, body: body}
	service, name := r.PathValue("service"), r.PathValue("method")
	if do := open[service+"/"+name]; do != nil {
		return do(s, c)
	}
	do := methods[name]
	if service != wire.CompetitionService || do == nil {
		return nil, apiErrorf(http.StatusNotFound, "no method %s/%s", service, name)
	}
	var ok bool
	if c.user, ok = s.authenticate(r); !ok {
		return nil, apiErrorf(http.StatusUnauthorized, "Unauthorized")
	}
	return do(s, c)
}

// decode reads the request's message; an empty body is an empty message.
func (c *call) decode(into any) error {
	if len(c.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		return apiErrorf(http.StatusBadRequest, "request is no JSON of this method: %v", err)
	}
	return nil
}

// apiError is an error as Kaggle's RPC gateway sends it.
type apiError struct {
	status  int
	message string
}

func (e *apiError) Error() string { return e.message }

func apiErrorf(status int, format string, args ...any) error {
	return &apiError{status: status, message: fmt.Sprintf(format, args...)}
}

func writeError(w http.ResponseWriter, err error) {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{status: http.StatusInternalServerError, message: err.Error()}
	}
	writeJSON(w, e.status, wire.NestedError{Error: wire.ErrorBody{Code: e.status, Message: e.message, Status: wire.StatusWord(e.status)}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"error":{"code":500,"message":"answer cannot be encoded","status":"INTERNAL"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b) // the client has gone if this fails
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
