package ledger_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// madeHome is a home with n runs of two pipelines, each of five folds of two nets,
// and their submissions; every tenth failed.
func madeHome(tb testing.TB, n int) string {
	tb.Helper()
	home := tb.TempDir()
	var lines []byte
	for i := range n {
		run := madeRun(i)
		writeRun(tb, home, run)
		if run.Status != pipelines.RunOK {
			continue
		}
		sent := submissions.Record{Event: submissions.Sent, Time: run.Started.Add(time.Minute), Competition: run.Competition, Server: run.Server,
			File: "/home/somebody/.podium/runs/" + run.ID + "/submission.csv", Digest: run.Digest, RunID: run.ID, Ref: int64(i + 1), Message: run.ID}
		scored := sent
		scored.Event, scored.Public, scored.Private, scored.Rank, scored.Teams = submissions.Scored, fmt.Sprint(run.Scores["public"]), "0.9", 1+i%100, 100
		for _, r := range []submissions.Record{sent, scored} {
			b, err := json.Marshal(r)
			if err != nil {
				tb.Fatal(err)
			}
			lines = append(append(lines, b...), '\n')
		}
	}
	write(tb, filepath.Join(home, "ledger.jsonl"), lines)
	return home
}

func madeRun(i int) pipelines.Run {
	at := noon.Add(time.Duration(i) * time.Minute)
	name := []string{"digits", "dogs"}[i%2]
	run := pipelines.Run{SchemaVersion: pipelines.RecordVersion, Pipeline: name, Competition: name + "-comp", Server: "sandbox",
		ID:     fmt.Sprintf("%s-%s-%04x", at.Format("20060102-150405"), name, i%65536),
		Metric: []string{"accuracy", "logloss"}[i%2], Seed: uint64(i), Precision: "fp32", Tool: "v1.2.3", Status: pipelines.RunOK,
		Started: at, Seconds: 60, PeakMemory: 1 << 28, Digest: fmt.Sprintf("%064x", i),
		Changes: []pipelines.Change{{What: "seed", Was: strconv.Itoa(i - 2), Now: strconv.Itoa(i)}},
		Metrics: map[string]float64{"cv": 0.9 + float64(i%97)/1000, "cv_spread": 0.001},
		Scores:  map[string]float64{"public": 0.89 + float64(i%89)/1000},
	}
	if i%10 == 9 {
		run.Status, run.Error, run.Metrics, run.Scores, run.Digest = pipelines.RunFailed, "step train: out of memory", nil, nil, ""
	}
	for fold := range 5 {
		if run.Metrics != nil {
			run.Metrics[fmt.Sprintf("cv_fold%d", fold)] = float64(90+fold) / 100
		}
		for _, step := range []string{"train.a", "predict.a", "train.b", "predict.b"} {
			run.Steps = append(run.Steps, pipelines.RunStep{ID: fmt.Sprintf("%s.fold%d", step, fold), Op: "train", State: pipelines.Done,
				Key: fmt.Sprintf("%064x", i), Seconds: 12.5, PeakMemory: 1 << 28, Why: "seed 1 -> 2, new input folds",
				Metrics: map[string]float64{"loss": 0.123456, "rows": 33600, "images_per_second": 12345.678}})
		}
	}
	return run
}

func writeRun(tb testing.TB, home string, run pipelines.Run) {
	tb.Helper()
	b, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	write(tb, filepath.Join(home, "runs", run.ID, "run.json"), append(b, '\n'))
}

func write(tb testing.TB, path string, b []byte) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		tb.Fatal(err)
	}
}
