package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rivo/uniseg"
)

// table is text in columns. A name that starts with ">" is of a column that is
// aligned to the right.
type table struct {
	names []string
	rows  [][]string
}

func newTable(names ...string) *table { return &table{names: names} }

func (t *table) add(cells ...string) {
	for i, cell := range cells {
		cells[i] = printable(cell)
	}
	t.rows = append(t.rows, cells)
}

// write prints the columns padded to their widest cell, two spaces apart. Width
// is what a terminal shows: two columns for most East Asian signs and emoji,
// none for combining marks. A table without rows prints nothing: the command
// says so on stderr.
func (t *table) write(w io.Writer) error {
	if len(t.rows) == 0 {
		return nil
	}
	width := make([]int, len(t.names))
	head := make([]string, len(t.names))
	for i, name := range t.names {
		head[i] = strings.ToUpper(strings.TrimPrefix(name, ">"))
	}
	for _, row := range append([][]string{head}, t.rows...) {
		for i, cell := range row {
			width[i] = max(width[i], uniseg.StringWidth(cell))
		}
	}
	var b strings.Builder
	for _, row := range append([][]string{head}, t.rows...) {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-uniseg.StringWidth(cell))
			if strings.HasPrefix(t.names[i], ">") {
				cell = pad + cell
			} else {
				cell += pad
			}
			line.WriteString(cell + "  ")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// bytesText writes a size for a person: "931 B", "12.4 MiB".
func bytesText(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	size, units := float64(n)/unit, "KMGTPE"
	for size >= unit && len(units) > 1 {
		size, units = size/unit, units[1:]
	}
	return fmt.Sprintf("%.1f %ciB", size, units[0])
}

// timeText writes a moment in UTC, "-" for none.
func timeText(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// orDash is s, "-" for the empty one, so that no column looks empty.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
