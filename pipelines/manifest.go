package pipelines

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/digest"
)

// ManifestVersion is the schema_version of manifest.json.
const ManifestVersion = 1

const manifestName = "manifest.json"

// Manifest tells how an artifact came to be. It is manifest.json in its folder.
type Manifest struct {
	SchemaVersion int             `json:"schema_version"`
	Key           string          `json:"key"`
	Step          string          `json:"step"` // id in the plan that made it; another plan may call it otherwise
	Op            string          `json:"op"`
	OpVersion     int             `json:"op_version"`
	Params        json.RawMessage `json:"params"`
	Seed          uint64          `json:"seed"`
	Inputs        []InputRecord   `json:"inputs"`

	Started    time.Time `json:"started"`
	Seconds    float64   `json:"seconds"`     // of the run that finished it
	PeakMemory int64     `json:"peak_memory"` // bytes; see memory.go for what it means
	Tool       string    `json:"tool"`        // version of podium that made it
	// PeakAnonymous is PeakMemory without the pages of mapped files; 0 where the
	// system does not tell them apart.
	PeakAnonymous int64 `json:"peak_anonymous,omitempty"`

	Files   []FileRecord       `json:"files"`   // sorted by name
	Content string             `json:"content"` // digest of Files: same content, same digest
	Metrics map[string]float64 `json:"metrics,omitempty"`
	Notes   map[string]string  `json:"notes,omitempty"`
	Origins []string           `json:"origins,omitempty"` // sorted; inherited by all that is made of it
}

// InputRecord is one input of a step.
type InputRecord struct {
	To   string `json:"to"`   // the step's input port
	Step string `json:"step"` // the step it came from
	Port string `json:"port"` // that step's output port
	Key  string `json:"key"`  // what the input brings to the step's own key: see Fingerprint
}

// FileRecord is one file of an artifact.
type FileRecord struct {
	Name   string `json:"name"` // with forward slashes, relative to the folder
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// sealFiles makes every file under dir durable and lists them, sorted by name.
func sealFiles(dir string) ([]FileRecord, error) {
	files := []FileRecord{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return nil
		}
		if !e.Type().IsRegular() {
			return fmt.Errorf("%s is not a plain file", path)
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		r, err := sealFile(path)
		r.Name = filepath.ToSlash(rel)
		files = append(files, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return files, syncFolders(dir)
}

// sealFile digests and fsyncs one file. It is opened for writing, which Windows
// wants of a file that is to be synced.
func sealFile(path string) (FileRecord, error) {
	sum, err := digest.File(path)
	if err != nil {
		return FileRecord{}, err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return FileRecord{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return FileRecord{}, err
	}
	return FileRecord{Size: info.Size(), SHA256: sum}, f.Sync()
}

// syncFolders makes the names in dir and its subfolders durable.
func syncFolders(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return atomicfile.SyncDir(path)
	})
}

// writeJSONFile writes v, indented, atomically.
func writeJSONFile(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, 0o644, append(b, '\n'))
}

// readManifest reads the manifest of the artifact at dir.
func readManifest(dir string) (Manifest, error) {
	var m Manifest
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("read %s: %w", filepath.Join(dir, manifestName), err)
	}
	if m.SchemaVersion != ManifestVersion {
		return m, fmt.Errorf("read %s: want schema_version %d, got %d", filepath.Join(dir, manifestName), ManifestVersion, m.SchemaVersion)
	}
	return m, nil
}
