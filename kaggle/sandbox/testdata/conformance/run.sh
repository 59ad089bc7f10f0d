#!/usr/bin/env bash
# Drives Kaggle's own clients, as pip installs them, at the sandbox:
#
#   run.sh            the versions that are recorded in the .txt files beside this
#   run.sh --newest   the newest of the present ones; prints what pip chose
#
# What cannot be checked here (no pip, no port) is said loudly and is no failure;
# PODIUM_CONFORMANCE=must makes it one. The clients are installed once, under
# ${XDG_CACHE_HOME:-~/.cache}/podium/conformance.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.." # the package

skipped() {
  printf '\n!! SKIPPED: %s\n!! What was not checked may be wrong: run %s where it can be.\n\n' "$*" "make conformance" >&2
  if [ "${PODIUM_CONFORMANCE:-}" = must ]; then exit 1; fi
  exit 0
}

python=$(command -v python3) || skipped "Kaggle's own clients (there is no python3)"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/podium/conformance
venvs=$(mktemp -d)
trap 'rm -rf "$venvs"' EXIT

# install NAME ARGUMENTS: a virtual environment with what pip makes of them.
install() {
  local name=$1 dir
  shift
  dir=$cache/$name-$( (cat "$here/$name.txt"; echo "$*"; "$python" --version) | sha256sum | cut -c1-16)
  if [ ! -e "$dir/ready" ] || [ "$name" = newest ]; then
    rm -rf "$dir"
    "$python" -m venv "$dir" || skipped "Kaggle's own clients (python3 -m venv fails)"
    "$dir/bin/python" -m pip install --quiet --disable-pip-version-check "$@" || skipped "Kaggle's own clients (pip cannot install $name)"
    touch "$dir/ready"
  fi
  ln -s "$dir" "$venvs/$name"
}
install rest16 -r "$here/rest16.txt"
install rest17 -r "$here/rest17.txt"
if [ "${1:-}" = --newest ]; then
  install newest kaggle kagglehub six
  "$venvs/newest/bin/python" -m pip list --format=freeze
  mv "$venvs/newest" "$venvs/current"
else
  install current -r "$here/current.txt"
fi

# A network of its own, where the system grants one, has every port free, and
# port 80 takes no privilege there.
apart=()
if unshare --user --map-root-user --net true 2>/dev/null; then
  apart=(unshare --user --map-root-user --net "$python" "$here/loopback.py")
fi
go test -c -o "$venvs/conformance.test" .
PODIUM_CONFORMANCE_CLIENTS=$venvs ${apart[@]+"${apart[@]}"} "$venvs/conformance.test" -test.v -test.count=1 -test.run '^TestOfficialClients$' | tee "$venvs/out"
if grep -q '^ *--- SKIP' "$venvs/out"; then
  skipped "Kaggle's own clients ($(sed -n 's/.*_test.go:[0-9]*: \(needs .*\)/\1/p' "$venvs/out" | sort -u | paste -sd ';'))"
fi
