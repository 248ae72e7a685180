#!/bin/bash
# drcm-builtin: ip
# The line above: the daemon does this itself. Without it, the script is run.
# Puts a floating address on an interface or takes it away. IPv6 addresses are welcome too.
# usage: ipv4addr.sh ADDRESS NETMASK INTERFACE start|stop|status
#   NETMASK    255.255.255.0 or 24
#   INTERFACE  eth0, eth0:1 (address gets that label), or 'eth0|eth1:1': the first that exists and is up
# Exit: 0 done (status: present), 1 failed, 2 usage, 3 not present (status only).
set -u

fail() { echo "ipv4addr.sh: $*" >&2; exit 1; }
usage() { echo "usage: ipv4addr.sh ADDRESS NETMASK INTERFACE start|stop|status" >&2; exit 2; }

[ $# -eq 4 ] || usage
address=$1
netmask=$2
interfaces=$(printf %s "$3" | tr -d "'\" ")
action=$4

command -v ip >/dev/null || fail "ip not found; install iproute2"
case $address in
    *:*) family=-6 bits=128 ;;
    *) family=-4 bits=32 ;;
esac

# Sets prefix from 24 or 255.255.255.0; IPv6 takes a length only.
prefix_of() {
    local octet ended=0 partial
    local -a octets
    case $netmask in
        *[!0-9.]* | "") fail "netmask $netmask is neither a prefix length nor a dotted mask; correct its row in cm.cfg" ;;
        *.*) ;;
        *)
            if [ ${#netmask} -gt 3 ] || [ $((10#$netmask)) -gt $bits ]; then
                fail "prefix length $netmask is above $bits; correct its row in cm.cfg"
            fi
            prefix=$((10#$netmask))
            return
            ;;
    esac
    [ "$bits" -eq 32 ] || fail "netmask $netmask is for IPv4, $address is IPv6; give a prefix length in cm.cfg"
    IFS=. read -r -a octets <<<"$netmask"
    [ ${#octets[@]} -eq 4 ] || fail "netmask $netmask does not have four numbers; correct its row in cm.cfg"
    prefix=0
    for octet in "${octets[@]}"; do
        case $octet in
            255) partial=8 ;;
            254) partial=7 ;;
            252) partial=6 ;;
            248) partial=5 ;;
            240) partial=4 ;;
            224) partial=3 ;;
            192) partial=2 ;;
            128) partial=1 ;;
            0) partial=0 ;;
            *) fail "netmask $netmask is no mask; correct its row in cm.cfg" ;;
        esac
        [ "$ended" -eq 0 ] || [ "$partial" -eq 0 ] || fail "netmask $netmask has a hole; correct its row in cm.cfg"
        prefix=$((prefix + partial))
        [ "$partial" -eq 8 ] || ended=1
    done
}

# One line for each interface that has this very address: the device, and the address with its length.
holders() { ip -o "$family" addr show to "$address/$bits" 2>/dev/null | awk '{ print $2, $4 }'; }

is_up() { ip -o link show dev "$1" up 2>/dev/null | grep -q .; }

# Sets device and label: the first listed interface that exists and is up, else the first that exists.
choose() {
    local -a list
    local entry candidate
    device='' label=''
    IFS='|' read -r -a list <<<"$interfaces"
    for entry in "${list[@]}"; do
        candidate=${entry%%:*}
        if [ -z "$candidate" ] || ! ip link show dev "$candidate" >/dev/null 2>&1; then continue; fi
        if [ -z "$device" ] || is_up "$candidate"; then
            device=$candidate label=$entry
            ! is_up "$candidate" || return 0
        fi
    done
    [ -n "$device" ] || fail "none of the interfaces $interfaces exists; correct its row in cm.cfg"
    echo "ipv4addr.sh: $device is down; the address is put on it all the same" >&2
}

start_address() {
    local -a labelled=() quick=()
    local held
    prefix_of
    choose
    while read -r held _; do
        [ "$held" != "$device" ] || return 0
        # Left on another interface of the list by an earlier run: the kernel would answer on both.
        echo "ipv4addr.sh: $address was on $held; moving it to $device" >&2
        remove_from "$held"
    done < <(holders)
    if [ "$family" = -4 ]; then
        # A label holds 15 characters.
        if [ "$label" != "$device" ] && [ ${#label} -le 15 ]; then labelled=(label "$label"); fi
    else
        # Duplicate address detection would keep the address unusable for a second; the cluster has decided who owns it.
        quick=(nodad)
    fi
    if ! ip "$family" addr add "$address/$prefix" dev "$device" "${labelled[@]}" "${quick[@]}"; then
        # Somebody else may have put it there between the look and the add.
        holders | grep -q "^$device " || fail "$address/$prefix could not be put on $device; see the message of ip above"
    fi
}

remove_from() {
    local held from
    while read -r held from; do
        [ "$held" = "$1" ] || continue
        if ! ip "$family" addr del "$from" dev "$held"; then
            holders | grep -q "^$held " && fail "$address could not be taken from $held; see the message of ip above"
        fi
    done < <(holders)
    return 0
}

stop_address() {
    local held
    while read -r held _; do
        remove_from "$held"
    done < <(holders)
}

case $action in
    start) start_address ;;
    stop) stop_address ;;
    status) holders | grep -q . || exit 3 ;;
    *) echo "ipv4addr.sh: unknown action $action; use start, stop or status" >&2; exit 2 ;;
esac
exit 0
