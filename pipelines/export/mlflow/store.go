package mlflow

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// Store is a folder that MLflow takes as its tracking URI.
type Store struct{ Dir string }

const metaName = "meta.yaml"

// experiment is the meta.yaml of an experiment.
type experiment struct {
	ArtifactLocation string `yaml:"artifact_location"`
	CreationTime     int64  `yaml:"creation_time"`
	ID               string `yaml:"experiment_id"`
	LastUpdateTime   int64  `yaml:"last_update_time"`
	Lifecycle        string `yaml:"lifecycle_stage"`
	Name             string `yaml:"name"`
}

const active = "active"

// RunID is the id that Put gives to a run with this key: the same key is the same
// run, which the next Put replaces.
func RunID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}

// Put writes a run into its experiment, which is made where no experiment has that
// name, and gives the run's folder. The run is whole or not there; one with its key
// that was there before is replaced.
func (s Store) Put(r Run) (dir string, err error) {
	if err := r.check(); err != nil {
		return "", err
	}
	root, err := s.open(r)
	if err != nil {
		return "", err
	}
	e, err := s.experiment(root, r)
	if err != nil {
		return "", err
	}
	made, err := os.MkdirTemp(root, ".podium-*")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(made)) }()
	id := RunID(r.Key)
	dir = filepath.Join(root, e.ID, id)
	fresh, old := filepath.Join(made, "new"), filepath.Join(made, "old")
	if err := r.write(fresh, e.ID, id, fileURL(filepath.Join(dir, artifactsName))); err != nil {
		return "", err
	}
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return dir, os.Rename(fresh, dir)
}

// open makes the folder, with the experiment 0 in it that MLflow's own programs
// want to be there, and gives its absolute path.
func (s Store) open(r Run) (string, error) {
	root, err := filepath.Abs(s.Dir)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(root); !errors.Is(err, fs.ErrNotExist) {
		return root, err
	}
	return root, s.begin(root, "0", "Default", r)
}

// experiment finds the experiment of a run by its name, or makes it.
func (s Store) experiment(root string, r Run) (experiment, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return experiment{}, err
	}
	for _, entry := range entries {
		var e experiment
		b, err := os.ReadFile(filepath.Join(root, entry.Name(), metaName))
		if err != nil || yaml.Unmarshal(b, &e) != nil {
			continue // not an experiment, or none that MLflow reads either
		}
		if e.Name == r.Experiment && e.ID == entry.Name() && e.Lifecycle == active {
			return e, nil
		}
	}
	id := experimentID(r.Experiment)
	if err := s.begin(root, id, r.Experiment, r); err != nil {
		return experiment{}, err
	}
	return experiment{ID: id}, nil
}

// begin makes an experiment.
func (s Store) begin(root, id, name string, r Run) error {
	dir, at := filepath.Join(root, id), r.Started.UnixMilli()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return writeYAML(filepath.Join(dir, metaName), experiment{fileURL(dir), at, id, at, active, name})
}

// experimentID is a number of 18 digits, as MLflow gives them, made of the name.
func experimentID(name string) string {
	sum := sha256.Sum256([]byte(name))
	const least = 100_000_000_000_000_000
	return fmt.Sprint(least + binary.BigEndian.Uint64(sum[:])%(9*least))
}

// fileURL is an absolute path as MLflow writes it: file:///home/me/mlruns.
func fileURL(path string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") { // C:/Users
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String()
}

func writeYAML(path string, v any) error {
	b, err := yaml.Marshal(v)
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, 0o644, b)
}
