#!/usr/bin/env bash
# A pipeline of State Farm at the size of the real competition, 22,424 and 79,726
# photos, which are generated, under a hard limit of memory: 3 GiB of what only
# the process can have (its data segment and private maps; shards are mapped files
# and belong to the page cache), by the kernel's RLIMIT_DATA, so that it needs
# neither root nor a container. Where root can make a memory cgroup the page cache
# is in the limit too.
#
#   full.sh PODIUM [PIPELINE]
#
# It takes about 25 GB of disk in PODIUM_HOME or, without that, in a folder of its own
# that is deleted at the end.
set -euo pipefail
podium=$(realpath "$1")
pipeline=${2:-state-farm-pseudo}
if [ -z "${PODIUM_HOME:-}" ]; then
  PODIUM_HOME=$(mktemp -d)
  export PODIUM_HOME
  trap 'rm -rf "$PODIUM_HOME"' EXIT
fi
limit=$((3 << 30))

group=
for root in /sys/fs/cgroup/memory /sys/fs/cgroup; do
  if [ -w "$root" ] && mkdir "$root/podium-$$" 2>/dev/null; then
    for file in memory.limit_in_bytes memory.max; do
      if [ -e "$root/podium-$$/$file" ] && echo $limit >"$root/podium-$$/$file"; then group=$root/podium-$$; fi
    done
    [ -n "$group" ] && break
    rmdir "$root/podium-$$"
  fi
done

time "$podium" sandbox add state-farm-distracted-driver-detection --size full --force
"$podium" models pull efficientnet_lite0 --quiet
(
  ulimit -d $((limit >> 10))
  if [ -n "$group" ]; then
    echo $BASHPID >"$group/cgroup.procs"
    echo "memory cgroup of 3 GiB, page cache included"
  fi
  time "$podium" run "$pipeline" --sandbox
)
if [ -n "$group" ]; then
  for file in memory.max_usage_in_bytes memory.peak memory.failcnt; do
    [ -e "$group/$file" ] && echo "$file: $(cat "$group/$file")"
  done
  rmdir "$group"
fi
