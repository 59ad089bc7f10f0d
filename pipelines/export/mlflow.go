package export

import (
	"fmt"
	"maps"
	"slices"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/export/mlflow"
)

// MLflow writes the run into the folder dir, which MLflow reads as its file store,
// and gives the folder of the run in it. The run's competition is the experiment, the
// values of its spec are parameters, STEP/loss and so on metrics with the epoch as
// step, and what lies in the run's folder are artifacts. The same run is replaced.
func (r *Run) MLflow(dir string) (string, error) {
	out := mlflow.Run{Key: "podium " + r.ID, Name: r.ID, Experiment: r.experiment(), Status: mlflowStatus[r.Status],
		Started: r.Started, Ended: r.ended(), Params: r.Params, Tags: r.tags(), Metrics: map[string][]mlflow.Point{}, Files: r.Files}
	for name, x := range r.figures() {
		out.Metrics[name] = []mlflow.Point{{Time: r.latest(), Value: x}}
	}
	for _, c := range r.Curves {
		at := times(c.Began, c.Epochs)
		for i, e := range c.Epochs {
			for name, x := range values(e) {
				name = c.Step + "/" + name
				out.Metrics[name] = append(out.Metrics[name], mlflow.Point{Time: at[i], Step: int64(e.Epoch), Value: x})
			}
		}
	}
	made, err := mlflow.Store{Dir: dir}.Put(out)
	if err != nil {
		return "", fmt.Errorf("export run %s to MLflow: %w", r.ID, err)
	}
	return made, nil
}

var mlflowStatus = map[string]mlflow.Status{pipelines.RunOK: mlflow.Finished, pipelines.RunFailed: mlflow.Failed,
	pipelines.RunInterrupted: mlflow.Killed, pipelines.RunRunning: mlflow.Running}

// experiment is what MLflow keeps runs together by.
func (r *Run) experiment() string {
	if r.Competition == "" {
		return r.Pipeline
	}
	return r.Competition
}

// tags are what is known of the run in words.
func (r *Run) tags() map[string]string {
	tags := map[string]string{"mlflow.source.name": "podium run " + r.Pipeline, "mlflow.source.type": "LOCAL"}
	for name, text := range map[string]string{"pipeline": r.Pipeline, "competition": r.Competition, "server": r.Server, "metric": r.Metric,
		"precision": r.Precision, "version": r.Tool, "parent": r.Parent, "status": r.Status, "submission_sha256": r.Digest, "error": r.Error} {
		if text != "" {
			tags["podium."+name] = text
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.Notes)) {
		if text := r.Notes[key]; text != "" {
			tags["podium.note."+key] = text
		}
	}
	return tags
}
