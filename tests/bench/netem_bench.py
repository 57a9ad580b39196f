#!/usr/bin/env python3
"""Measures links of the kernel engine (netem) with ping, iperf3 and tcpdump, in a lab of two hosts.

Usage: tests/bench/netem_bench.py [--program PATH] [--packets N] [--seconds N] [--only WORD...]

Where this machine's kernel has no netem: scripts/second-kernel --time 3000 tests/bench/netem_bench.py. Needs ping,
iperf3 and tcpdump. Prints a Markdown table with the goal of each figure (issue 3). Nothing here is a test: run it on a
machine that does nothing else.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import time

from captures import TCPDUMP, frames_of, one_way_delays

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FRAME = 1514  # of a full packet, as the rate counts it
TCP_PAYLOAD = 1448  # of it, with time stamps
UDP_PAYLOAD = 1472


class Lab:
    """h1:eth0 --- eth0:h2, by the kernel engine, perfect until it is told otherwise."""

    def __init__(self, program, folder):
        self.program = str(program)
        self.env = {**os.environ, "NETLAB_STATE_DIR": f"{folder}/state"}
        self.folder = folder
        file = pathlib.Path(folder, "pair.json")
        file.write_text(json.dumps({
            "addressing": {"ipv6": None},
            "nodes": {"h[1-2]": {"sysctls": {"net.ipv6.conf.all.disable_ipv6": 1}}},
            "links": [{"endpoints": ["h1", "h2"], "engine": "kernel", "delay": "0ms"}]}))
        self.netlab("up", file)
        for node, other in (("h1", "h2"), ("h2", "h1")):
            mac = self.sh(other, "cat /sys/class/net/eth0/address").strip()
            self.sh(node, f"ip neigh replace {self.address(other)} lladdr {mac} dev eth0 nud permanent")

    @staticmethod
    def address(node):
        return f"10.0.1.{node[1:]}"

    def netlab(self, *words, check=True):
        done = subprocess.run([self.program, *map(str, words)], env=self.env, text=True, capture_output=True)
        if check and done.returncode != 0:
            sys.exit(f"netlab {' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
        return done.stdout

    def sh(self, node, script, check=True):
        return self.netlab("exec", node, "--", "sh", "-c", script, check=check)

    @contextlib.contextmanager
    def beside(self, node, *command, output=subprocess.DEVNULL):
        process = subprocess.Popen([self.program, "exec", node, "--", *command], env=self.env, stdout=output,
                                   stderr=subprocess.DEVNULL)
        time.sleep(2)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    def shape(self, target, **properties):
        """These properties and no others."""
        self.netlab("link", "clear", "all")
        if not properties:
            return
        self.netlab("link", "set", target, *(word for key, value in properties.items() for word in (f"--{key}", value)))
        shaped = json.loads(self.netlab("link", "ls", "--json"))[0]
        if shaped["engine"] != "kernel":
            sys.exit(f"this link is carried by {shaped['engine']}, not by the kernel")

    def iperf(self, options):
        with self.beside("h2", "iperf3", "-s", "-1"):
            return json.loads(self.sh("h1", f"iperf3 -J -c {self.address('h2')} {options}"))["end"]

    def captured(self, expression, *command):
        """What tcpdump sees at h2 while `command` runs in h1: pairs of a time in ns and a frame."""
        capture = pathlib.Path(self.folder, "capture")
        with capture.open("wb") as output:
            with self.beside("h2", *TCPDUMP, "-i", "eth0", expression, output=output):
                self.netlab("exec", "h1", "--", *command)
                time.sleep(2)
        return capture.read_bytes()

    def one_way(self, count, payload=56):
        """The delays that `count` pings meet, in milliseconds: each carries when it was sent, by tcpdump's clock."""
        return list(one_way_delays(self.captured("icmp[0] == 8", "ping", "-q", "-c", count, "-i", "0.02", "-s", payload,
                                                 self.address("h2"))))

    def flood(self, count):
        """The numbers of the frames that came, of `count` that went."""
        frames = frames_of(self.captured("ether proto 0x88b5", sys.executable, "-c", FLOOD, count, 60, 0))
        return [struct.unpack_from(">I", frame, 14)[0] for _, frame in frames]


# Numbered frames of a size, so many, without an answer: one system call for each, where ping -f has eight. After one that
# finds no room it rests for some microseconds.
FLOOD = """
import socket, sys, time
count, size, rest = map(int, sys.argv[1:])
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 212992) # by itself it holds 49 full frames
sender.bind(("eth0", 0))
header = bytes.fromhex("ffffffffffff02000000000188b5")
number = 0
while number < count:
    try:
        sender.send(header + (number + 1).to_bytes(4, "big") + bytes(size - 18))
        number += 1
    except OSError: # the queue is full
        time.sleep(rest / 1e6)
"""


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def lateness_of_sleep(milliseconds, count=200):
    """By how many milliseconds a process of this kernel wakes too late: no packet can be expected to be more exact."""
    late = []
    for _ in range(count):
        start = time.monotonic_ns()
        time.sleep(milliseconds / 1e3)
        late.append((time.monotonic_ns() - start) / 1e6 - milliseconds)
    return late


def in_words(milliseconds):
    return f"median {statistics.median(milliseconds):.3f} ms, p99 {percentile(milliseconds, 0.99):.3f} ms"


