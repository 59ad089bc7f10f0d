package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// drawable reports whether the terminal can be drawn on, and lets it: older consoles of
// Windows take control sequences only when asked to.
func drawable(f *os.File) bool {
	var mode uint32
	console := windows.Handle(f.Fd())
	return windows.GetConsoleMode(console, &mode) == nil &&
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
