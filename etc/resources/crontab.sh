#!/bin/bash
# drcm-builtin: cron
# Installs or removes one crontab. drcmd does the same by itself, with its guard before each command, as long as the line above is here;
# a changed copy without it is called instead, with the guarded lines as TEMPLATE_FILE.
# usage: crontab.sh TEMPLATE_FILE INSTALL_LOCATION start|stop|status
# Exit: 0 done (status: installed), 1 failed, 2 usage, 3 not installed (status only).
set -u

fail() { echo "crontab.sh: $*" >&2; exit 1; }

if [ $# -ne 3 ]; then
    echo "usage: crontab.sh TEMPLATE_FILE INSTALL_LOCATION start|stop|status" >&2
    exit 2
fi
template=$1
location=$2
action=$3
name=${template##*/}
target=$location/$name
# cron leaves out files whose name begins with a dot.
temporary=$location/.$name.drcm
# The table of a user has to be his cron's alone.
case ${location%/} in
    */cron/crontabs | */spool/cron | */cron/tabs) mode=0600 ;;
    *) mode=0644 ;;
esac

install_crontab() {
    [ -r "$template" ] || fail "template $template cannot be read; create it or correct its row in cm.cfg"
    [ -d "$location" ] || fail "$location is no directory; create it or correct the row in cm.cfg"
    case $name in
        *.*) echo "crontab.sh: cron on Debian leaves out files with a dot in their name: rename $template" >&2 ;;
    esac
    if [ -f "$target" ] && [ ! -L "$target" ] && cmp -s -- "$template" "$target"; then
        # A file put there with another mode would be refused by cron.
        chmod $mode -- "$target" || fail "chmod $mode $target failed"
        return 0
    fi
    # cron must never read half a file: complete it beside the target, then rename.
    rm -f -- "$temporary"
    if ! cp -- "$template" "$temporary" || ! chmod $mode -- "$temporary" || ! mv -fT -- "$temporary" "$target"; then
        rm -f -- "$temporary"
        fail "$target could not be installed; look for a full or read-only file system"
    fi
}

remove_crontab() {
    rm -f -- "$target" "$temporary" || fail "$target could not be removed; look for a read-only file system"
}

case $action in
    start) install_crontab ;;
    stop) remove_crontab ;;
    status) [ -f "$target" ] || exit 3 ;;
    *) echo "crontab.sh: unknown action $action; use start, stop or status" >&2; exit 2 ;;
esac
exit 0
