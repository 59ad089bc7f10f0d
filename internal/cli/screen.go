package cli

import (
	"bytes"
	"fmt"
	"io"
	"slices"
)

// screen draws lines in place: each drawing goes where the last one was. What it needs
// of a terminal is that the cursor goes up and that lines and the rest of the screen are
// erased (ECMA-48: CUU, EL, ED). It changes no mode and takes no key, so that whatever
// ends the process leaves the terminal as it was.
type screen struct {
	w       io.Writer
	drawn   []drawnLine
	columns int // of the terminal then
}

// drawnLine is a line with its colours, and how many columns it takes.
type drawnLine struct {
	text  string
	width int
}

// draw puts the lines in the place of those before on a terminal of so many columns.
// Each must be narrower than that.
func (s *screen) draw(lines []drawnLine, columns int) {
	if slices.Equal(lines, s.drawn) {
		return
	}
	if columns != s.columns {
		s.erase(columns) // lines that are written over stay joined with what they were broken from
	}
	var b bytes.Buffer
	b.WriteString(s.up(columns))
	for _, l := range lines {
		b.WriteString(l.text + "\x1b[K\r\n")
	}
	b.WriteString("\x1b[J")
	_, _ = s.w.Write(b.Bytes()) // in one piece, or it flickers
	s.drawn, s.columns = lines, columns
}

// erase takes the drawing away, so that a line can be written in its place.
func (s *screen) erase(columns int) {
	if len(s.drawn) > 0 {
		_, _ = io.WriteString(s.w, s.up(columns)+"\x1b[J")
	}
	s.drawn = nil
}

// up is the way back to the first drawn line. Terminals that became narrower since
// have broken the lines that do not fit any more.
func (s *screen) up(columns int) string {
	rows := 0
	for _, l := range s.drawn {
		rows += 1 + max(l.width-1, 0)/max(columns, 1)
	}
	if rows == 0 {
		return "\r"
	}
	return fmt.Sprintf("\r\x1b[%dA", rows)
}
