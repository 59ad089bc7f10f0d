package kaggle

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// set is the files of one DownloadAll.
type set struct {
	c     *Client
	slug  string
	o     DownloadOptions
	files []File // that are wanted
	total int64  // bytes of these, as listed
	index *index
	limit *limit

	listed map[string]bool // every file of the competition
	whole  int64           // bytes of all of those

	bundled map[string]bool // files that came in the bundle just now
	done    []Downloaded
	sum     int64 // listed bytes of the files in done
}

// run gets what is not there, as a bundle if that is better, else one by one.
func (s *set) run(ctx context.Context) error {
	var missing, doubted []File
	need := int64(0)
	for _, f := range s.files {
		row, ok := s.index.has(f, s.unzips(f))
		switch {
		case ok && (!s.o.Check || row.Unpacked):
			s.end(f, s.local(f, row))
		case ok:
			doubted = append(doubted, f)
		default:
			missing = append(missing, f)
			need += s.needs(f)
		}
	}
	if free, known := s.c.free(s.o.Dir); known && need > free {
		return s.c.noSpace("download", s.slug, s.o.Dir, need, free)
	}
	rest, err := s.bundle(ctx, missing)
	for _, f := range append(rest, doubted...) {
		if err == nil {
			err = s.one(ctx, f)
		}
	}
	return err
}

// unzips says whether the file is to be unpacked.
func (s *set) unzips(f File) bool {
	return s.o.Unzip && strings.EqualFold(path.Ext(f.Name), ".zip")
}

// needs is how many bytes the file will still take on the disk.
func (s *set) needs(f File) int64 {
	dest := filepath.Join(s.o.Dir, filepath.FromSlash(f.Name))
	if st, err := os.Stat(dest); err == nil && st.Size() == f.Size {
		return 0 // probably right
	}
	return max(0, f.Size-partDone(dest))
}

// local is what a row of the index says of a file.
func (s *set) local(f File, row indexRow) Downloaded {
	d := Downloaded{Name: f.Name, Path: filepath.Join(s.o.Dir, filepath.FromSlash(f.Name)), Verified: row.Verified}
	if row.Unpacked {
		d.Path, d.Unpacked = filepath.Dir(d.Path), len(row.Local)
	}
	for _, l := range row.Local {
		d.Bytes += l.Bytes
	}
	return d
}

// one gets a file and, if wanted, unpacks it.
func (s *set) one(ctx context.Context, f File) error {
	dest := filepath.Join(s.o.Dir, filepath.FromSlash(f.Name))
	row, there := s.index.has(f, false)
	got := s.local(f, row)
	got.Fetched = s.bundled[f.Name]
	if !there || s.o.Check && !got.Fetched {
		var err error
		got, err = s.c.download(ctx, &transfer{
			slug: s.slug, file: f.Name, dest: dest, listed: f.Size, lanes: s.o.Connections, limit: s.limit,
			waiting:  func() { s.tell(DownloadProgress{Doing: "wait", File: f.Name}) },
			progress: func(n, total int64) { s.fetching(f, n, total) },
		})
		if err != nil {
			return err
		}
		if err := s.note(f, got.Verified, false, []string{f.Name}); err != nil {
			return err
		}
	}
	if s.unzips(f) {
		paths, bytes, err := s.c.unzip(ctx, s.slug, s.o.Dir, f.Name, s.others(f), func(n, total int64) {
			s.tell(DownloadProgress{Doing: "unpack", File: f.Name, Done: n, Total: total})
		})
		if err != nil {
			return err
		}
		if err := s.note(f, got.Verified, true, paths); err != nil {
			return err
		}
		got.Path, got.Unpacked, got.Bytes = filepath.Dir(dest), len(paths), bytes
	}
	s.end(f, got)
	return nil
}

// others says which paths are of the competition's files beside f.
func (s *set) others(f File) func(path string) bool {
	return func(path string) bool { return path != f.Name && s.listed[path] }
}

// note puts a file into the index.
func (s *set) note(f File, verified, unpacked bool, paths []string) error {
	err := s.index.put(f, verified, unpacked, paths)
	if err == nil {
		err = s.index.save(s.c.now(), true)
	}
	return s.diskError(err, filepath.Join(s.o.Dir, filepath.FromSlash(f.Name)))
}

// diskError says which file the disk failed for; nil stays nil.
func (s *set) diskError(err error, path string) error {
	if err == nil {
		return nil
	}
	return (&transfer{c: s.c, slug: s.slug, file: filepath.Base(path), dest: path}).diskError(err)
}

// end counts a file as there.
func (s *set) end(f File, got Downloaded) {
	s.done = append(s.done, got)
	s.sum += f.Size
	s.fetching(File{}, 0, 0)
}

// fetching tells how much of a file came. A file that the server gives zipped
// counts by its share of what the list says.
func (s *set) fetching(f File, n, total int64) {
	if total > 0 && f.Size > 0 {
		n = int64(float64(n) / float64(total) * float64(f.Size))
	}
	s.tell(DownloadProgress{Doing: "download", File: f.Name, Done: s.sum + n, Total: s.total})
}

func (s *set) tell(p DownloadProgress) {
	if s.o.Progress != nil {
		p.Ended, p.Files = len(s.done), len(s.files)
		s.o.Progress(p)
	}
}
