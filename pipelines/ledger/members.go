package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
)

var errTorn = errors.New("the file ends before its record does")

// members calls visit with each member of the JSON object in b, in its order. A
// value is handed over unread, as the bytes between which it stands; only its
// brackets and quotes are followed. So what nobody asks for costs little.
func members(b []byte, visit func(name string, value []byte) error) error {
	s := scanner{b: b}
	if c := s.next(); c != '{' {
		return s.unexpected(c, "{")
	}
	if s.peek() == '}' {
		return nil
	}
	for {
		if c := s.peek(); c != '"' {
			return s.unexpected(c, "a name")
		}
		from := s.at
		s.text()
		var name string
		if s.at <= len(b) && json.Unmarshal(b[from:s.at], &name) != nil {
			return fmt.Errorf("byte %d: the name is no JSON text", from)
		}
		if c := s.next(); c != ':' {
			return s.unexpected(c, ":")
		}
		s.peek()
		from = s.at
		s.value()
		if s.at > len(b) {
			return errTorn
		}
		if err := visit(name, b[from:s.at]); err != nil {
			return err
		}
		switch c := s.next(); c {
		case '}':
			return nil
		case ',':
		default:
			return s.unexpected(c, ", or }")
		}
	}
}

// scanner walks over JSON; at is past the end when the bytes end too early.
type scanner struct {
	b  []byte
	at int
}

// peek is the next byte that is no space, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.b); s.at++ {
		if c := s.b[s.at]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}

func (s *scanner) next() byte {
	c := s.peek()
	s.at++
	return c
}

func (s *scanner) unexpected(c byte, wanted string) error {
	if s.at >= len(s.b) {
		return errTorn
	}
	return fmt.Errorf("byte %d: want %s, got %q", s.at, wanted, c)
}

// text walks over a text in quotes.
func (s *scanner) text() {
	for s.at++; s.at < len(s.b); s.at++ {
		switch s.b[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return
		}
	}
	s.at = len(s.b) + 1
}

// value walks over a value of any kind.
func (s *scanner) value() {
	for depth := 0; s.at < len(s.b); {
		switch c := s.b[s.at]; c {
		case '"':
			s.text()
		case '{', '[':
			depth++
			s.at++
			continue
		case '}', ']':
			if depth == 0 {
				return // of the object around: there was no value, or it has ended
			}
			depth--
			s.at++
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return
			}
			s.at++
			continue
		default:
			s.at++
			continue
		}
		if depth == 0 {
			return
		}
	}
	s.at = len(s.b) + 1
}
