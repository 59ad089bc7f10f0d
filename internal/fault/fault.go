// Package fault is the one error type that carries what a person needs beside
// the cause: a hint (a command or an action that mends it) and the kind of
// failure, from which internal/cli alone derives the exit code.
//
// It is not for every error: wrap ordinary causes with fmt.Errorf and %w. Use
// a fault where there is a hint to give or where the exit code is not 1.
package fault

import (
	"errors"
	"fmt"
)

// Kind sorts failures by what the caller can do about them.
type Kind int

// The kinds, in the order of the exit-code table in internal/cli.
const (
	Failed   Kind = iota // it did not work: exit 1
	Usage                // wrong words or a bad spec: exit 2
	Auth                 // not authenticated, or rules not accepted: exit 4
	Network              // network or rate limit, a retry may help: exit 5
	Pending              // the submission is still being scored: exit 8
	Unscored             // the submission was sent, and the server could not score it: exit 9
)

// Error is a failure with a kind and a hint.
type Error struct {
	Kind Kind
	Msg  string // one line, lower case, no full stop; names the thing, wanted and got
	Hint string // one line, best a command that can be run; may be empty
	Err  error  // cause, may be nil
}

// New makes an Error without a cause.
func New(kind Kind, hint, format string, args ...any) *Error {
	return &Error{Kind: kind, Hint: hint, Msg: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error around a cause; the message goes before it.
func Wrap(err error, kind Kind, hint, format string, args ...any) *Error {
	return &Error{Kind: kind, Hint: hint, Msg: fmt.Sprintf(format, args...), Err: err}
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Msg
	}
	return e.Msg + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the outermost Error in err's chain, Failed without one.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Failed
}

// HintOf is the first non-empty hint in err's chain.
func HintOf(err error) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Err
	}
	return ""
}
