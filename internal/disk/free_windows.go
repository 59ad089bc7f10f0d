package disk

import "golang.org/x/sys/windows"

// free is GetDiskFreeSpaceEx's count for this user, which heeds quotas.
func free(dir string) (int64, bool) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false
	}
	var mine uint64
	if err := windows.GetDiskFreeSpaceEx(name, &mine, nil, nil); err != nil {
		return 0, false
	}
	return int64(min(mine, 1<<62)), true
}
