package ledger

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// head is what a row takes of run.json: all but the steps, which are most of it.
type head struct {
	version                                   int
	id, pipeline, competition, server, status string
	metric, precision, tool, parent, digest   string
	failure                                   string
	started                                   time.Time
	seconds                                   float64
	seed                                      uint64
	peak                                      int64
	changes                                   []pipelines.Change
	metrics, scores                           map[string]float64
}

// field is where the member of run.json with this name goes, nil for one that no
// row takes.
func (h *head) field(name string) any {
	switch name {
	case "schema_version":
		return &h.version
	case "id":
		return &h.id
	case "pipeline":
		return &h.pipeline
	case "competition":
		return &h.competition
	case "server":
		return &h.server
	case "status":
		return &h.status
	case "metric":
		return &h.metric
	case "precision":
		return &h.precision
	case "tool":
		return &h.tool
	case "parent":
		return &h.parent
	case "digest":
		return &h.digest
	case "error":
		return &h.failure
	case "started":
		return &h.started
	case "seconds":
		return &h.seconds
	case "seed":
		return &h.seed
	case "peak_memory":
		return &h.peak
	case "changes":
		return &h.changes
	case "metrics":
		return &h.metrics
	case "scores":
		return &h.scores
	}
	return nil
}

// readHead reads the bytes of a run.json.
func readHead(b []byte) (h head, err error) {
	err = members(b, func(name string, value []byte) error {
		into := h.field(name)
		if into == nil {
			return nil
		}
		if err := json.Unmarshal(value, into); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	if err == nil && h.version != pipelines.RecordVersion {
		err = fmt.Errorf("want schema_version %d, got %d", pipelines.RecordVersion, h.version)
	}
	return h, err
}

// row is the table's row of a run, without what the ledger knows of it.
func (h head) row() Row {
	r := Row{RunID: h.id, Pipeline: h.pipeline, Competition: h.competition, Server: h.server, Status: h.status, Started: h.started.UTC().Truncate(time.Microsecond),
		Seconds: h.seconds, Metric: h.metric, CV: at(h.metrics, "cv"), Spread: at(h.metrics, "cv_spread"), Public: at(h.scores, "public"),
		Private: at(h.scores, "private"), Rank: whole(h.scores, "rank"), Teams: whole(h.scores, "teams"), Digest: h.digest, Seed: h.seed,
		PeakMemory: h.peak, Tool: h.tool, Precision: h.precision, Parent: h.parent, Changes: h.changes, Note: h.failure}
	for i := 0; ; i++ {
		score := at(h.metrics, fmt.Sprintf("cv_fold%d", i))
		if score == nil {
			return r
		}
		r.Folds = append(r.Folds, *score)
	}
}

func at(m map[string]float64, key string) *float64 {
	v, ok := m[key]
	if !ok {
		return nil
	}
	return &v
}

func whole(m map[string]float64, key string) *int {
	v, ok := m[key]
	if !ok {
		return nil
	}
	n := int(v)
	return &n
}
