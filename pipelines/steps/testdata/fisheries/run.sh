#!/usr/bin/env bash
# Fisheries on the sandbox's drawn boats: what a random split says, what a split by
# boat says, and what the hidden photos of other boats say; how well boxes are found
# and how often heat maps are on a fish.
#
#   run.sh PODIUM [PIPELINE...]
#
# A line a run: log loss out of fold, public and private, mean IoU of boxes and the
# share of heat maps in a box, both of photos that the nets had not seen. Nothing is
# chosen on the hidden scores. Without PIPELINE: all of them and fisheries with a
# random split. It works in a folder of its own that is deleted at the end; PODIUM_HOME,
# if set, is used and kept.
set -euo pipefail
podium=$(realpath "$1")
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
export PODIUM_HOME=${PODIUM_HOME:-$scratch}
"$podium" models pull efficientnet_lite0 --quiet

line() { # name, then a pipeline and its flags
  local name=$1 out
  shift
  out=$("$podium" run "$@" --sandbox 2>/dev/null)
  printf '%s: CV %s, public %s, private %s%s%s, %s\n' "$name" \
    "$(awk '$1 == "CV" {print $2}' <<<"$out")" "$(awk '$1 == "public" {print $2}' <<<"$out")" "$(awk '$1 == "private" {print $2}' <<<"$out")" \
    "$(sed -nE 's/^boxes +.*mean IoU ([0-9.]+) .*/, IoU \1/p' <<<"$out")" "$(sed -nE 's/^heat +.*in a box in ([0-9.]+) %.*/, heat in a box \1 %/p' <<<"$out")" \
    "$(awk '$1 == "took" {print $2 " " $3}' <<<"$out")"
}

if [ $# -gt 0 ]; then
  for pipeline in "$@"; do line "$pipeline" "$pipeline"; done
  exit
fi
line "fisheries, random split" fisheries --set 'split={stratified_kfold: 5, seed: 1}'
for pipeline in fisheries fisheries-fcn fisheries-bbox fisheries-inception fisheries-scratch; do line "$pipeline" "$pipeline"; done
