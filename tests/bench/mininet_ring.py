#!/usr/bin/python3
"""The ring of N hosts in Mininet: hosts joined directly, no switches, no controller. Root only.

Usage: mininet_ring.py N. Prints "up" when the ring is up, takes it down when stdin closes.
"""

import sys

from mininet.log import setLogLevel
from mininet.net import Mininet


def build(count):
    net = Mininet(controller=None, autoSetMacs=False, waitConnected=False)
    hosts = [net.addHost(f"h{i}", ip=None) for i in range(1, count + 1)]
    for i, host in enumerate(hosts, start=1):
        peer = hosts[i % count]
        net.addLink(
            host,
            peer,
            intfName1=f"h{i}-eth1",
            intfName2=f"{peer.name}-eth0",
            params1={"ip": f"10.{i >> 8}.{i & 255}.1/24"},
            params2={"ip": f"10.{i >> 8}.{i & 255}.2/24"},
        )
    return net


def main():
    setLogLevel("warning")
    net = build(int(sys.argv[1]))
    net.start()
    print("up", flush=True)
    sys.stdin.read()
    net.stop()


if __name__ == "__main__":
    main()
