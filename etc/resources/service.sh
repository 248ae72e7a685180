#!/bin/bash
# Starts, stops or watches a system service, with whatever this host has for it.
# usage: service.sh SERVICE_NAME start|stop|watch|status
# watch starts the service if it does not run. Exit: 0 done (status: running), 1 failed, 2 usage, 3 not running (status only).
set -u

fail() { echo "service.sh: $*" >&2; exit 1; }

if [ $# -ne 2 ]; then
    echo "usage: service.sh SERVICE_NAME start|stop|watch|status" >&2
    exit 2
fi
name=$1
action=$2
case $name in
    "" | -* | */*) fail "'$name' is no name of a service; correct its row in cm.cfg" ;;
esac

control() {
    # The directory is there only when systemd is the running init.
    if [ -d /run/systemd/system ]; then
        systemctl "$1" -- "$name"
    elif [ -x "/etc/init.d/$name" ] && command -v service >/dev/null; then
        service "$name" "$1"
    elif [ -x "/etc/init.d/$name" ]; then
        "/etc/init.d/$name" "$1"
    else
        fail "this host has neither systemd nor an init script for $name; install the service or correct its row in cm.cfg"
    fi
}

is_running() {
    if [ -d /run/systemd/system ]; then
        systemctl is-active --quiet -- "$name"
    else
        # A subshell: a missing service ends only the question.
        (control status) >/dev/null 2>&1
    fi
}

start_service() {
    is_running && return 0
    # A unit that failed too often is refused a start until it is cleared; the cluster has its own threshold.
    if [ -d /run/systemd/system ]; then systemctl reset-failed -- "$name" 2>/dev/null; fi
    control start || fail "$name did not start; its own log says why"
}

stop_service() {
    if [ -d /run/systemd/system ]; then
        # A unit that is not installed does not run.
        [ "$(systemctl show -p LoadState --value -- "$name")" != not-found ] || return 0
    elif [ ! -x "/etc/init.d/$name" ]; then
        return 0
    else
        is_running || return 0
    fi
    control stop || fail "$name did not stop; its own log says why"
}

case $action in
    start) start_service ;;
    stop) stop_service ;;
    watch)
        is_running && exit 0
        echo "service.sh: $name does not run; starting it" >&2
        start_service
        ;;
    status) is_running || exit 3 ;;
    *) echo "service.sh: unknown action $action; use start, stop, watch or status" >&2; exit 2 ;;
esac
exit 0
