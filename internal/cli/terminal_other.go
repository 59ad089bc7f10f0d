//go:build !windows

package cli

import "os"

// drawable reports whether the terminal can be drawn on.
func drawable(*os.File) bool { return true }
