package pretrained

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Cache is a folder of weights that were fetched and verified.
type Cache struct {
	Dir string
	// Mirror is where to fetch from in place of the publisher: an http or https
	// address or a folder, with the files under their own names, or one file; ""
	// is none.
	Mirror string
	Client *http.Client  // nil: the default one
	pause  time.Duration // before the second attempt, doubled for each more; 0 is a second
}

// Path is where the weights are once they are fetched.
func (c Cache) Path(w Weights) string { return filepath.Join(c.Dir, w.File()) }

// Has says whether the weights are there. What is there was verified.
func (c Cache) Has(w Weights) bool {
	info, err := os.Stat(c.Path(w))
	return err == nil && info.Mode().IsRegular()
}

// Pulled says what became of weights that were asked for.
type Pulled struct {
	Path    string `json:"path"`
	SHA256  string `json:"sha256"` // of the weights' file; "" if it was there
	Bytes   int64  `json:"bytes"`
	Fetched bool   `json:"fetched"` // false: it was there
}

// Pull fetches the weights if they are not there. Until they are whole and their
// checksum is right they are a hidden .part file beside the place where they will
// be, from which a later call resumes. While another process fetches the same,
// Pull waits for it. progress, which may be nil, is called with bytes so far and
// in all.
func (c Cache) Pull(ctx context.Context, w Weights, progress func(done, total int64)) (Pulled, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return Pulled{}, fault.Disk(err, c.Dir)
	}
	lock := flock.New(filepath.Join(c.Dir, "."+w.File()+".lock"))
	if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		return Pulled{}, err
	}
	defer lock.Unlock()
	if c.Has(w) {
		return Pulled{Path: c.Path(w), Bytes: size(c.Path(w))}, nil
	}
	part := filepath.Join(c.Dir, "."+path.Base(w.URL)+".part")
	if err := c.fetch(ctx, w, part, progress); err != nil {
		return Pulled{}, err
	}
	return c.keep(w, part)
}

// fetch makes part whole.
func (c Cache) fetch(ctx context.Context, w Weights, part string, progress func(done, total int64)) error {
	from := w.URL
	if c.Mirror != "" {
		local, err := c.mirrored(w, part)
		if local || err != nil {
			return err
		}
		from = strings.TrimSuffix(c.Mirror, "/") + "/" + path.Base(w.URL)
	}
	return c.download(ctx, from, part, w.Bytes, progress)
}

// mirrored copies the file of a mirror that is a folder or the file itself.
func (c Cache) mirrored(w Weights, part string) (local bool, err error) {
	if strings.HasPrefix(c.Mirror, "http://") || strings.HasPrefix(c.Mirror, "https://") {
		return false, nil
	}
	file := c.Mirror
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		file = filepath.Join(file, path.Base(w.URL))
	}
	in, err := os.Open(file)
	if err != nil {
		return true, fault.Wrap(err, fault.Usage, "give the address of a mirror, its folder, or the file "+path.Base(w.URL), "weights of %s", w.Arch)
	}
	defer in.Close()
	return true, fault.Disk(atomicfile.Write(part, 0o644, func(out io.Writer) error {
		_, err := io.Copy(out, in)
		return err
	}), part)
}

// keep verifies the part and moves the weights to their place.
func (c Cache) keep(w Weights, part string) (Pulled, error) {
	to := c.Path(w)
	if w.Member != "" && !isWeights(part, w) {
		if err := unpack(part, w.Member, to+".tmp"); err != nil {
			return Pulled{}, errors.Join(err, os.Remove(part))
		}
		if err := os.Remove(part); err != nil {
			return Pulled{}, err
		}
		part = to + ".tmp"
	}
	sum, err := digest.File(part)
	if err != nil {
		return Pulled{}, err
	}
	if !strings.HasPrefix(sum, w.SHA256) {
		return Pulled{}, errors.Join(fault.New(fault.Failed, "try again; if it stays so, the publisher or the mirror has another file: podium models pull --from PLACE",
			"weights of %s: want a file with SHA-256 %s..., got %s", w.Arch, w.SHA256[:8], sum), os.Remove(part))
	}
	if err := os.Rename(part, to); err != nil {
		return Pulled{}, fault.Disk(err, to)
	}
	return Pulled{Path: to, SHA256: sum, Bytes: size(to), Fetched: true}, nil
}

// isWeights says that a file is the member itself: a mirror may have it unpacked.
func isWeights(file string, w Weights) bool {
	sum, err := digest.File(file)
	return err == nil && strings.HasPrefix(sum, w.SHA256)
}

// largest bounds what is unpacked.
const largest = 2 << 30

// unpack writes a member of a zip to a file.
func unpack(archive, member, to string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fault.Wrap(err, fault.Failed, "try again", "unpack %s", member)
	}
	defer z.Close()
	in, err := z.Open(member)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Failed, "is the mirror right? it gave another file", "unpack %s: the zip has no such file", member)
	}
	if err != nil {
		return err
	}
	defer in.Close()
	return atomicfile.Write(to, 0o644, func(out io.Writer) error {
		n, err := io.Copy(out, io.LimitReader(in, largest))
		if err == nil && n == largest {
			err = fmt.Errorf("unpack %s: larger than %d bytes", member, int64(largest))
		}
		return err
	})
}
