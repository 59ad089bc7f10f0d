package kaggle

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

const partSuffix = ".part"

// part is the beginning of a download: a hidden file beside the destination.
// Its name holds the ETag of the object that it began (.train.csv.<ETag in
// base64>.part), so that a later process can ask to go on only with the same
// object (If-Range), and no second file has to be kept in step.
//
// A part is never truncated, only written on or removed: two processes that
// write the same part write the same bytes to the same places.
type part struct {
	path string
	etag string
	size int64
	f    *os.File
}

// maxETag keeps the part's name within what file systems allow.
const maxETag = 90

// findPart is the part file of dest, nil if there is none.
func findPart(dest string) *part {
	dir, base := filepath.Split(dest)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return nil
	}
	var best *part
	for _, e := range entries {
		mid, ok := strings.CutPrefix(e.Name(), "."+base+".")
		mid, is := strings.CutSuffix(mid, partSuffix)
		etag, err := base64.RawURLEncoding.DecodeString(mid)
		info, statErr := e.Info()
		if !ok || !is || err != nil || statErr != nil || !info.Mode().IsRegular() {
			continue
		}
		p := &part{path: filepath.Join(dir, e.Name()), etag: string(etag), size: info.Size()}
		switch {
		case best == nil:
			best = p
		case p.size > best.size:
			best.remove()
			best = p
		default:
			p.remove()
		}
	}
	return best
}

// newPart starts the part of an object. A weak or overlong ETag cannot vouch
// for bytes and is left out: such a part is not resumed.
func newPart(dest, etag string) (*part, error) {
	if strings.HasPrefix(etag, "W/") || len(etag) > maxETag {
		etag = ""
	}
	dir, base := filepath.Split(dest)
	p := &part{path: filepath.Join(dir, "."+base+"."+base64.RawURLEncoding.EncodeToString([]byte(etag))+partSuffix), etag: etag}
	p.remove()
	var err error
	p.f, err = os.OpenFile(p.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	return p, err
}

func (p *part) open() (err error) {
	p.f, err = os.OpenFile(p.path, os.O_RDWR, 0)
	return err
}

func (p *part) resumable() bool { return p != nil && p.etag != "" && p.size > 0 }

// remove forgets what is there; that there is nothing is as well.
func (p *part) remove() {
	if p != nil {
		_ = os.Remove(p.path) // what cannot be removed is reported when it is opened
	}
}

func (p *part) close() {
	if p.f != nil {
		_ = p.f.Close() // after Sync; otherwise the part is abandoned anyway
		p.f = nil
	}
}

// errTaken: another process began the same download anew.
var errTaken = errors.New("another process downloads the same file")

// mine checks that the open file is still the one of that name.
func (p *part) mine() error {
	open, err := p.f.Stat()
	if err != nil {
		return err
	}
	named, err := os.Stat(p.path)
	if err != nil || !os.SameFile(open, named) {
		return errTaken
	}
	return nil
}
