//go:build darwin || freebsd || linux

package disk

import (
	"math/bits"

	"golang.org/x/sys/unix"
)

// free is statfs(2)'s count of blocks for users without privileges.
func free(dir string) (int64, bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	blocks := max(int64(st.Bavail), 0) // FreeBSD counts below zero into its reserve
	hi, n := bits.Mul64(uint64(blocks), uint64(st.Bsize))
	if hi != 0 || n > 1<<62 {
		return 1 << 62, true
	}
	return int64(n), true
}
