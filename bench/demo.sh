#!/usr/bin/env bash
# demo.sh [RUNS]: runs `./drcm demo --json` so often (default 5) and prints minimum, median and maximum of its figures.
set -euo pipefail
runs=${1:-5}
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
results=$(mktemp)
trap 'rm -f "$results"' EXIT

for ((run = 1; run <= runs; run++)); do
    "$root/drcm" demo --json | tee -a "$results"
done

printf '\n%-20s %10s %10s %10s\n' figure min median max
for figure in healthy_ms takeover_ms failback_ms overlap_ms detection_bound_ms leader_changes; do
    grep -o "\"$figure\":[0-9.]*" "$results" | cut -d: -f2 | sort -n |
        awk -v name="$figure" '{ v[NR] = $1 } END { printf "%-20s %10.1f %10.1f %10.1f\n", name, v[1], v[int((NR + 1) / 2)], v[NR] }'
done
