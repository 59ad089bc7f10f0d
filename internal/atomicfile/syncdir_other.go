//go:build !unix

package atomicfile

// SyncDir does nothing: a folder cannot be opened for syncing here.
func SyncDir(string) error { return nil }
