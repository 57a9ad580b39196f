#!/usr/bin/env bash
# The ring of N hosts as a careful shell script makes it with iproute2: named network namespaces only (no users,
# processes, mounts of their own), everything in `ip -batch`. Root only. Usage: ip_batch.sh up|down N
set -euo pipefail

prefix=netlab-bench-
action=${1-}
count=${2-0}
if [[ ! $action =~ ^(up|down)$ ]] || ((count < 3)); then
    echo "usage: ip_batch.sh up|down N   (N >= 3)" >&2
    exit 2
fi

namespaces() { # COMMAND: one batch line for each namespace
    local i
    for ((i = 1; i <= count; i++)); do
        echo "netns $1 $prefix$i"
    done
}

links() {
    local i
    for ((i = 1; i <= count; i++)); do
        echo "link add eth1 netns $prefix$i numtxqueues 1 numrxqueues 1 type veth" \
            "peer name eth0 netns $prefix$((i % count + 1)) numtxqueues 1 numrxqueues 1"
    done
}

configuration() { # NODE: link i joins node i's eth1 to the next node's eth0
    local i=$1 before=$((($1 + count - 2) % count + 1))
    cat <<LINES
link set lo up
addr add 10.$((i >> 8)).$((i & 255)).1/24 dev eth1
addr add fd00:6e6c:$(printf %x "$i")::1/64 dev eth1 nodad
link set eth1 up
addr add 10.$((before >> 8)).$((before & 255)).2/24 dev eth0
addr add fd00:6e6c:$(printf %x "$before")::2/64 dev eth0 nodad
link set eth0 up
LINES
}

if [[ $action == down ]]; then
    namespaces del | ip -batch -
    exit
fi
namespaces add | ip -batch -
links | ip -batch -
for ((node = 1; node <= count; node++)); do
    configuration "$node" | ip -n "$prefix$node" -batch -
done
