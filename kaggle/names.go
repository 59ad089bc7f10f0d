package kaggle

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"unicode/utf8"
)

const onWindows = runtime.GOOS == "windows"

// What is wrong with a name that a server or a zip gives to a file.
var (
	errEscape  = errors.New("name leads out of the folder")
	errReserve = errors.New("name is one of podium's own")
	errWindows = errors.New("name that Windows cannot have")
	errMeet    = errors.New("two names for one file")
)

// checkName refuses names, with "/", that would not be a file below the folder
// they are put in, on any system: "..", absolute ones, backslashes, drive
// letters and control characters. windows also refuses what Windows takes for
// something else: devices, streams, wildcards, and a dot or space at the end,
// which it drops.
func checkName(name string, windows bool) error {
	drive := len(name) > 1 && name[1] == ':' && (name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z')
	if name == "" || drive || strings.ContainsRune(name, '\\') || !utf8.ValidString(name) {
		return errEscape
	}
	for _, r := range name {
		if r < 0x20 || r == 0x7f {
			return errEscape
		}
	}
	for _, part := range strings.Split(name, "/") {
		switch {
		case part == "" || part == "." || part == "..":
			return errEscape
		case hiddenPart(part) || strings.HasPrefix(part, ".podium-"):
			return errReserve
		case windows && !fitsWindows(part):
			return errWindows
		}
	}
	return nil
}

// fitsWindows says whether Windows keeps one part of a name as it is.
func fitsWindows(part string) bool {
	if strings.ContainsAny(part, `<>:"|?*`) || strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") {
		return false
	}
	stem, _, _ := strings.Cut(part, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return false
	}
	digit, port := strings.CutPrefix(stem, "COM")
	if !port {
		digit, port = strings.CutPrefix(stem, "LPT")
	}
	return !port || !strings.Contains("0123456789¹²³", digit) || utf8.RuneCountInString(digit) != 1
}

// checkNames is checkName for files that are put in one folder together: no
// two may meet in one place. fold says that its file system takes names that
// differ in case for the same.
func checkNames(names []string, windows bool, fold func() bool) error {
	plain, folded := make(map[string]bool, len(names)), make(map[string]string, len(names))
	for _, name := range names {
		if err := checkName(name, windows); err != nil {
			return fmt.Errorf("file %.200q: %w", name, err)
		}
		if plain[name] {
			return fmt.Errorf("file %.200q: %w: it is there twice", name, errMeet)
		}
		plain[name] = true
	}
	for _, name := range names {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if plain[dir] {
				return fmt.Errorf("file %.200q: %w: it is also the folder of %.200q", dir, errMeet, name)
			}
		}
	}
	for _, name := range names {
		for at := name; at != "."; at = path.Dir(at) { // folders too: a/x and A are one place
			low := strings.ToLower(strings.ToUpper(at))
			if other, met := folded[low]; met && other != at && (plain[other] || plain[at]) && fold() {
				return fmt.Errorf("files %.200q and %.200q: %w on this disk", other, at, errMeet)
			}
			folded[low] = at
		}
	}
	return nil
}

// localPath is where the file called name goes under dir. A server's name is
// not trusted: see checkName.
func localPath(dir, name string) (string, error) {
	if err := checkName(name, onWindows); err != nil {
		return "", fmt.Errorf("file %.200q: %w", name, err)
	}
	return filepath.Join(dir, filepath.FromSlash(name)), nil
}
