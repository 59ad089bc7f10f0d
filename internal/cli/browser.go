package cli

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
)

// browser is the command that shows a page in the person's browser: $BROWSER,
// else the system's own. nil where there is no screen, as over SSH.
func (e *env) browser() []string {
	if words := strings.Fields(e.getenv("BROWSER")); len(words) > 0 {
		return words
	}
	remote := e.getenv("SSH_CONNECTION") != ""
	switch runtime.GOOS {
	case "windows":
		if !remote {
			return []string{"rundll32", "url.dll,FileProtocolHandler"}
		}
	case "darwin":
		if !remote {
			return []string{"open"}
		}
	default:
		if e.getenv("DISPLAY")+e.getenv("WAYLAND_DISPLAY") != "" {
			return []string{"xdg-open"}
		}
	}
	return nil
}

// open starts a browser with a page and does not wait for it. Whether the
// person sees the page nobody can know: print its address too.
func open(ctx context.Context, browser []string, page string) error {
	c := exec.CommandContext(context.WithoutCancel(ctx), browser[0], append(browser[1:], page)...)
	if err := c.Start(); err != nil {
		return err
	}
	go func() { _ = c.Wait() }() // so that it does not stay behind as a zombie
	return nil
}
