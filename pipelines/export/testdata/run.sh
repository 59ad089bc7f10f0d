#!/usr/bin/env bash
# Opens what the tests of this package export with the real TensorBoard and MLflow, as
# pip installs them, and compares what they say with read.txt. --update writes read.txt
# anew. PYTHON names a Python that has both.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$work/venv"
  python=$work/venv/bin/python
  if ! "$python" -m pip install --quiet --disable-pip-version-check tensorboard==2.21.0 mlflow-skinny==3.17.2; then
    echo "SKIPPED: pip could not fetch tensorboard and mlflow-skinny"
    exit 0
  fi
fi
PODIUM_EXPORT_DIR=$work go test -count=1 -run '^TestGolden' .
for what in "tensorboard tensorboard" "tensorboard live" "mlflow mlruns"; do
  read -r tool name <<<"$what"
  echo "# $tool reads $name"
  "$python" testdata/read.py "$tool" "$work/$name" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
done >"$work/read.txt"
if [ "${1:-}" = --update ]; then cp "$work/read.txt" testdata/read.txt; fi
diff -u testdata/read.txt "$work/read.txt"
echo "TensorBoard and MLflow read what was exported"
