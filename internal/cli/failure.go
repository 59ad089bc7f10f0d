package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// failure is an error as --json writes it to stderr.
type failure struct {
	SchemaVersion int         `json:"schema_version"`
	Error         failureBody `json:"error"`
}

type failureBody struct {
	Kind     string `json:"kind"` // a name of the exit-code table
	ExitCode int    `json:"exit_code"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`

	HTTPStatus int     `json:"http_status,omitempty"`   // of the server's answer
	RetryAfter float64 `json:"retry_after_s,omitempty"` // seconds that the server asks to wait
	RequestID  string  `json:"request_id,omitempty"`    // for a question to the server's people
}

// sayFailure writes err to stderr: two lines for a person, one JSON object for a
// program.
func sayFailure(e *env, err error, code int) {
	if err == nil {
		return
	}
	message, hint := oneLine(err.Error()), oneLine(fault.HintOf(err))
	if code == exitInterrupted {
		message = "interrupted" // a hint stays: a submission on its way may have been taken
	}
	if e.json {
		body := failureBody{Kind: exitName(code), ExitCode: code, Message: message, Hint: hint}
		if said := new(kaggle.Error); errors.As(err, &said) {
			body.HTTPStatus, body.RetryAfter, body.RequestID = said.StatusCode, said.RetryAfter.Seconds(), said.RequestID
		}
		b, _ := json.Marshal(failure{schemaVersion, body})
		fmt.Fprintf(e.stderr, "%s\n", b)
		return
	}
	p := e.printer(false, false)
	fmt.Fprintf(e.stderr, "%s %s\n", p.paint(red, "podium: error:"), message)
	if hint != "" {
		fmt.Fprintf(e.stderr, "%s %s\n", p.paint(bold, "podium: hint:"), hint)
	}
}

// oneLine joins the lines of s, which are those of joined errors: an error is
// one line on the screen, whatever text of a server it holds.
func oneLine(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return printable(strings.Join(lines, "; "))
}

// printable leaves out control characters, those that turn the direction of
// writing too: what a server or a file calls itself must not command the
// terminal, nor shuffle the cells of its line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
}
