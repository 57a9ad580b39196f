# A network that has nothing of the host's but its file system: "the host" of netlab, and an outside that it reaches. Sourced by
# the script of tests/lab/way_out_test.cpp, which runs in new user, network, mount and PID namespaces. It wants $1, what the
# host's ip_forward is to be, $2, a directory to write to, $NETLAB and $FILE.
# shellcheck shell=bash
set -euo pipefail
PATH=/usr/bin:/usr/sbin:/bin:/sbin
forward=$1 scratch=$2

ip link set lo up
unshare --net sleep 600 &
outside=$!
while test "$(readlink /proc/$outside/ns/net)" = "$(readlink /proc/self/ns/net)"; do sleep 0.02; done
there() { nsenter -t $outside -n "$@"; }
ip link add eth0 type veth peer name eth0 netns $outside
there ip link set lo up
there ip addr add 203.0.113.1/24 dev eth0
there ip addr add 2001:db8:1::1/64 dev eth0 nodad
there ip link set eth0 up
ip addr add 203.0.113.2/24 dev eth0
ip addr add 2001:db8:1::2/64 dev eth0 nodad
ip link set eth0 up
echo "$forward" >/proc/sys/net/ipv4/ip_forward
echo "$forward" >/proc/sys/net/ipv6/conf/all/forwarding
# Of whoever may send echo requests without a raw socket; only ids that are mapped here.
echo "0 0" >/proc/sys/net/ipv4/ping_group_range
ip route add default via 203.0.113.1
ip -6 route add default via 2001:db8:1::1

mkdir "$scratch/pages"
echo "this is the outside" >"$scratch/pages/index.html"
echo "nameserver 203.0.113.1" >"$scratch/resolv.conf"
mount --bind "$scratch/resolv.conf" "$(readlink -f /etc/resolv.conf)"
there python3 -m http.server --directory "$scratch/pages" --bind :: 80 >/dev/null 2>&1 &
there dnsmasq --no-daemon --no-resolv --no-hosts --conf-file=/dev/null \
    --address=/outside.test/203.0.113.1 --listen-address=203.0.113.1 --bind-interfaces 2>"$scratch/dnsmasq" &
# until_done COMMAND...: again until it succeeds, for ten seconds.
until_done() {
    local deadline=$((SECONDS + 10))
    until "$@"; do
        if ((SECONDS > deadline)); then
            echo "in vain: $*" >&2
            return 1
        fi
        sleep 0.05
    done
}
until_done python3 -c 'import urllib.request as r; r.urlopen("http://outside.test/")' 2>"$scratch/visit" || {
    tail -n 1 "$scratch/visit" "$scratch/dnsmasq" >&2
    exit 1
}
state() {
    ip -o link | cut -d: -f2
    nft list ruleset
}
before=$(state)

# fetch NODE URL: what a node sees there.
fetch() {
    "$NETLAB" exec "$1" -- python3 -c "import urllib.request as r; print(r.urlopen('$2', timeout=20).read().decode(), end='')"
}

# Says whether the network is as it was, and slirp4netns gone.
left() {
    local now
    for _ in {1..100}; do
        now=$(state)
        if [[ $now == "$before" ]] && ! grep -qsE "^(slirp4netns|netlab: )" /proc/[0-9]*/cmdline; then
            echo "nothing is left"
            return
        fi
        sleep 0.1
    done
    echo "left: $now"
    grep -ls '^slirp4netns' /proc/[0-9]*/cmdline
}
