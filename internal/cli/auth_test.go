package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// TestPastedCode: without a browser on this machine the person opens the page
// elsewhere and pastes the code that it shows. Not parallel, since the program
// reads its environment.
func TestPastedCode(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("SSH_CONNECTION", "elsewhere")
	box, err := sandbox.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	srv, err := box.Serve(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	t.Setenv("PODIUM_KAGGLE_URL", srv.URL())

	in, typed := io.Pipe()
	said, screen := io.Pipe()
	go func() { // the person
		defer typed.Close()
		page := readUntil(said, regexp.MustCompile(`\n  (http\S+)\n\ncode: $`))
		go io.Copy(io.Discard, said) //nolint:errcheck // the rest of the talk
		resp, err := http.PostForm(page, url.Values{"user": {"sandbox"}})
		if err != nil {
			return // the program then finds no code
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		if m := regexp.MustCompile(`<pre>(\w+)</pre>`).FindSubmatch(b); m != nil {
			_, _ = io.WriteString(typed, string(m[1])+"\n")
		}
	}()
	var out bytes.Buffer
	code := Main(t.Context(), []string{"podium", "auth", "login"}, in, &out, screen)
	screen.Close()
	want := "logged in as sandbox; kept in " + filepath.Join(home, ".kaggle", "credentials.json") + "\n"
	if code != 0 || out.String() != want {
		t.Errorf("exit %d: %q, want %q", code, &out, want)
	}
}

// readUntil reads until the text so far matches, and gives the match's group.
func readUntil(r io.Reader, want *regexp.Regexp) string {
	var text strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		text.Write(buf[:n])
		if m := want.FindStringSubmatch(text.String()); m != nil {
			return m[1]
		}
		if err != nil {
			return ""
		}
	}
}
