package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// apiError is an error for the client.
type apiError struct {
	status  int
	message string
	word    string // gRPC code word; "" is the usual one of the status
}

func (e *apiError) Error() string { return e.message }

func apiErrorf(status int, format string, args ...any) error {
	return &apiError{status: status, message: fmt.Sprintf(format, args...)}
}

// refusedf is the error of a request that is well formed and that the state of
// the competition does not allow.
func refusedf(format string, args ...any) error {
	return &apiError{status: http.StatusBadRequest, message: fmt.Sprintf(format, args...), word: "FAILED_PRECONDITION"}
}

// writeError answers as Kaggle's gateways do: RPC calls get the nested shape,
// whose words the official client does not show; REST calls the flat one.
func (s *Sandbox) writeError(c *call, err error) {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{status: http.StatusInternalServerError, message: err.Error()}
	}
	body := wire.ErrorBody{Code: e.status, Message: e.message}
	var message any = body
	if !c.rest && !s.flat {
		if body.Status = e.word; e.word == "" {
			body.Status = wire.StatusWord(e.status)
		}
		message = wire.NestedError{Error: body}
	}
	b, err := json.Marshal(message)
	writeJSON(c.w, e.status, b, err)
}

// writeJSON answers with an encoded message; err is what went wrong in encoding.
func writeJSON(w http.ResponseWriter, status int, message []byte, err error) {
	if err != nil {
		status, message = http.StatusInternalServerError, []byte(`{"code":500,"message":"answer cannot be encoded"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(message) // the client has gone if this fails
}
