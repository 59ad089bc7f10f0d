package cli

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// span is a piece of a line in one paint.
type span struct{ paint, text string }

// row is a line made of pieces.
type row []span

func (r row) add(paint, text string) row { return append(r, span{paint, text}) }

// addIf adds what fits into the columns, else nothing: half a figure says nothing.
func (r row) addIf(columns int, paint, text string) row {
	if text == "" || r.width()+uniseg.StringWidth(text) > columns {
		return r
	}
	return r.add(paint, text)
}

func (r row) width() (n int) {
	for _, s := range r {
		n += uniseg.StringWidth(s.text)
	}
	return n
}

// trimmed is the row without the blanks at its end.
func (r row) trimmed() row {
	r = slices.Clone(r)
	for i := len(r) - 1; i >= 0; i-- {
		if r[i].text = strings.TrimRight(r[i].text, " "); r[i].text != "" {
			break
		}
	}
	return r
}

// line cuts the row to at most so many columns.
func (r row) line(columns int, l look) drawnLine {
	r = r.trimmed()
	var b strings.Builder
	room, cut := columns, r.width() > columns && columns > len(l.more)
	if cut {
		room -= uniseg.StringWidth(l.more)
	}
	used := 0
	for _, s := range r {
		var text strings.Builder
		for g := uniseg.NewGraphemes(printable(s.text)); g.Next() && used+g.Width() <= room; {
			text.WriteString(g.Str())
			used += g.Width()
		}
		b.WriteString(l.painted(s.paint, text.String()))
		if used >= room && cut {
			break
		}
	}
	if cut {
		b.WriteString(l.more)
		used += uniseg.StringWidth(l.more)
	}
	return drawnLine{b.String(), used}
}

// padded fills s up to n columns.
func padded(s string, n int) string {
	return s + strings.Repeat(" ", max(n-uniseg.StringWidth(s), 0))
}

// look is what a terminal can show: colours, and signs beyond ASCII.
type look struct {
	color       bool
	marks       [5]string // waits, runs, done, failed, skipped
	full, empty string
	levels      []string // of a curve, from low to high
	dot, more   string
}

// The signs, and what stands for them where the locale says that it has only ASCII.
var (
	signs = look{marks: [5]string{"·", "▸", "✓", "✗", "-"}, full: "█", empty: "░",
		levels: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}, dot: " · ", more: "…"}
	plainSigns = look{marks: [5]string{".", ">", "+", "x", "-"}, full: "#", empty: "-",
		levels: []string{"_", ".", "-", "=", "*", "#"}, dot: ", ", more: "..."}
)

// lookOf is the look of the process's terminal.
func lookOf(p *Printer) look {
	l := signs
	if p.ascii {
		l = plainSigns
	}
	l.color = p.color
	return l
}

// asciiOnly reports whether the locale says that the terminal takes ASCII, or one of
// the 8-bit character sets. One that says nothing is taken for UTF-8, as they are.
func asciiOnly(getenv func(string) string) bool {
	locale := getenv("LC_ALL")
	if locale == "" {
		locale = getenv("LC_CTYPE")
	}
	if locale == "" {
		locale = getenv("LANG")
	}
	name := strings.ToLower(locale)
	return locale != "" && !strings.Contains(name, "utf-8") && !strings.Contains(name, "utf8")
}

func (l look) painted(paint, text string) string {
	if !l.color || paint == "" || text == "" {
		return text
	}
	return paint + text + "\x1b[0m"
}

// bar draws a share over n columns.
func (l look) bar(share float64, n int) row {
	full := int(min(max(share, 0), 1)*float64(n) + 0.5)
	return row{{green, strings.Repeat(l.full, full)}, {faint, strings.Repeat(l.empty, n-full)}}
}

// curve draws levels in [0, 1].
func (l look) curve(levels []float64) string {
	var b strings.Builder
	for _, x := range levels {
		b.WriteString(l.levels[min(int(x*float64(len(l.levels))), len(l.levels)-1)])
	}
	return b.String()
}
