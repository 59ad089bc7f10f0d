package kaggle

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// What can go wrong, for errors.Is. An *Error unwraps to at most one of them.
var (
	ErrUnauthenticated  = errors.New("not authenticated")
	ErrRulesNotAccepted = errors.New("competition rules not accepted")
	ErrForbidden        = errors.New("not allowed")
	ErrNotFound         = errors.New("not found, or not visible to you")
	ErrDailyLimit       = errors.New("daily submission limit reached")
	ErrClosed           = errors.New("competition takes no submissions")
	ErrCodeOnly         = errors.New("competition takes notebooks only")
	ErrRefused          = errors.New("request refused")
	ErrRateLimited      = errors.New("too many requests")
	ErrServer           = errors.New("server error")
	ErrNetwork          = errors.New("no connection")
	ErrCorrupt          = errors.New("download does not match its checksum or length")
	ErrUnreadable       = errors.New("answer is not understood")
	ErrNoSpace          = errors.New("not enough disk space")
	errURLExpired       = errors.New("signed URL expired")
	errChanged          = errors.New("the file changed on the server")
	errRange            = errors.New("storage does not serve the range that was asked for")
)

// Error is a failed exchange with the server.
type Error struct {
	Op          string        // what was tried, as "list files" or "submit"
	Competition string        // slug, "" where it concerns none
	StatusCode  int           // HTTP status, 0 if there was no answer
	Status      string        // the server's code word, as "NOT_FOUND"; may be empty
	Message     string        // the server's own words, one line; may be empty
	RequestID   string        // for a question to Kaggle's support; may be empty
	RetryAfter  time.Duration // what the server asked for, 0 if nothing
	Reason      error         // one of the Err values, or nil
	Err         error         // cause below HTTP, without URLs; may be nil
	Hint        string        // what mends it
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Competition != "" {
		b.WriteString(" " + e.Competition)
	}
	if e.Reason != nil {
		b.WriteString(": " + e.Reason.Error())
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	switch {
	case e.StatusCode != 0 && e.RequestID != "":
		fmt.Fprintf(&b, " (HTTP %d, request %s)", e.StatusCode, e.RequestID)
	case e.StatusCode != 0:
		fmt.Fprintf(&b, " (HTTP %d)", e.StatusCode)
	}
	return b.String()
}

// Unwrap gives the reason and the cause to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	var all []error
	for _, err := range []error{e.Reason, e.Err} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

// As lets fault.KindOf and fault.HintOf see the error's kind and hint.
func (e *Error) As(target any) bool {
	f, ok := target.(**fault.Error)
	if ok {
		*f = fault.New(e.Kind(), e.Hint, "%s", e.Error())
	}
	return ok
}

// Kind is what a caller can do about it.
func (e *Error) Kind() fault.Kind {
	switch e.Reason {
	case ErrUnauthenticated, ErrRulesNotAccepted:
		return fault.Auth
	case ErrRateLimited, ErrServer, ErrNetwork, ErrCorrupt, errURLExpired, errChanged, errRange:
		return fault.Network
	}
	return fault.Failed
}

// classify finds the reason in a status and the server's words.
func classify(status int, message string) error {
	m := strings.ToLower(message)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(m, w) {
				return true
			}
		}
		return false
	}
	switch {
	case status == http.StatusUnauthorized:
		return ErrUnauthenticated
	case status == http.StatusForbidden && has("rules", "competitions.participate"):
		return ErrRulesNotAccepted
	case status == http.StatusForbidden && has("competitions.get"):
		return ErrNotFound
	case status == http.StatusForbidden:
		return ErrForbidden
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusTooManyRequests:
		return ErrRateLimited
	case status >= 500:
		return ErrServer
	case has("allowance", "daily submission"):
		return ErrDailyLimit
	case has("deadline", "competition is closed", "not accepting submissions", "submissions are disabled"):
		return ErrClosed
	case has("notebook", "kernel", "code competition"):
		return ErrCodeOnly
	}
	return ErrRefused
}
