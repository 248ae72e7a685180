#!/bin/bash
# Mounts, unmounts or watches a CIFS (SMB) share.
# usage: cifs.sh [--options OPTIONS] //SERVER/SHARE TARGET mount|unmount|watch|status
#   options  --options, else DRCM_CIFS_OPTIONS, else credentials=/etc/drcm/cifs.cred if that file exists
# Exit codes and the handling of stale mounts are those of nfs.sh, which must lie beside this script.
set -u

credentials=/etc/drcm/cifs.cred
options=${DRCM_CIFS_OPTIONS:-}
if [ -z "$options" ] && [ -r "$credentials" ]; then options=credentials=$credentials; fi

common=$(dirname -- "${BASH_SOURCE[0]}")/nfs.sh
if [ ! -x "$common" ]; then
    echo "cifs.sh: $common not found; install it beside cifs.sh" >&2
    exit 1
fi
DRCM_FILESYSTEM_SCRIPT=cifs.sh exec "$common" --type cifs --options "$options" "$@"
