//go:build unix

package cli

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestRunOnTerminal: podium run draws on a real terminal of the kernel, and what is left
// on it in the end is the tree and nothing of what was drawn before it. Not parallel,
// since the program reads its environment.
func TestRunOnTerminal(t *testing.T) {
	for _, c := range []struct {
		name          string
		env           map[string]string
		columns, rows int
		want          string // the screen's, in the end
		color         bool
	}{
		{"usual", map[string]string{"LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}, 80, 24, `✓ linear    TIME  loss LOSS  2 of 2
  ✓ fold0  TIME  loss LOSS
  ✓ fold1  TIME  loss LOSS
✓ blend     TIME  CV LOSS
✓ write     TIME
✓ submit    TIME  public LOSS, private LOSS
15 of 15 steps · TIME · ok
`, true},
		{"small, ASCII, no colours", map[string]string{"LC_ALL": "C", "TERM": "xterm", "NO_COLOR": "1"}, 40, 10, `+ 2 before
+ images    TIME  train, test
+ folds     TIME  10 classes
+ linear    TIME  loss LOSS  2 of 2
+ blend     TIME  CV LOSS
+ write     TIME
+ submit    TIME  public LOSS, ...
15 of 15 steps, TIME, ok
`, false},
		{"dumb", map[string]string{"TERM": "dumb"}, 80, 24, `submit ...
done submit  TIME  public LOSS, private LOSS
`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("PODIUM_HOME", t.TempDir())
			t.Setenv("NO_COLOR", "")
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			text := onTerminal(t, c.columns, c.rows, "podium run digit-recognizer-linear --sandbox --set train.epochs=1 --set split.stratified_kfold=2")
			if color := strings.Contains(text, "\x1b[32m"); color != c.color {
				t.Errorf("colours: %v", color)
			}
			term := newTerminal(t, c.columns, c.rows)
			if _, err := io.WriteString(term, text); err != nil {
				t.Fatal(err)
			}
			got := masked(term.all())
			if want := masked(c.want); !strings.HasSuffix(got, want) {
				t.Errorf("the screen ends with\n%s\nwant\n%s", got, want)
			}
			if n := strings.Count(got, "digit-recognizer-linear"); n > 2 {
				t.Errorf("the head is there %d times:\n%s", n, got)
			}
		})
	}
}

// onTerminal gives what a command line writes to its terminal.
func onTerminal(t *testing.T, columns, rows int, words string) string {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Skipf("SKIPPED: no terminal is to be had here: %v", err)
	}
	defer master.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)}); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		b, _ := io.ReadAll(master) // until the terminal is closed, which Linux calls an error
		read <- string(b)
	}()
	var out bytes.Buffer
	code := Main(context.WithoutCancel(t.Context()), strings.Fields(words), strings.NewReader(""), &out, tty)
	tty.Close()
	text := <-read
	if code != 0 {
		t.Fatalf("exit %d: %s", code, text)
	}
	return text
}

// masked puts words in the place of times and numbers that differ from run to run.
func masked(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		words := strings.Fields(line)
		for i, w := range words {
			switch bare := strings.Trim(w, ","); {
			case i > 0 && strings.HasSuffix(bare, "s") && strings.Trim(bare, "0123456789.m") == "s":
				words[i] = strings.Replace(w, bare, "TIME", 1)
			case i > 0 && (words[i-1] == "loss" || words[i-1] == "CV" || words[i-1] == "public" || words[i-1] == "private"):
				words[i] = strings.Replace(w, bare, "LOSS", 1)
			}
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return strings.Join(lines, "\n")
}
