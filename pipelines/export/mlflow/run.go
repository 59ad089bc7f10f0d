package mlflow

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Run is what there is to know of a run. Names of metrics, parameters and tags are
// of letters, digits, spaces and _-.:/ ; one with a slash must not begin with the
// whole of another.
type Run struct {
	Key        string // names the run for good; see RunID
	Name       string // what MLflow's pages call it
	Experiment string
	Status     Status
	Started    time.Time
	Ended      time.Time // zero while it runs
	Params     map[string]string
	Tags       map[string]string
	Metrics    map[string][]Point
	Files      map[string]string // artifacts: their names, and the paths that they are copied from
}

// Point is a value of a metric.
type Point struct {
	Time  time.Time
	Step  int64
	Value float64
}

// Status is how a run stands.
type Status int

// The values of Status, as MLflow numbers them.
const (
	Running  Status = 1
	Finished Status = 3
	Failed   Status = 4
	Killed   Status = 5
)

const artifactsName = "artifacts"

// MLflow's longest names and values.
const (
	longestName  = 250
	longestParam = 6000
	longestTag   = 8000
)

// goodName is what MLflow takes for a name on every system; dots are no path there.
var goodName = regexp.MustCompile(`^[\w\-][\w\-. :]*(/[\w\-][\w\-. :]*)*$`)

// check refuses names that are no files of the run's folder.
func (r Run) check() error {
	names := slices.Concat(slices.Collect(maps.Keys(r.Params)), slices.Collect(maps.Keys(r.Tags)), slices.Collect(maps.Keys(r.Metrics)))
	for _, name := range names {
		if !goodName.MatchString(name) || len(name) > longestName {
			return fmt.Errorf("mlflow: run %s: no name for a metric, parameter or tag: %q", r.Name, name)
		}
	}
	for name := range r.Files {
		if !filepath.IsLocal(name) {
			return fmt.Errorf("mlflow: run %s: no name for an artifact: %q", r.Name, name)
		}
	}
	if r.Key == "" || r.Experiment == "" {
		return fmt.Errorf("mlflow: run %q: want a key and an experiment", r.Name)
	}
	return nil
}

// meta is the meta.yaml of a run.
type meta struct {
	ArtifactURI   string   `yaml:"artifact_uri"`
	EndTime       *int64   `yaml:"end_time"`
	EntryPoint    string   `yaml:"entry_point_name"`
	ExperimentID  string   `yaml:"experiment_id"`
	Lifecycle     string   `yaml:"lifecycle_stage"`
	RunID         string   `yaml:"run_id"`
	RunName       string   `yaml:"run_name"`
	RunUUID       string   `yaml:"run_uuid"`
	SourceName    string   `yaml:"source_name"`
	SourceType    int      `yaml:"source_type"`
	SourceVersion string   `yaml:"source_version"`
	StartTime     int64    `yaml:"start_time"`
	Status        Status   `yaml:"status"`
	Tags          []string `yaml:"tags"`
	UserID        string   `yaml:"user_id"`
}

// sourceLocal is MLflow's number for a run of this machine.
const sourceLocal = 4

// write makes the run's folder.
func (r Run) write(dir, experiment, id, artifacts string) error {
	m := meta{ArtifactURI: artifacts, ExperimentID: experiment, Lifecycle: active, RunID: id, RunUUID: id, RunName: r.Name,
		SourceType: sourceLocal, StartTime: r.Started.UnixMilli(), Status: r.Status, Tags: []string{}}
	if !r.Ended.IsZero() {
		end := r.Ended.UnixMilli()
		m.EndTime = &end
	}
	tags := maps.Clone(r.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags["mlflow.runName"] = r.Name
	values := map[string]string{}
	for name, points := range r.Metrics {
		values[name] = lines(points)
	}
	for folder, files := range map[string]map[string]string{"params": cut(r.Params, longestParam), "tags": cut(tags, longestTag), "metrics": values} {
		if err := writeFiles(filepath.Join(dir, folder), files); err != nil {
			return err
		}
	}
	if err := copyFiles(filepath.Join(dir, artifactsName), r.Files); err != nil {
		return err
	}
	return writeYAML(filepath.Join(dir, metaName), m)
}

// lines are a metric's points, one a line: milliseconds, value, step.
func lines(points []Point) string {
	var b bytes.Buffer
	for _, p := range points {
		fmt.Fprintf(&b, "%d %s %d\n", p.Time.UnixMilli(), strconv.FormatFloat(p.Value, 'g', -1, 64), p.Step)
	}
	return b.String()
}

// cut shortens texts to what MLflow takes.
func cut(texts map[string]string, most int) map[string]string {
	out := make(map[string]string, len(texts))
	for name, text := range texts {
		if len(text) > most {
			n := most
			for !utf8.RuneStart(text[n]) {
				n--
			}
			text = text[:n]
		}
		out[name] = text
	}
	return out
}

// writeFiles makes a folder with these files. They need not be synced one by one: an
// export can be made again.
func writeFiles(dir string, files map[string]string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func copyFiles(dir string, files map[string]string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, from := range files {
		if err := copyFile(from, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}
