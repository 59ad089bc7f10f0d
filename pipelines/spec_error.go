package pipelines

import (
	"fmt"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// maxProblems is how many problems Decode collects before it gives up.
const maxProblems = 10

// Problem is one thing that is wrong with a spec.
type Problem struct {
	File   string `json:"file"`             // or "--set KEY=VALUE"
	Line   int    `json:"line,omitempty"`   // from 1; 0 when there is none
	Column int    `json:"column,omitempty"` // from 1; 0 when there is none
	Path   string `json:"path,omitempty"`   // "models.cnn.net"
	Msg    string `json:"message"`          // what was wanted and what was got
	Hint   string `json:"hint,omitempty"`
}

// String is one line: file:line:column: path: message.
func (p Problem) String() string {
	s := position{p.File, p.Line, p.Column}.String() + ": "
	if p.Path != "" {
		s += p.Path + ": "
	}
	return s + p.Msg
}

// SpecError is all that is wrong with a spec, at most ten problems. Decode
// returns it inside a fault.
type SpecError struct{ Problems []Problem }

// Error has a line for each problem.
func (e *SpecError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// specFault wraps problems, of which there is at least one, for the caller: the
// hint is that of the first problem that has one.
func specFault(problems []Problem) error {
	hint := ""
	for _, p := range problems {
		if p.Hint != "" {
			hint = p.Hint
			break
		}
	}
	return fault.Wrap(&SpecError{problems}, fault.Usage, hint, "bad spec")
}

// Fault makes a fault.Usage about the value at path ("models.cnn.net") for
// checks that only later stages can do, such as whether a net of that name
// exists; its message starts with the file, line and column where the spec gives
// the value, or the nearest thing around it.
func (s *Spec) Fault(path, hint, format string, args ...any) error {
	return specFault([]Problem{s.problem(path, hint, format, args...)})
}

// problem is one at path, placed where the spec gives the value or the nearest thing
// around it.
func (s *Spec) problem(path, hint, format string, args ...any) Problem {
	p := Problem{File: s.Name, Path: path, Msg: fmt.Sprintf(format, args...), Hint: hint}
	for at := path; s.src != nil; {
		if pos, ok := s.src.at[at]; ok {
			p.File, p.Line, p.Column = pos.file, pos.line, pos.column
			break
		}
		dot := strings.LastIndexByte(at, '.')
		if dot < 0 {
			p.File = s.src.name
			break
		}
		at = at[:dot]
	}
	return p
}

// source remembers where a Spec's values stand.
type source struct {
	name string
	at   map[string]position // by path
}

// position is a place in a spec file, or an override.
type position struct {
	file         string
	line, column int
}

func (p position) String() string {
	switch {
	case p.line == 0:
		return p.file
	case p.column == 0:
		return fmt.Sprintf("%s:%d", p.file, p.line)
	}
	return fmt.Sprintf("%s:%d:%d", p.file, p.line, p.column)
}

// orNear is the end of a message about a wrong word.
func orNear(got string, words []string) string {
	if near := nearest.Word(got, words); near != "" {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	return ""
}
