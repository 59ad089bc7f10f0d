package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// SyncsAll says that SyncAll works here. Elsewhere every file is to be synced
// by itself.
const SyncsAll = true

// SyncAll makes all that was written to the file system of dir survive a power
// cut, which is one wait for many files.
func SyncAll(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return os.NewSyscallError("syncfs", unix.Syncfs(int(d.Fd())))
}
