package kaggle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

func tokenFile(home string) string { return filepath.Join(home, ".kaggle", "access_token") }

// SaveToken keeps an API token in home/.kaggle/access_token, where Kaggle's own
// client looks too, readable by its owner only, in place of what was there. It
// does not ask whether the token is good: see Client.WhoAmI.
func SaveToken(home, token string) (path string, err error) {
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return "", fault.New(fault.Usage, "create one at https://www.kaggle.com/settings", "this is no API token: want one word as KGAT_...")
	}
	path = tokenFile(home)
	return path, writeSecret(path, []byte(token))
}

// RemoveToken removes what SaveToken wrote. The token itself stays good: other
// machines may have it. Without one the error is fs.ErrNotExist.
func RemoveToken(home string) (path string, err error) {
	path = tokenFile(home)
	if _, err := os.Lstat(path); err != nil {
		return path, err
	}
	return path, removeSecret(path)
}

// writeSecret writes a file that only its owner can read, in a folder that only
// its owner can list.
func writeSecret(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fault.Wrap(err, fault.Failed, "check the permissions of your home folder", "save credentials")
	}
	if err := atomicfile.WriteBytes(path, 0o600, append(b, '\n')); err != nil {
		return fault.Wrap(err, fault.Failed, "check the permissions of "+filepath.Dir(path), "save credentials")
	}
	return nil
}

// removeSecret removes a file, and its folder if that is empty now: an empty
// ~/.kaggle would hide a kaggle.json in ~/.config/kaggle.
func removeSecret(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Failed, "remove the file yourself", "log out")
	}
	_ = os.Remove(filepath.Dir(path)) // fails if anything is in it
	return nil
}
