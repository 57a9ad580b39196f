#!/usr/bin/env bash
# A scenario holds, and nothing of its lab is left.
# Usage: scenario_test.sh NETLAB FILE [NAME=VALUE...] (parameters, so that it takes no longer than it has to)
set -euo pipefail

netlab=$1
file=$2
shift 2
folder=$(mktemp -d /tmp/netlab.XXXXXX) # short: a socket's path has at most 107 bytes
trap 'rm -rf "$folder"' EXIT
# Labs of this name may be those of other users' tests, or of somebody at work.
mkdir "$folder/state"
export NETLAB_STATE_DIR=$folder/state

options=()
for parameter in "$@"; do
    options+=(--set "$parameter")
done
if ! "$netlab" test "$file" --output "$folder/run" "${options[@]}"; then
    head -c 20000 "$folder"/run/failure/*.txt 2>/dev/null || true
    grep -v '"service"' "$folder/run/events.jsonl" | tail -n 40
    exit 1
fi
"$netlab" ls 2>&1 | grep -qx 'no lab is running'
