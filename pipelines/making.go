package pipelines

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/digest"
)

// making is an artifact on its way: a temporary folder beside the others. Its
// owner holds the lock of the key.
type making struct {
	store *Store
	key   string
	dir   string // becomes the artifact
	work  string // survives a failure
}

// begin makes the folders of a new artifact.
func (s *Store) begin(key string) (*making, error) {
	dir, err := os.MkdirTemp(s.artifacts(), ".tmp-"+key+"-*")
	if err != nil {
		return nil, s.writeFault(err)
	}
	m := &making{store: s, key: key, dir: dir, work: s.workDir(key)}
	if err := os.Chmod(dir, 0o755); err == nil { // MkdirTemp's is 0700
		err = os.MkdirAll(m.work, 0o755)
	}
	if err != nil {
		m.abort()
		return nil, s.writeFault(err)
	}
	return m, nil
}

// abort throws the temporary folder away and keeps the work folder.
func (m *making) abort() { os.RemoveAll(m.dir) }

// commit writes the manifest, makes all of it durable and gives it its name,
// putting it in the place of an artifact that is there already. On an error
// nothing has changed.
func (m *making) commit(man Manifest, outputs []Port) (*Artifact, error) {
	for _, p := range outputs {
		if _, err := os.Stat(p.Path(m.dir)); err != nil {
			return nil, fmt.Errorf("output %s was not made: %w", p.Name, err)
		}
	}
	files, err := sealFiles(m.dir)
	if err != nil {
		return nil, m.store.writeFault(fmt.Errorf("seal artifact: %w", err))
	}
	man.SchemaVersion, man.Key = ManifestVersion, m.key
	man.Files, man.Content = files, digest.JSON(files)
	if err := writeJSONFile(filepath.Join(m.dir, manifestName), man); err != nil {
		return nil, m.store.writeFault(fmt.Errorf("write manifest: %w", err))
	}
	if err := m.rename(); err != nil {
		return nil, m.store.writeFault(fmt.Errorf("commit artifact: %w", err))
	}
	os.RemoveAll(m.work)
	return &Artifact{Key: m.key, Dir: m.store.dir(m.key), Manifest: man}, nil
}

// rename gives the folder its name. What is there already (forced, damaged) goes
// aside first and comes back when the rename fails.
func (m *making) rename() error {
	final := m.store.dir(m.key)
	aside := filepath.Join(m.store.artifacts(), ".old-"+m.key+"-"+filepath.Base(m.dir)[len(".tmp-")+len(m.key)+1:])
	switch err := os.Rename(final, aside); {
	case err == nil:
		defer os.RemoveAll(aside)
	case !os.IsNotExist(err):
		return err
	}
	if err := os.Rename(m.dir, final); err != nil {
		_ = os.Rename(aside, final)
		return err
	}
	return atomicfile.SyncDir(m.store.artifacts())
}
