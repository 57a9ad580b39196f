#!/usr/bin/env bash
# A topology is checked, comes up, every node that has an address reaches every other by name in both families at
# the first packet, and it goes down with nothing left of it.
# Usage: topology_test.sh NETLAB FILE [LAB]
set -euo pipefail

netlab=$1
file=$2
lab=${3:-test-$(basename "${file%.*}")-$$}
runtime=/run

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

if ((EUID != 0)); then
    # Short: a socket's path has at most 107 bytes.
    runtime=$(mktemp -d /tmp/netlab.XXXXXX)
    export XDG_RUNTIME_DIR=$runtime
fi
cleanup() {
    "$netlab" down "$lab" >/dev/null 2>&1 || true
    if ((EUID != 0)); then
        rm -rf "$runtime"
    fi
}
trap cleanup EXIT

"$netlab" check "$file"
"$netlab" up --lab "$lab" "$file"
runs() { # not by a pipe: what grep -q leaves unread would be an error of ls
    local names
    names=$("$netlab" ls --names)
    grep -qxF "$lab" <<<"$names"
}
runs || fail "ls does not show $lab"

mapfile -t nodes < <("$netlab" ls --nodes --lab "$lab")
((${#nodes[@]} > 1)) || fail "ls --nodes shows ${#nodes[@]} nodes"
hosts=$("$netlab" exec --lab "$lab" "${nodes[0]}" -- cat /etc/hosts)

# The names of a family: its addresses have a dot or a colon in them.
names() { awk -v mark="$1" 'index($1, mark) && $1 !~ /^(127\.|::1$|f[ef]0)/ {print $2}' <<<"$hosts" | sort -u; }
names4=$(names . | xargs)
names6=$(names : | xargs)
[[ -n $names4 && -n $names6 ]] || fail "/etc/hosts lacks a family: $hosts"

# shellcheck disable=SC2016 # the node's shell expands these
reach='fping -4 -u -r 0 -t 10000 -i 1 $1 2>&1 | sed "s/^/no IPv4 answer from /"
       fping -6 -u -r 0 -t 10000 -i 1 $2 2>&1 | sed "s/^/no IPv6 answer from /"'
for node in "${nodes[@]}"; do
    if [[ " $names4 $names6 " == *" $node "* ]]; then
        silent=$("$netlab" exec --lab "$lab" "$node" -- sh -c "$reach" ping "$names4" "$names6")
        [[ -z $silent ]] || fail "$node: $silent"
    fi
done

"$netlab" down "$lab"
if runs; then
    fail "$lab still runs after down"
fi
[[ ! -e $runtime/netlab/$lab ]] || fail "$runtime/netlab/$lab is left: $(ls -la "$runtime/netlab/$lab")"
if pgrep -f -- "$lab" | grep -vx $$; then
    fail "processes of $lab are left"
fi
echo "$lab: ${#nodes[@]} nodes, all reached"
