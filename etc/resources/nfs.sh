#!/bin/bash
# Mounts, unmounts or watches an NFS file system.
# usage: nfs.sh [--type TYPE] [--options OPTIONS] SOURCE TARGET mount|unmount|watch|status
#   --type TYPE, fstype=TYPE           default nfs; none with --options bind makes a bind mount
#   --options OPTIONS, options=OPTIONS default DRCM_NFS_OPTIONS
# A stale mount is mounted anew. Exit: 0 done (status: mounted and answering), 1 failed, 2 usage, 3 not mounted (status only).
set -u

me=${DRCM_FILESYSTEM_SCRIPT:-nfs.sh}
type=nfs
options=${DRCM_NFS_OPTIONS:-}
# A server that does not answer within this many seconds counts as gone.
answer_seconds=10
# For one try; two tries and a lazy unmount must fit into the timeout of a stop.
unmount_seconds=5
# More mounts than these on one target are a mistake that a script must not try to mend.
mounts_max=8

fail() { echo "$me: $*" >&2; exit 1; }

usage() {
    echo "usage: $me [--type TYPE] [--options OPTIONS] SOURCE TARGET mount|unmount|watch|status" >&2
    exit 2
}

# The kernel's own table: looking at the mount point itself would hang on a stale mount.
is_mounted() {
    awk -v target="${target//\\/\\\\}" '
        function plain(s) { gsub(/\\040/, " ", s); gsub(/\\011/, "\t", s); gsub(/\\134/, "\\", s); return s }
        plain($5) == target { found = 1 }
        END { exit !found }' /proc/self/mountinfo
}

# -k: a process that hangs on a stale mount ends at SIGKILL only, if at all.
answers() { timeout -k 1 "$answer_seconds" stat -f -- "$target" >/dev/null 2>&1; }

# Detaching leaves open files in use. For a network mount that is the old custom; a disk must not be given away like that.
may_detach() {
    case $type in
        nfs* | cifs | smb3 | none) return 0 ;;
        *) ! answers ;;
    esac
}

unmount_all() {
    local round
    for ((round = 0; round < mounts_max; round++)); do
        is_mounted || return 0
        timeout -k 1 "$unmount_seconds" umount -- "$target" && continue
        timeout -k 1 "$unmount_seconds" umount -f -- "$target" 2>/dev/null && continue
        may_detach || fail "$target is in use; see by whom: fuser -vm $target"
        echo "$me: $target is in use or stale; detaching it" >&2
        umount -l -- "$target" || fail "$target could not be unmounted; see who uses it: fuser -vm $target"
    done
    ! is_mounted || fail "$target is mounted more than $mounts_max times; unmount it by hand"
}

mount_it() {
    local -a arguments=(-t "$type")
    if is_mounted; then
        answers && return 0
        echo "$me: $target is stale; mounting it anew" >&2
        unmount_all
    fi
    [ -d "$target" ] || mkdir -p -- "$target" || fail "mount point $target could not be made"
    [ -z "$options" ] || arguments+=(-o "$options")
    mount "${arguments[@]}" -- "$source" "$target" ||
        fail "$source could not be mounted on $target; see the message of mount above"
}

watch_it() {
    is_mounted && answers && return 0
    echo "$me: $target is not mounted or does not answer; mounting it" >&2
    mount_it
}

while [ $# -gt 0 ]; do
    case $1 in
        --type | --options)
            [ $# -gt 1 ] || usage
            if [ "$1" = --type ]; then type=$2; else options=$2; fi
            shift
            ;;
        fstype=*) type=${1#*=} ;;
        options=*) options=${1#*=} ;;
        --*) usage ;;
        *) break ;;
    esac
    shift
done
[ $# -eq 3 ] || usage
source=$1
target=$2
while [ "$target" != / ] && [ "${target%/}" != "$target" ]; do target=${target%/}; done
if [ -z "$target" ] || [ "$target" = / ]; then fail "'$2' cannot be a mount point; correct its row in cm.cfg"; fi

case $3 in
    mount) mount_it ;;
    unmount) unmount_all ;;
    watch) watch_it ;;
    status) if ! is_mounted || ! answers; then exit 3; fi ;;
    *) echo "$me: unknown action $3; use mount, unmount, watch or status" >&2; exit 2 ;;
esac
exit 0
