package pipelines

import (
	"encoding/json"
	"time"
)

// ManifestVersion is the schema_version of manifest.json.
const ManifestVersion = 1

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
	Seconds    float64   `json:"seconds"`
	PeakMemory int64     `json:"peak_memory"` // bytes; see PeakMemory for what it means
	Tool       string    `json:"tool"`        // version of podium that made it

	Files   []FileRecord       `json:"files"`
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
