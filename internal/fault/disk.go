package fault

import (
	"errors"
	"io/fs"
	"runtime"
	"syscall"
)

// Disk turns what the file system said about path into a fault with a hint.
// Errors that already carry one, and errors of other kinds, come back as they
// are.
func Disk(err error, path string) error {
	if err == nil || HintOf(err) != "" {
		return err
	}
	switch {
	case isDiskFull(err):
		return Wrap(err, Failed, "free some space, such as with: podium cache gc", "no space left for %s", path)
	case errors.Is(err, syscall.EFBIG):
		return Wrap(err, Failed, "raise the limit on the size of files: ulimit -f unlimited", "a file in %s is too large for this system", path)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return Wrap(err, Failed, "choose a folder that you may write to: PODIUM_HOME=DIR podium ...", "cannot write to %s", path)
	}
	return err
}

// windowsDiskFull is ERROR_DISK_FULL.
const windowsDiskFull = syscall.Errno(112)

func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		runtime.GOOS == "windows" && errors.Is(err, windowsDiskFull)
}
