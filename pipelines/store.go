package pipelines

import "time"

// Store keeps artifacts under one folder. Safe for concurrent use, also by
// several processes.
type Store struct{ root string }

// Open opens the store at root, making the folder when it is not there, and
// removes temporary folders that crashed processes left. A folder that cannot
// be made or written is a fault with a hint when something is first made in it.
func Open(root string) (*Store, error) { panic("todo") }

// Root is the store's folder.
func (s *Store) Root() string { return s.root }

// Lookup finds the artifact of key and checks that its manifest and all files
// are there with their sizes. (nil, nil): not there, or damaged; see Verify.
func (s *Store) Lookup(key string) (*Artifact, error) { panic("todo") }

// Verify rehashes the files of a. An error names the first that differs.
func (s *Store) Verify(a *Artifact) error { panic("todo") }

// List gives every artifact, sorted by key.
func (s *Store) List() ([]*Artifact, error) { panic("todo") }

// Size is what the store takes on disk.
func (s *Store) Size() (Size, error) { panic("todo") }

// GC removes artifacts that were last used before cutoff, except those whose key
// keep accepts, and work folders of that age. keep may be nil.
func (s *Store) GC(cutoff time.Time, keep func(a *Artifact) bool) (Freed, error) { panic("todo") }

// Size counts bytes and things.
type Size struct {
	Artifacts int   `json:"artifacts"`
	Bytes     int64 `json:"bytes"`
	WorkBytes int64 `json:"work_bytes"` // checkpoints of steps that are not done
}

// Freed tells what GC removed.
type Freed struct {
	Artifacts int   `json:"artifacts"`
	Bytes     int64 `json:"bytes"`
}
