#!/usr/bin/env python3
"""Compares TCP through a switch node and through two routers with the same bridge and routes set up by hand with ip.

Usage: tests/bench/throughput.py [--netlab PATH] [--seconds N] [--repeat K]

Needs iperf3, ip, unshare and nsenter, and root for what is set up by hand. Both take turns, figures are medians. Nothing here is a
test: figures depend on the machine and are never asserted. Nothing is left running.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
IPV4_ONLY = {"addressing": {"ipv6": None}}
SWITCH = {**IPV4_ONLY, "nodes": {"h[1-2]": {}, "sw": {"kind": "switch"}}, "links": [["h1", "sw"], ["h2", "sw"]]}
ROUTERS = {**IPV4_ONLY, "nodes": {"h[1-2]": {}, "r[1-2]": {"kind": "router"}}, "links": [["h1", "r1"], ["r1", "r2"], ["r2", "h2"]]}


def run(command, **options):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


class Lab:
    """A lab of netlab's."""

    def __init__(self, program, topology, folder):
        self.program = str(program)
        self.env = {**os.environ, "NETLAB_STATE_DIR": f"{folder}/state"}
        file = pathlib.Path(folder, "lab.json")
        file.write_text(json.dumps(topology))
        run([self.program, "up", file], env=self.env)
        nodes = json.loads(run([self.program, "inspect", "--json"], env=self.env))["nodes"]
        h2 = next(node for node in nodes if node["name"] == "h2")
        eth0 = next(interface for interface in h2["interfaces"] if interface["name"] == "eth0")
        self.address = next(a for a in eth0["addresses"] if "." in a).split("/")[0]

    def enter(self, node):
        return [self.program, "exec", node, "--"]

    def close(self):
        run([self.program, "down"], env=self.env)


class ByHand:
    """The same by ip in network namespaces, each as long as a process in it lives."""

    env = None

    def __init__(self, names):
        self.nodes = {name: subprocess.Popen(["unshare", "-n", "sleep", "infinity"]) for name in names}
        own = os.readlink("/proc/self/ns/net")
        for node in self.nodes.values():
            while os.readlink(f"/proc/{node.pid}/ns/net") == own:
                time.sleep(0.01)
        for name in names:
            self.set_buffers(name)

    def set_buffers(self, node):
        """Linux's own sizes, which netlab's nodes have, whatever the host was tuned to (docs/kernel-notes.md)."""
        for name, value in (("tcp_rmem", "4096 131072 6291456"), ("tcp_wmem", "4096 16384 4194304")):
            run([*self.enter(node), "sh", "-c", f"echo {value} >/proc/sys/net/ipv4/{name}"])

    def enter(self, node):
        return ["nsenter", f"--net=/proc/{self.nodes[node].pid}/ns/net"]

    def ip(self, node, words):
        run([*self.enter(node), "ip", *words.split()])

    def join(self, a, name_a, b, name_b):
        self.ip(a, f"link add {name_a} type veth peer name {name_b} netns {self.nodes[b].pid}")
        self.ip(a, f"link set {name_a} up")
        self.ip(b, f"link set {name_b} up")

    def close(self):
        for node in self.nodes.values():
            node.kill()
            node.wait()


class SwitchByHand(ByHand):
    address = "10.9.0.2"

    def __init__(self):
        super().__init__(["h1", "h2", "sw"])
        self.ip("sw", "link add br0 type bridge")
        self.ip("sw", "link set br0 up")
        for number in (1, 2):
            self.join(f"h{number}", "eth0", "sw", f"eth{number}")
            self.ip("sw", f"link set eth{number} master br0")
            self.ip(f"h{number}", f"address add 10.9.0.{number}/24 dev eth0")
        time.sleep(1)


class RoutersByHand(ByHand):
    address = "10.9.3.2"

    def __init__(self):
        super().__init__(["h1", "r1", "r2", "h2"])
        for subnet, (a, name_a, b, name_b) in enumerate((("h1", "eth0", "r1", "eth0"), ("r1", "eth1", "r2", "eth0"),
                                                         ("r2", "eth1", "h2", "eth0")), 1):
            self.join(a, name_a, b, name_b)
            self.ip(a, f"address add 10.9.{subnet}.1/24 dev {name_a}")
            self.ip(b, f"address add 10.9.{subnet}.2/24 dev {name_b}")
        for router in ("r1", "r2"):
            run([*self.enter(router), "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"])
        self.ip("h1", "route add default via 10.9.1.2")
        self.ip("r1", "route add 10.9.3.0/24 via 10.9.2.2")
        self.ip("r2", "route add 10.9.1.0/24 via 10.9.2.1")
        self.ip("h2", "route add default via 10.9.3.1")


def goodput(setup, seconds):
    """TCP from h1 to h2, in bit/s."""
    server = subprocess.Popen([*setup.enter("h2"), "iperf3", "-s", "-1"], env=setup.env, stdout=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        text = run([*setup.enter("h1"), "iperf3", "-J", "-O", "1", "-t", str(seconds), "-c", setup.address], env=setup.env)
    finally:
        server.terminate()
        server.wait()
    return json.loads(text)["end"]["sum_received"]["bits_per_second"]


def compare(options, topology, by_hand):
    figures = {"netlab": [], "by hand": []}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        setups = {"netlab": Lab(options.netlab, topology, folder), "by hand": by_hand()}
        for setup in setups.values():
            stack.callback(setup.close)
        for _ in range(options.repeat):
            for name, setup in setups.items():
                figures[name].append(goodput(setup, options.seconds))
    return statistics.median(figures["netlab"]), statistics.median(figures["by hand"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--netlab", type=pathlib.Path, default=ROOT / "build/release/src/netlab")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print("| TCP through | netlab | by hand | ratio | goal |\n|---|---:|---:|---:|---:|")
    for name, topology, by_hand in (("a switch", SWITCH, SwitchByHand), ("two routers", ROUTERS, RoutersByHand)):
        lab, hand = compare(options, topology, by_hand)
        print(f"| {name} | {lab / 1e9:.1f} Gbit/s | {hand / 1e9:.1f} Gbit/s | {lab / hand:.2f} | >= 0.95 |", flush=True)


if __name__ == "__main__":
    main()
