#!/usr/bin/env bash
# Transfer learning on real photos: heads on EfficientNet-Lite0's frozen features,
# and the whole net trained further, both scored out of fold and on a holdout.
#
#   run.sh PODIUM
#
# The photos are 183 stamps of Tux Paint (GPL-2, Debian's tuxpaint-stamps-default,
# 161 MB): mammals, birds, fruit and vegetables, flowers and trees, cut out of
# their backgrounds. It is what a package registry has of real photos with
# classes, and too few to tell small differences. Everything lies in a folder of
# its own, which is deleted at the end.
set -euo pipefail
podium=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
chmod 755 .
export PODIUM_HOME=$scratch/home

apt-get download -qq tuxpaint-stamps-default
dpkg-deb -x tuxpaint-stamps-default_*.deb deb
stamps=deb/usr/share/tuxpaint/stamps
class() { # name, folders of stamps
  mkdir -p "photos/$1"
  (cd "$stamps" && find "${@:2}" -name '*.png' ! -path '*cartoon*' ! -iname '*mirror*' ! -iname '*flip*') | LC_ALL=C sort |
    while read -r f; do cp "$stamps/$f" "photos/$1/${f//\//_}"; done
  echo "$1: $(find "photos/$1" -type f | wc -l)"
}
class mammal animals/mammals animals/marsupials
class bird animals/birds
class produce food/fruit food/vegetables food/nuts
class plant plants/flowers plants/trees

"$podium" models pull efficientnet_lite0 --quiet
for metric in logloss accuracy; do
  "$podium" sandbox add "stamps-$metric" --from photos --holdout 0.3 --metric "$metric" --quiet
  for pipeline in frozen tuned; do
    echo "== $pipeline, $metric"
    "$podium" run "$here/$pipeline.yaml" --sandbox --set competition="stamps-$metric" --set target.metric="$metric" 2>/dev/null |
      grep -E '^(CV|temperature|clip|public|private|took)'
  done
done
