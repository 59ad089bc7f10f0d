package kaggle

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// indexName is the file in which a folder remembers what was downloaded into it.
const indexName = ".podium-download.json"

// index is what DownloadAll knows of the files that it put into a folder, as git
// knows of its own: a file whose size and time are those that it had when it was
// verified, and of which the server's list says what it said then, is right,
// without asking the server or reading the file. Ten thousand files cost so one
// list and not ten thousand requests, of which Kaggle allows about a hundred.
// Anything else about the file, or an index that cannot be read, means that the
// server is asked.
type index struct {
	dir   string
	saved time.Time
	dirty bool

	Version     int                 `json:"version"`
	Server      string              `json:"server"` // see indexServer
	Competition string              `json:"competition"`
	Files       map[string]indexRow `json:"files"` // by listed name
}

const indexVersion = 1

// indexRow is one listed file.
type indexRow struct {
	Bytes    int64       `json:"bytes"` // as listed, both
	Created  time.Time   `json:"created"`
	Verified bool        `json:"verified"` // a checksum was compared
	Unpacked bool        `json:"unpacked,omitempty"`
	Local    []indexFile `json:"local"` // itself or, unpacked, what was in it
}

// indexFile is a file on disk.
type indexFile struct {
	Path     string    `json:"path"` // below the folder, with "/"
	Bytes    int64     `json:"bytes"`
	Modified time.Time `json:"modified"`
}

// openIndex reads the index of a folder. One of another competition or server
// is begun anew.
func openIndex(dir, server, competition string, now time.Time) *index {
	ix := &index{}
	b, err := os.ReadFile(filepath.Join(dir, indexName))
	if err != nil || json.Unmarshal(b, ix) != nil || ix.Version != indexVersion || ix.Server != server || ix.Competition != competition {
		ix = &index{Version: indexVersion, Server: server, Competition: competition}
	}
	if ix.Files == nil {
		ix.Files = map[string]indexRow{}
	}
	ix.dir, ix.saved = dir, now
	return ix
}

// indexServer names the server in an index. A sandbox on this machine is the
// same one whatever port it got.
func (c *Client) indexServer() string {
	if isLoopback(c.base.Hostname()) {
		return "this machine"
	}
	return c.site
}

// has gives the row of a listed file if what is on disk is what the row says.
func (ix *index) has(f File, unpacked bool) (indexRow, bool) {
	row, ok := ix.Files[f.Name]
	if !ok || row.Bytes != f.Size || !row.Created.Equal(f.Created) || row.Unpacked != unpacked {
		return row, false
	}
	for _, l := range row.Local {
		st, err := os.Stat(filepath.Join(ix.dir, filepath.FromSlash(l.Path)))
		if err != nil || !st.Mode().IsRegular() || st.Size() != l.Bytes || !st.ModTime().Equal(l.Modified) {
			return row, false
		}
	}
	return row, true
}

// put remembers that a listed file is there, as these files.
func (ix *index) put(f File, verified, unpacked bool, paths []string) error {
	row := indexRow{Bytes: f.Size, Created: f.Created, Verified: verified, Unpacked: unpacked, Local: make([]indexFile, len(paths))}
	for i, path := range paths {
		st, err := os.Stat(filepath.Join(ix.dir, filepath.FromSlash(path)))
		if err != nil {
			return err
		}
		row.Local[i] = indexFile{Path: path, Bytes: st.Size(), Modified: st.ModTime()}
	}
	ix.Files[f.Name], ix.dirty = row, true
	return nil
}

// saveEvery is how long at most what was learnt is only in memory.
const saveEvery = 10 * time.Second

// save writes the index if it changed; often, not more than saveEvery.
func (ix *index) save(now time.Time, often bool) error {
	if !ix.dirty || often && now.Sub(ix.saved) < saveEvery {
		return nil
	}
	b, err := json.Marshal(ix)
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(filepath.Join(ix.dir, indexName), 0o644, b); err != nil {
		return err
	}
	ix.dirty, ix.saved = false, now
	return nil
}
