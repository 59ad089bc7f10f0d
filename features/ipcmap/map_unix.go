//go:build unix

package ipcmap

import (
	"os"
	"syscall"
)

// mapFile maps the whole of f for reading.
func mapFile(f *os.File, size int) ([]byte, error) {
	b, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	return b, nil
}

func unmapFile(b []byte) error { return os.NewSyscallError("munmap", syscall.Munmap(b)) }
