#!/usr/bin/env bash
# Measures podium beside the newest PyTorch, on this machine, by turns:
#
#   run.sh [--rounds N] [--repeat N] [--case NAME,...] [--threads N] [--only-speed | --only-numbers]
#
# First the full nets' numbers are compared with PyTorch's in float64 (about 1.4 GB
# of results, 6 GB of memory); then every case is measured, and a table of ratios
# is printed. PyTorch goes into a virtual environment under
# ${XDG_CACHE_HOME:-~/.cache}/podium/peers, the version for processors (200 MB)
# where its index can be reached, else PyPI's (3 GB with CUDA); delete the folder
# when you are done. PODIUM_PEERS_PYTHON names another Python that has torch and
# torchvision, and nothing is installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

python=${PODIUM_PEERS_PYTHON:-}
if [ -z "$python" ]; then
  venv=${XDG_CACHE_HOME:-$HOME/.cache}/podium/peers
  [ -e "$venv/bin/python" ] || python3 -m venv "$venv"
  python=$venv/bin/python
  index=()
  small=https://download.pytorch.org/whl/cpu
  if "$python" -c "import urllib.request as r; r.urlopen('$small/torch/', timeout=10)" 2>/dev/null; then
    index=(--index-url "$small")
  fi
  "$python" -m pip install --quiet --disable-pip-version-check --upgrade ${index[@]+"${index[@]}"} torch torchvision
fi

numbers=yes speed=yes args=()
for arg; do
  case $arg in
    --only-speed) numbers= ;;
    --only-numbers) speed= ;;
    *) args+=("$arg") ;;
  esac
done
cd "$root"
if [ -n "$numbers" ]; then
  "$python" models/zoo/testdata/golden.py --full "$scratch"
  PODIUM_TORCH=$scratch go test -count=1 -v -run '^TestFullSize$' ./models/zoo
  rm "$scratch"/*.safetensors
fi
if [ -n "$speed" ]; then
  CGO_ENABLED=0 go build -o "$scratch/podium" .
  "$python" "$here/peers.py" "$scratch/podium" ${args[@]+"${args[@]}"}
fi
