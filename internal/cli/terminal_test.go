package cli

import (
	"fmt"
	"strings"
	"testing"
)

// terminal is a screen of text that knows what podium's drawing needs and refuses all
// else. It scrolls, breaks lines that are too long, and breaks them anew when it
// becomes narrower, as most terminals do.
type terminal struct {
	t             *testing.T
	columns, rows int
	lines         []string // all that ever was; the last rows of them are on the screen
	x, y          int      // y counts from the first line ever
}

func newTerminal(t *testing.T, columns, rows int) *terminal {
	return &terminal{t: t, columns: columns, rows: rows, lines: []string{""}}
}

func (s *terminal) top() int { return max(len(s.lines)-s.rows, 0) }

func (s *terminal) Write(b []byte) (int, error) {
	for text := string(b); text != ""; {
		if rest, ok := strings.CutPrefix(text, "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= 'A' })
			s.command(rest[end], rest[:end])
			text = rest[end+1:]
			continue
		}
		r := []rune(text)[0]
		s.sign(r)
		text = text[len(string(r)):]
	}
	return len(b), nil
}

func (s *terminal) command(what byte, arg string) {
	switch {
	case what == 'm':
	case what == 'A':
		n := 0
		fmt.Sscan(arg, &n)
		s.y = max(s.y-n, s.top())
	case what == 'K' && arg == "":
		s.lines[s.y] = string([]rune(s.lines[s.y])[:min(s.x, len([]rune(s.lines[s.y])))])
	case what == 'J' && arg == "":
		s.command('K', "")
		s.lines = s.lines[:s.y+1]
	default:
		s.t.Errorf("the terminal does not know ESC[%s%c", arg, what)
	}
}

func (s *terminal) sign(r rune) {
	switch {
	case r == '\r':
		s.x = 0
	case r == '\n':
		s.x, s.y = 0, s.y+1 // the kernel's terminals add the carriage return
		if s.y == len(s.lines) {
			s.lines = append(s.lines, "")
		}
	case r < ' ':
		s.t.Errorf("the terminal does not know %q", r)
	default:
		if s.x == s.columns {
			s.sign('\n')
		}
		line := []rune(s.lines[s.y])
		for len(line) <= s.x {
			line = append(line, ' ')
		}
		line[s.x] = r
		s.lines[s.y], s.x = string(line), s.x+1
	}
}

// resize breaks the lines that do not fit any more. The cursor is on the last one.
func (s *terminal) resize(columns, rows int) {
	var lines []string
	for _, l := range s.lines {
		for r := []rune(l); len(r) > columns; l = string(r) {
			lines = append(lines, string(r[:columns]))
			r = r[columns:]
		}
		lines = append(lines, l)
	}
	s.columns, s.rows, s.lines, s.y = columns, rows, lines, len(lines)-1
}

// all is everything that is and was on the screen.
func (s *terminal) all() string { return strings.Join(s.lines, "\n") }

// TestScreen: each drawing takes the place of the last, a line that is said stands
// above it, and nothing is left behind, also when the terminal becomes narrower.
func TestScreen(t *testing.T) {
	t.Parallel()
	term := newTerminal(t, 20, 6)
	fmt.Fprint(term, "$ podium\n")
	s := screen{w: term}
	frame := func(lines ...string) (out []drawnLine) {
		for _, l := range lines {
			out = append(out, drawnLine{l, len(l)})
		}
		return out
	}
	s.draw(frame("one", "a line of 18 signs", "three"), 20)
	s.draw(frame("ONE", "two"), 20)
	s.erase(20)
	fmt.Fprint(term, "said\n")
	s.draw(frame("1", "a line of 18 signs", "3"), 20)
	if want := "$ podium\nsaid\n1\na line of 18 signs\n3\n"; term.all() != want {
		t.Errorf("got\n%s\nwant\n%s", term.all(), want)
	}
	term.resize(8, 9)
	s.draw(frame("i", "ii"), 8)
	if want := "$ podium\nsaid\ni\nii\n"; term.all() != want {
		t.Errorf("narrower: got\n%s\nwant\n%s", term.all(), want)
	}
	before := term.all()
	term.t = nil // a write would be a fault now
	s.w = nil
	s.draw(frame("i", "ii"), 8)
	if term.all() != before {
		t.Error("the same again is drawn again")
	}
}
