package kaggle

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// DownloadOptions say which files of a competition, where to, and how.
type DownloadOptions struct {
	Dir   string   // the folder, made if it is not there; the competition's folders are kept below it
	Globs []string // only the files that one of them takes; none: all
	Unzip bool     // unpack zips into the folder that they are in, and remove them
	Check bool     // compare every file with the server's checksum, also if it did not change since it was verified; not what was unpacked

	Connections int   // over which a file of 32 MiB and more is fetched; 0: 4
	RateLimit   int64 // bytes a second, of all of them together; 0: no limit

	// Progress, if not nil, is told how far it is, never twice at a time.
	Progress func(DownloadProgress)
}

// DownloadProgress is how far a DownloadAll is in what it does now.
type DownloadProgress struct {
	Doing string // "download", "bundle" (of all files), "unpack", or "wait" for another process that does the same
	File  string // at work
	Ended int    // files of Files that are there
	Files int
	Done  int64 // bytes: of all files as listed, of the bundle, or of what is unpacked
	Total int64 // -1 unknown
}

// DownloadAll gets the files that a glob takes (all files without globs) into a
// folder. What is there and right is not fetched again; for what did not change
// since an earlier DownloadAll verified it, the server is not even asked (see
// index). Where there are many small files it gets the bundle of all and unpacks
// that. It ends at the first error; what was fetched stays, and is known next
// time. While another process downloads into the folder, it waits.
func (c *Client) DownloadAll(ctx context.Context, slug string, o DownloadOptions) ([]Downloaded, error) {
	s, err := c.newSet(ctx, slug, o)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fault.Wrap(err, fault.Failed, "choose another folder", "download %s", slug)
	}
	lock, err := lockFile(ctx, filepath.Join(o.Dir, ".podium-download"+lockSuffix), func() { s.tell(DownloadProgress{Doing: "wait"}) })
	if err != nil {
		return nil, &Error{Op: "download", Competition: slug, Err: err}
	}
	defer release(lock)
	if lock != nil {
		sweep(o.Dir)
	}
	s.index = openIndex(o.Dir, c.indexServer(), slug, c.now())
	err = s.run(ctx)
	if saved := s.index.save(c.now(), false); err == nil {
		err = s.diskError(saved, filepath.Join(o.Dir, indexName))
	}
	return s.inOrder(), err
}

// newSet lists the files and looks at all names first: nothing is fetched of a
// list that cannot be trusted.
func (c *Client) newSet(ctx context.Context, slug string, o DownloadOptions) (*set, error) {
	files, err := c.Files(ctx, slug)
	if err != nil {
		return nil, err
	}
	s := &set{c: c, slug: slug, o: o, limit: newLimit(o.RateLimit), listed: make(map[string]bool, len(files))}
	for _, f := range files {
		s.listed[f.Name] = true
		s.whole += f.Size
	}
	if s.files, err = matching(files, o.Globs); err != nil {
		return nil, err
	}
	names := make([]string, len(s.files))
	for i, f := range s.files {
		names[i] = f.Name
		s.total += f.Size
	}
	fold := func() bool { return os.MkdirAll(o.Dir, 0o755) != nil || folds(o.Dir) }
	if err := checkNames(names, onWindows, fold); err != nil {
		return nil, &Error{Op: "download", Competition: slug, Err: err, Hint: "leave it out: --file GLOB takes only what matches"}
	}
	return s, nil
}

// inOrder is what was done, in the order of the list.
func (s *set) inOrder() []Downloaded {
	at := make(map[string]int, len(s.files))
	for i, f := range s.files {
		at[f.Name] = i
	}
	slices.SortFunc(s.done, func(a, b Downloaded) int { return at[a.Name] - at[b.Name] })
	return s.done
}
