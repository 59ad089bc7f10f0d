package pipelines

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/digest"
)

// draft is an artifact being made: a temporary folder beside the others. Its
// owner holds the lock of the key.
type draft struct {
	store *Store
	key   string
	dir   string // becomes the artifact
	work  string // survives a failure
}

// begin makes the folders of a new artifact.
func (s *Store) begin(key string) (*draft, error) {
	dir, err := os.MkdirTemp(s.artifacts(), ".tmp-"+key+"-*")
	if err != nil {
		return nil, s.writeFault(err)
	}
	d := &draft{store: s, key: key, dir: dir, work: s.workDir(key)}
	err = os.Chmod(dir, 0o755) // MkdirTemp's is 0700
	if err == nil {
		err = os.MkdirAll(d.work, 0o755)
	}
	if err != nil {
		d.abort()
		return nil, s.writeFault(err)
	}
	return d, nil
}

// abort throws the temporary folder away and keeps the work folder.
func (d *draft) abort() { os.RemoveAll(d.dir) }

// commit writes the manifest, makes all of it durable and gives it its name,
// putting it in the place of an artifact that is there already. On an error
// nothing has changed.
func (d *draft) commit(man Manifest, outputs []Port) (*Artifact, error) {
	for _, p := range outputs {
		if _, err := os.Stat(p.Path(d.dir)); err != nil {
			return nil, fmt.Errorf("output %s was not made: %w", p.Name, err)
		}
	}
	files, err := sealFiles(d.dir)
	if err != nil {
		return nil, d.store.writeFault(fmt.Errorf("seal artifact: %w", err))
	}
	man.SchemaVersion, man.Key = ManifestVersion, d.key
	man.Files, man.Content = files, digest.JSON(files)
	if err := writeJSONFile(filepath.Join(d.dir, manifestName), man); err != nil {
		return nil, d.store.writeFault(fmt.Errorf("write manifest: %w", err))
	}
	if err := d.rename(); err != nil {
		return nil, d.store.writeFault(fmt.Errorf("commit artifact: %w", err))
	}
	os.RemoveAll(d.work)
	return &Artifact{Key: d.key, Dir: d.store.dir(d.key), Manifest: man}, nil
}

// rename gives the folder its name. What is there already (forced, damaged) goes
// aside first and comes back when the rename fails.
func (d *draft) rename() error {
	final := d.store.dir(d.key)
	aside := filepath.Join(d.store.artifacts(), ".old-"+d.key+"-"+filepath.Base(d.dir)[len(".tmp-")+len(d.key)+1:])
	switch err := os.Rename(final, aside); {
	case err == nil:
		defer os.RemoveAll(aside)
	case !os.IsNotExist(err):
		return err
	}
	if err := os.Rename(d.dir, final); err != nil {
		_ = os.Rename(aside, final)
		return err
	}
	return atomicfile.SyncDir(d.store.artifacts())
}