def measure_delay(lab, options, row):
    lab.shape("all")
    perfect = lab.one_way(300)
    row("one way without properties", in_words(perfect), "", f"from ping's clock to tcpdump's; least {min(perfect):.3f} ms")
    row("a process that sleeps 20 ms is late by", in_words(lateness_of_sleep(20)), "", "what a timer is here")
    for delay in (1, 5, 20, 100, 500):
        lab.shape("h1:eth0", delay=f"{delay}ms")
        errors = [ms - delay for ms in lab.one_way(300)]
        beyond = statistics.median(errors) - statistics.median(perfect)
        row(f"error of a delay of {delay} ms, one way", in_words(errors), "< 0.1 ms, < 1 ms",
            f"median {beyond:.3f} ms more than without properties; least {min(errors):.3f} ms")


def measure_rate(lab, options, row):
    lab.shape("all")
    free = lab.iperf(f"-t {options.seconds} -O 1")["sum_received"]["bits_per_second"]
    row("TCP without properties", f"{free / 1e6:.0f} Mbit/s", "", "what this machine carries")
    for mbit in (1, 10, 100, 1000):
        lab.shape("all", rate=f"{mbit}mbit", queue="200")
        rate = lab.iperf(f"-t {options.seconds} -O 3")["sum_received"]["bits_per_second"]
        share = rate / (mbit * 1e6 * TCP_PAYLOAD / FRAME)
        row(f"TCP at {mbit} mbit", f"{rate / 1e6:.3f} Mbit/s, {share:.3f} of what is possible", "0.97 to 1.03", "queue 200")
    for mbit in (1, 10, 100):
        lab.shape("all", rate=f"{mbit}mbit", queue="100")
        end = lab.iperf(f"-u -l {UDP_PAYLOAD} -b 0 -t {options.seconds}")
        # What the receiver got, in the time from its first to its last: the queue empties after the sender's end.
        received = end["sum_received"] if "sum_received" in end else end["sum"]
        sent = end["sum_sent"]["bits_per_second"] if "sum_sent" in end else 0
        share = received["bits_per_second"] / (mbit * 1e6 * UDP_PAYLOAD / FRAME)
        row(f"UDP at {mbit} mbit, {sent / 1e6:.1f} Mbit/s offered",
            f"{received['bits_per_second'] / 1e6:.3f} Mbit/s, {share:.3f} of what is possible", "1.00",
            "" if sent > mbit * 1e6 else "more cannot be offered here")


def measure_loss(lab, options, row):
    for percent in (0.1, 1, 5, 20):
        lab.shape("h1:eth0", loss=f"{percent}%")
        lost = options.packets - len(lab.flood(options.packets))
        p = percent / 100
        expected, spread = options.packets * p, 2.576 * math.sqrt(options.packets * p * (1 - p))
        row(f"loss of {percent} %, {options.packets} packets", f"{lost} lost ({100 * lost / options.packets:.3f} %)",
            f"{expected - spread:.0f} to {expected + spread:.0f}", "99 % confidence")


def measure_bursts(lab, options, row):
    for p, r in ((1, 25), (1, 10)):
        lab.shape("h1:eth0", loss=f"p={p}%,r={r}%")
        numbers = lab.flood(options.packets)
        bursts = [b - a - 1 for a, b in zip([0, *numbers], numbers) if b > a + 1]
        share = 1 - len(numbers) / options.packets
        row(f"loss in bursts, p={p}%, r={r}%, {options.packets} packets", f"{len(bursts)} bursts of {statistics.mean(bursts):.2f}, "
            f"{100 * share:.2f} % lost", f"{0.9 * 100 / r:.2f} to {1.1 * 100 / r:.2f}", f"1/r = {100 / r:.1f}; p/(p+r) = {100 * p / (p + r):.2f} %")


def measure_queue(lab, options, row):
    """A frame that finds a place has the last one: before it 49 wait and one is being sent. All are full frames."""
    for mbit in (1, 10):
        lab.shape("h1:eth0", rate=f"{mbit}mbit", queue="50")
        frame = FRAME * 8 / mbit / 1e3
        # Every other place is left to pings.
        with lab.beside("h1", sys.executable, "-c", FLOOD, str(10**9), str(FRAME), f"{frame * 500:.0f}"):
            delays = lab.one_way(300, UDP_PAYLOAD)
        row(f"{mbit} mbit with a queue of 50, always full: one way",
            f"median {statistics.median(delays):.2f} ms, most {max(delays):.2f} ms",
            f"{50 * frame:.2f} to {51 * frame:.2f} ms", f"{len(delays)} of 300 pings found room")


MEASURES = {name[len("measure_"):]: f for name, f in list(globals().items()) if name.startswith("measure_")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/src/netlab")
    parser.add_argument("--packets", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    options = parser.parse_args()

    def row(*cells):
        print("| " + " | ".join(cells) + " |", flush=True)

    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        lab = Lab(options.program, folder)
        try:
            row("what", "measured", "goal", "remark")
            row(*["---"] * 4)
            for name in options.only:
                MEASURES[name](lab, options, row)
        finally:
            lab.netlab("down", "--all", check=False)


if __name__ == "__main__":
    main()
