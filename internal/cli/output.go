package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// schemaVersion is the version of every JSON document that podium prints. It
// rises when a field goes or changes its meaning, not when one is added.
const schemaVersion = 1

// Printer is how a command talks: results to stdout, everything else to stderr.
type Printer struct {
	out, err io.Writer
	json     bool
	quiet    bool
	tty      bool // stderr is a terminal that may be drawn on
	color    bool
	ascii    bool // it shows nothing beyond ASCII

	stopping string   // what to say at the first interrupt
	progress Progress // the one bar, or tree, of the screen
}

// printer makes the Printer of a command with these flags.
func (e *env) printer(asJSON, quiet bool) *Printer {
	tty := isTerminal(e.stderr) && e.getenv("TERM") != "dumb"
	return &Printer{
		out: e.stdout, err: e.stderr, json: asJSON, quiet: quiet, tty: tty,
		color: tty && e.getenv("NO_COLOR") == "", ascii: asciiOnly(e.getenv),
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && drawable(f)
}

// width is how many characters a line of the terminal holds.
func (p *Printer) width() int {
	columns, _ := p.size()
	return columns
}

// size is how many characters a line of the terminal holds, and how many lines it has.
func (p *Printer) size() (columns, lines int) {
	if f, ok := p.err.(*os.File); ok {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 && h > 0 {
			return w, h
		}
	}
	return 100, 24
}

// JSON reports whether results are written as JSON.
func (p *Printer) JSON() bool { return p.json }

// Talks reports whether Say is heard.
func (p *Printer) Talks() bool { return !p.quiet && !p.json }

// Say writes a line of talk to stderr, nothing with --quiet or --json. It may be
// called from any goroutine.
func (p *Printer) Say(format string, args ...any) {
	if !p.Talks() {
		return
	}
	g := p.Progress()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear()
	fmt.Fprintf(p.err, format+"\n", args...)
	if g.view != nil {
		g.view.draw()
	}
}

// Result writes what a command found to stdout: v as a JSON object with
// schema_version in front, or by human, which writes text. v must marshal to a
// JSON object.
func (p *Printer) Result(v any, human func(w io.Writer) error) error {
	p.Progress().wipe()
	if !p.json {
		return human(p.out)
	}
	object, err := versioned(v)
	if err != nil {
		return err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, object, "", "  "); err != nil {
		return err
	}
	indented.WriteByte('\n')
	_, err = p.out.Write(indented.Bytes())
	return err
}

// Line writes v as one line of JSON with schema_version in front, for commands
// that stream.
func (p *Printer) Line(v any) error {
	object, err := versioned(v)
	if err != nil {
		return err
	}
	_, err = p.out.Write(append(object, '\n'))
	return err
}

// versioned marshals v and puts schema_version before its fields, unless it has
// one of its own in front, as events have.
func versioned(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false) // scripts are no web pages; "<" stays "<"
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	b := bytes.TrimSpace(buf.Bytes())
	if len(b) < 2 || b[0] != '{' {
		return nil, fmt.Errorf("print %T: want a JSON object, got %.20s", v, b)
	}
	if bytes.HasPrefix(b, []byte(`{"schema_version":`)) {
		return b, nil
	}
	head := fmt.Sprintf(`{"schema_version":%d`, schemaVersion)
	if string(b) == "{}" {
		return []byte(head + "}"), nil
	}
	return append([]byte(head+","), b[1:]...), nil
}

// The paints of a terminal.
const (
	red   = "\x1b[31m"
	green = "\x1b[32m"
	bold  = "\x1b[1m"
	faint = "\x1b[2m"
)

// paint wraps s in a colour where colours are wanted: on a terminal, without
// NO_COLOR (no-color.org).
func (p *Printer) paint(code, s string) string {
	if !p.color {
		return s
	}
	return code + s + "\x1b[0m"
}
