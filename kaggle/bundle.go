package kaggle

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
)

// bundleFrom is for how many files more than which the bundle is fetched: of
// single files Kaggle gives about a hundred before it answers 429 for a while.
const bundleFrom = 50

// bundleName is what the bundle is called in the folder while it is unpacked.
const bundleName = ".podium-bundle.zip"

// bundle gets many files as the one zip of all, if they are at least half of
// it and there is room for both, and gives back those that it did not hold. A
// server that has no bundle is asked for all of them.
func (s *set) bundle(ctx context.Context, missing []File) ([]File, error) {
	want := int64(0)
	for _, f := range missing {
		want += f.Size
	}
	dest := filepath.Join(s.o.Dir, bundleName)
	free, known := s.c.free(s.o.Dir)
	if len(missing) <= bundleFrom || want < s.whole/2 || known && s.whole+want > free+partDone(dest) {
		return missing, nil
	}
	got, err := s.c.download(ctx, &transfer{slug: s.slug, dest: dest, listed: -1, lanes: s.o.Connections, limit: s.limit, progress: func(n, total int64) {
		s.tell(DownloadProgress{Doing: "bundle", Done: n, Total: total})
	}})
	if notOffered(err) {
		return missing, nil
	}
	if err != nil {
		return missing, err
	}
	rest, err := s.unbundle(ctx, got, missing)
	if err != nil {
		return rest, s.c.unzipError("unpack all files of", s.slug, dest, err)
	}
	return rest, s.diskError(os.Remove(dest), dest)
}

// notOffered says whether an error means that there is no such method.
func notOffered(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.StatusCode {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return errors.Is(err, ErrUnreadable)
}

// unbundle unpacks the missing files that the bundle has as they are listed.
func (s *set) unbundle(ctx context.Context, got Downloaded, missing []File) (rest []File, err error) {
	f, err := os.Open(got.Path)
	if err != nil {
		return missing, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return missing, err
	}
	inside, _, err := survey(f, st.Size(), "", onWindows, func() bool { return folds(s.o.Dir) })
	if err != nil {
		return missing, err
	}
	at := make(map[string]int, len(inside))
	for i, e := range inside {
		at[e.path] = i
	}
	var files []File
	var chosen []entry
	total, done := int64(0), int64(0)
	for _, f := range missing {
		i, ok := at[f.Name]
		if !ok || int64(inside[i].UncompressedSize64) != f.Size {
			rest = append(rest, f)
			continue
		}
		files, chosen = append(files, f), append(chosen, inside[i])
		total += f.Size
	}
	u, err := newUnpacker(s.o.Dir, func(n int64) {
		done += n
		s.tell(DownloadProgress{Doing: "unpack", Done: done, Total: total})
	})
	if err != nil {
		return missing, err
	}
	defer u.root.Close()
	if err := u.all(ctx, chosen); err != nil {
		return missing, err
	}
	if err := u.sync(); err != nil {
		return missing, err
	}
	s.bundled = make(map[string]bool, len(files))
	for _, f := range files {
		s.bundled[f.Name] = true
		if err := s.note(f, got.Verified, false, []string{f.Name}); err != nil {
			return missing, err
		}
		if s.unzips(f) {
			rest = append(rest, f) // is there; one unpacks it
			continue
		}
		row, _ := s.index.has(f, false)
		d := s.local(f, row)
		d.Fetched = true
		s.end(f, d)
	}
	return rest, nil
}
