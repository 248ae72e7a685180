#!/usr/bin/env bash
# Shows with strace, on three voters that are processes, that the disk comes before the answer: a vote, a follower's entries, and the leader's AppendAsync.
# TLS hides what is sent, so the order is read from files and sockets: what is written and flushed between what comes in and what goes out.
# Usage: bench/strace-log.sh [DIRECTORY]. Exit code 0: the order held wherever it was looked for; 1: it did not; 3: no strace here.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v strace >/dev/null || { echo "skipped: needs strace" >&2; exit 3; }
program=${DRCM_SIMULATION:-tests/simulation/bin/Release/net10.0/Drcm.Simulation}
[ -x "$program" ] || dotnet build -c Release -v quiet tests/simulation >&2
directory=${1:-$(mktemp -d)}
members=(a=127.0.0.1:47601 b=127.0.0.1:47602 c=127.0.0.1:47603)
pids=()
# strace blocks signals while it traces: the members are ended, and it ends with them.
stop() { for pid in "${pids[@]}"; do ps -o pid= --ppid "$pid" | xargs -r kill 2>/dev/null || true; done; }
trap stop EXIT

for member in "${members[@]}"; do
    name=${member%%=*}
    mkdir -p "$directory/$name"
    strace -f -ttt -yy -s 0 -e trace=pwrite64,fdatasync,recvfrom,recvmsg,read,sendto,sendmsg,write -e signal=none -o "$directory/$name.strace" \
        "$program" linear-member "$name" "$directory/$name" "$directory/$name.sock" none "${members[@]}" >"$directory/$name.out" &
    pids+=($!)
done
for name in a b c; do
    until [ -S "$directory/$name.sock" ]; do sleep 0.1; done
done
"$program" linear-ask 20 "$directory/a.sock" "$directory/b.sock" "$directory/c.sock" >"$directory/leader"
leader=$(basename "$(tail -n 1 "$directory/leader")" .sock)
stop
wait || true

# Calls that were interrupted by another thread's line count when they end.
calls() {
    awk '
        /<unfinished/ { key = $1; line = $0; sub(/<unfinished.*/, "", line); started[key] = line; next }
        /resumed>/ { key = $1; rest = $0; sub(/.*resumed>/, "", rest); print $2, started[key] rest; next }
        { print $2, $0 }' "$directory/$1.strace" | sort -s -n -k1,1 | cut -d' ' -f2-
}
short() { sed -E "s#$directory/##g; s#^([0-9]+) +[0-9]+\.([0-9]{6})#\1 \2#; s#socket:\[[0-9]+\]|TCP:\[|\]##g" | cut -c1-150; }

status=0
check() { # what, name of the file, size of the write (a pattern), where the answer goes, whose trace
    local verdict
    verdict=$(calls "$5" | awk -v file="$2" -v size=" = $3\$" -v reply="$4" '
        /pwrite64/ && $0 ~ file && $0 ~ size { dirty = 1; writes++ }
        /fdatasync/ && $0 ~ file { dirty = 0; flushes++ }
        /(sendto|sendmsg|write)\(/ && $0 ~ reply && !/pwrite/ { if (dirty) early++; else replies++ }
        END { printf "%d writes, %d flushes, answers behind a flush %d, between a write and its flush %d", writes, flushes, replies, early; exit !(writes && flushes && replies && !early) }') || status=1
    echo "== $1 (member $5): $verdict"
    calls "$5" | grep -E 'pwrite64|fdatasync|send|write\(|recv.*(TCP|UNIX)' | grep -vE 'EAGAIN|/mark|write\([12]<' | grep -E "$2|$4" | awk -v file="$2" -v size=" = $3\$" -v after="$6" '
        { line[NR] = $0 } /pwrite64/ && $0 ~ file && $0 ~ size { at = NR } END { for (i = at - 1; i <= at + after; i++) print line[i] }' | short
}

# 264 bytes: an entry of this proof in its record.
voter=$(for name in a b c; do [ "$name" = "$leader" ] || echo "$name"; done | head -n 1)
check "a vote, before its answer" 'raft/vote' 512 'TCP' "$voter" 3
check "a follower's entry, before its answer" 'raft/[0-9]+[.]log' 264 'TCP' "$voter" 2
check "the leader's AppendAsync, before it returns to the client" 'raft/[0-9]+[.]log' 264 'UNIX' "$leader" 2
exit "$status"
