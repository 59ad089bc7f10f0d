"""What the real TensorBoard and MLflow make of exported runs, as JSON.

    read.py tensorboard LOGDIR      starts TensorBoard's server and asks it, as its pages do
    read.py mlflow MLRUNS           opens the file store with MLflow's client
"""
import json
import os
import sys
import time
import urllib.request


def tensorboard(logdir):
    from tensorboard import default, program

    board = program.TensorBoard(plugins=default.get_plugins())
    board.configure(argv=[None, "--logdir", logdir, "--port", "0", "--host", "127.0.0.1"])
    url = board.launch()

    def ask(path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(url + path, data, {"Content-Type": "application/json"})) as r:
            return json.load(r)

    def quoted(s):
        return urllib.request.quote(s, safe="")

    before = None
    for _ in range(120):  # the server reads the files in the background
        tags = ask("data/plugin/scalars/tags")
        if tags and tags == before:
            break
        before = tags
        time.sleep(1)
    scalars = {
        run: {
            tag: [[round(wall, 3), step, round(value, 6)] for wall, step, value in ask(f"data/plugin/scalars/scalars?run={quoted(run)}&tag={quoted(tag)}")]
            for tag in sorted(tags[run])
        }
        for run in sorted(tags)
    }
    groups = ask("data/plugin/hparams/session_groups", {
        "experimentName": "", "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"],
        "colParams": [], "startIndex": 0, "sliceSize": 100})
    sessions = {
        g["name"]: {
            "hparams": dict(sorted(g["hparams"].items())),
            "status": [s["status"] for s in g["sessions"]],
            "seconds": [s["endTimeSecs"] - s["startTimeSecs"] for s in g["sessions"]],
        }
        for g in groups["sessionGroups"]
    }
    return {"scalars": scalars, "hparams": sessions}


def mlflow(root):
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"  # MLflow 3 asks for it
    from mlflow.tracking import MlflowClient

    client = MlflowClient("file://" + os.path.abspath(root))
    out = {}
    for experiment in sorted(client.search_experiments(), key=lambda e: e.name):
        runs = out[experiment.name] = {}
        for run in client.search_runs([experiment.experiment_id], order_by=["attributes.start_time"]):
            files = {}
            for f in client.list_artifacts(run.info.run_id):
                with open(client.download_artifacts(run.info.run_id, f.path)) as opened:
                    files[f.path] = opened.read()
            runs[run.info.run_name] = {
                "status": run.info.status, "start": run.info.start_time, "end": run.info.end_time,
                "params": dict(sorted(run.data.params.items())),
                "tags": dict(sorted(run.data.tags.items())),
                "metrics": {
                    name: [[p.timestamp, p.step, p.value] for p in client.get_metric_history(run.info.run_id, name)]
                    for name in sorted(run.data.metrics)
                },
                "artifacts": files,
            }
    return out


if __name__ == "__main__":
    read = {"tensorboard": tensorboard, "mlflow": mlflow}[sys.argv[1]]
    print(json.dumps(read(sys.argv[2]), indent=1, sort_keys=True), flush=True)
    os._exit(0)  # the server's threads go on
