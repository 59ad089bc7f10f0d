package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// maxRequest bounds the body of an API call, in bytes.
const maxRequest = 1 << 20

// call is one API request on its way through a method.
type call struct {
	ctx    context.Context
	w      http.ResponseWriter
	r      *http.Request
	user   User
	rest   bool // the dialect
	decode func(into any) error
}

// operation is one thing that can be asked for. Both dialects lead to it.
type operation struct {
	wire.Method
	open bool // for anybody, see anyone
	do   func(s *Sandbox, c *call) (any, error)
}

// answered is what an operation returns that has answered by itself, instead of
// a message to encode.
var answered = new(struct{})

// operations is every method that is served, in the order in which REST paths
// are tried: GET competitions/get/pages fits two.
var operations = inOrder(map[string]operation{
	wire.ListCompetitions:               on((*Sandbox).listCompetitions),
	wire.GetCompetition:                 on((*Sandbox).getCompetition),
	wire.ListCompetitionPages:           on((*Sandbox).listCompetitionPages),
	wire.ListDataFiles:                  on((*Sandbox).listDataFiles),
	wire.ListDataTreeFiles:              on((*Sandbox).listDataTreeFiles),
	wire.GetCompetitionDataFilesSummary: on((*Sandbox).getDataFilesSummary),
	wire.DownloadDataFile:               on((*Sandbox).downloadDataFile),
	wire.DownloadDataFiles:              on((*Sandbox).downloadDataFiles),
	wire.StartSubmissionUpload:          on((*Sandbox).startSubmissionUpload),
	wire.CreateSubmission:               on((*Sandbox).createSubmission),
	wire.CreateCodeSubmission:           on((*Sandbox).createCodeSubmission),
	wire.ListSubmissions:                on((*Sandbox).listSubmissions),
	wire.GetSubmission:                  on((*Sandbox).getSubmission),
	wire.DownloadSubmission:             on((*Sandbox).downloadSubmission),
	wire.GetSubmissionLimits:            on((*Sandbox).getSubmissionLimits),
	wire.GetLeaderboard:                 on((*Sandbox).getLeaderboard),
	wire.DownloadLeaderboard:            on((*Sandbox).downloadLeaderboard),
	wire.ListTeamPublicSubmissions:      on((*Sandbox).listTeamPublicSubmissions),
	wire.IntrospectToken:                anyone((*Sandbox).introspect),
	wire.ExchangeOAuthToken:             anyone((*Sandbox).exchangeOAuthToken),
	wire.GenerateAccessToken:            anyone((*Sandbox).generateAccessToken),
	wire.ExpireAPIToken:                 anyone((*Sandbox).expireAPIToken),
	wire.Hello:                          {do: (*Sandbox).hello},
})

// on is the operation of users that takes a message of type T.
func on[T any](do func(s *Sandbox, c *call, in T) (any, error)) operation {
	return operation{do: func(s *Sandbox, c *call) (any, error) {
		var in T
		if err := c.decode(&in); err != nil {
			return nil, err
		}
		return do(s, c, in)
	}}
}

// anyone is on for anybody: what is asked proves the right to ask.
func anyone[T any](do func(s *Sandbox, c *call, in T) (any, error)) operation {
	op := on(do)
	op.open = true
	return op
}

// inOrder joins what is done with where it is found, in wire's order.
func inOrder(do map[string]operation) []operation {
	var all []operation
	for _, m := range wire.Methods {
		if op, ok := do[m.Name]; ok {
			op.Method = m
			all = append(all, op)
		}
	}
	return all
}

// api answers a call of either dialect.
func (s *Sandbox) api(w http.ResponseWriter, r *http.Request) {
	op, fields, rest := findOperation(r)
	c := &call{ctx: r.Context(), w: w, r: r, rest: rest}
	answer, err := s.answer(c, op, fields)
	switch {
	case err != nil:
		s.writeError(c, err)
	case answer == answered:
	case rest:
		b, err := wire.MarshalREST(answer)
		writeJSON(w, http.StatusOK, b, err)
	default:
		b, err := json.Marshal(answer)
		writeJSON(w, http.StatusOK, b, err)
	}
}

// findOperation says what a request asks for, nil for nothing that is served,
// and in which dialect. The RPC dialect's paths are /v1/SERVICE/METHOD and
// /api/v1/SERVICE/METHOD, and a service's name has a dot; the REST dialect's
// begin with /api/v1 as well and may hold fields of the message.
func findOperation(r *http.Request) (op *operation, fields url.Values, rest bool) {
	path, underAPI := strings.CutPrefix(r.URL.EscapedPath(), "/api")
	path = strings.TrimPrefix(path, "/v1")
	service, method := cutSegment(path)
	rest = underAPI && !strings.Contains(service, ".")
	for i, op := range operations {
		if !rest && r.Method == http.MethodPost && op.Service == service && "/"+op.Name == method {
			return &operations[i], nil, false
		}
		if !rest || r.Method != op.Verb {
			continue
		}
		for _, pattern := range []string{op.Path, op.Older} {
			if fields, ok := matchPath(pattern, path); ok {
				return &operations[i], fields, true
			}
		}
	}
	return nil, nil, rest
}

// answer asks who calls and does the operation. fields are what the path says.
func (s *Sandbox) answer(c *call, op *operation, fields url.Values) (any, error) {
	if op == nil {
		return nil, apiErrorf(http.StatusNotFound, "no method %s %.200s", c.r.Method, c.r.URL.Path)
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxRequest))
	if err != nil {
		return nil, apiErrorf(http.StatusBadRequest, "request body: %v", err)
	}
	c.decode = func(into any) error {
		if c.rest {
			return decodeREST(c.r, fields, body, into)
		}
		return decodeRPC(body, into)
	}
	var known bool
	if c.user, known = s.authenticate(c.r); !known && !op.open {
		return nil, apiErrorf(http.StatusUnauthorized, "Unauthorized")
	}
	return op.do(s, c)
}

// decodeRPC reads a JSON message; an empty body is an empty message.
func decodeRPC(body []byte, into any) error {
	if len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return apiErrorf(http.StatusBadRequest, "request is no JSON of this method: %v", err)
	}
	return nil
}
