#!/usr/bin/env python3
"""Measures netlab's own wire with iperf3 and ping, beside a veth pair in the same run.

Usage: tests/bench/wire_bench.py [--program PATH] [--seconds N] [--only WORD...]

Needs iperf3, ping and the program bench_wire (cmake -DNETLAB_BENCH=ON). Makes its own network
namespaces (an ordinary user's in a user namespace). Prints a Markdown table with the goal of each figure (issue 3). Nothing here
is a test: run it on a machine that does nothing else.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

from captures import TCPDUMP, one_way_delays

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
INSIDE = "NETLAB_BENCH_INSIDE"


def sh(command, check=True):
    done = subprocess.run(command, shell=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if check and done.returncode != 0:
        sys.exit(f"{command}\n{done.stdout}")
    return done.stdout


class Node:
    """A network namespace, as long as the process in it lives."""

    def __init__(self):
        self.process = subprocess.Popen(["unshare", "-n", "sleep", "infinity"])
        self.pid = self.process.pid
        own = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.pid}/ns/net") == own:
            time.sleep(0.01)
        self.sh("ip link set lo up")

    def sh(self, command, check=True):
        return sh(self.enter(command), check)

    def enter(self, command):
        return f"nsenter --net=/proc/{self.pid}/ns/net {command}"

    def spawn(self, command):
        return subprocess.Popen(self.enter(command).split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def two_nodes():
    nodes = (Node(), Node())
    try:
        yield nodes
    finally:
        for node in nodes:
            node.close()


def give_addresses(nodes, device, subnet):
    for number, node in enumerate(nodes, 1):
        node.sh(f"ip address add 10.0.{subnet}.{number}/24 dev {device}")
        node.sh(f"ip link set {device} up")


@contextlib.contextmanager
def veth():
    with two_nodes() as nodes:
        nodes[0].sh(f"ip link add veth0 type veth peer name veth0 netns {nodes[1].pid}")
        give_addresses(nodes, "veth0", 0)
        yield nodes


@contextlib.contextmanager
def wires(program, count=1, *properties):
    """The nodes and the pid of the process of the wires."""
    with two_nodes() as nodes:
        argv = [program, "ends", *(str(node.pid) for node in nodes), str(count), *properties]
        process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        pid = int(process.stdout.readline())
        for i in range(count):
            give_addresses(nodes, f"wire{i}", i)
        try:
            yield nodes, pid
        finally:
            process.stdin.close()
            process.wait()


class Starved(Exception):
    """iperf3 gave no figures."""


def try_iperf(nodes, options, address):
    """The figures, or None and what it says instead."""
    server = nodes[1].spawn("iperf3 -s -1")
    time.sleep(0.5)
    try:
        argv = nodes[0].enter(f"iperf3 -J -c {address} {options}").split()
        text = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        result = json.loads(text)
        return result["end"].get("sum_received"), result.get("error", "no figures")
    except (json.JSONDecodeError, KeyError):
        return None, "nothing that can be read"
    finally:
        server.terminate()
        server.wait()


def iperf(nodes, options, address="10.0.0.2"):
    """What arrived, in bit/s. A run that got too little of the processor has no figures; then there is another."""
    for _ in range(2):
        received, complaint = try_iperf(nodes, options, address)
        if received:
            return received["bits_per_second"]
        print(f"wire_bench: iperf3 {options}: {complaint}", file=sys.stderr)
    raise Starved(f"iperf3 {options} gave no figures, twice: is the machine too busy?")


def tcp(nodes, seconds):
    """Goodput in bit/s."""
    return iperf(nodes, f"-t {seconds} -O 1")


def udp(nodes, seconds, bits):
    """What arrives of `bits` bit/s in full frames, in bit/s of payload."""
    return iperf(nodes, f"-u -l 1472 -b {bits:.0f} -t {seconds} -O 1")


def counted(node, device, counter):
    """A counter of the kernel's: rx_packets, tx_packets."""
    command = f"mount -t sysfs sysfs /sys && cat /sys/class/net/{device}/statistics/{counter}"
    return int(sh(node.enter(f"unshare -m sh -c '{command}'")))


def small_packets(nodes, device, program, seconds):
    """UDP packets of 64 bytes that arrive in a second: the receiving interface counts them."""
    before = counted(nodes[1], device, "rx_packets")
    start = time.monotonic()
    nodes[0].sh(f"{program} flood 10.0.0.2 {seconds}")
    return (counted(nodes[1], device, "rx_packets") - before) / (time.monotonic() - start)


def round_trips(node, address, count=100, interval=0.02):
    node.sh(f"ping -n -q -c 1 -W 5 {address}", check=False)  # whose MAC address is then known
    text = node.sh(f"ping -n -c {count} -i {interval} {address}", check=False)
    return [float(ms) for ms in re.findall(r"time=([\d.]+)", text)]


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """What the process has for itself, in KiB."""
    own = re.search(r"Private_Dirty:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text())
    return int(own[1])


def kernel_memory():
    """What the kernel has in use and cannot give back, in KiB."""
    with contextlib.suppress(PermissionError):
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")
    text = pathlib.Path("/proc/meminfo").read_text()
    return sum(int(re.search(rf"^{key}:\s+(\d+)", text, re.M)[1]) for key in ("SUnreclaim", "Percpu", "KernelStack"))


def measure_throughput(options, row):
    rates = {"veth": [], "wire": []}
    for _ in range(3):
        with veth() as nodes:
            rates["veth"].append(tcp(nodes, options.seconds))
        with wires(options.program) as (nodes, _):
            rates["wire"].append(tcp(nodes, options.seconds))
    pair, wire = (statistics.median(rates[name]) for name in ("veth", "wire"))
    row("TCP over a wire without properties", f"{wire / 1e9:.1f} Gbit/s, {wire / pair:.2f} of veth", ">= 0.60 of veth",
        f"veth {pair / 1e9:.1f} Gbit/s, medians of 3")


def measure_packets(options, row):
    with veth() as nodes:
        pair = small_packets(nodes, "veth0", options.program, options.seconds)
    for properties in ([], ["delay=20ms"], ["loss=0.1%", "delay=20ms"]):
        with wires(options.program, 1, *properties) as (nodes, pid):
            before = cpu_seconds(pid)
            wire = small_packets(nodes, "wire0", options.program, options.seconds)
            used = cpu_seconds(pid) - before
        row(f"UDP packets of 64 bytes, {' '.join(properties) or 'perfect'}", f"{wire / 1e3:.0f} k/s", ">= 300 k/s",
            f"{used / (wire * options.seconds) * 1e6:.2f} us of CPU each; veth {pair / 1e3:.0f} k/s")


def measure_round_trip(options, row):
    with veth() as nodes:
        pair = statistics.median(round_trips(nodes[0], "10.0.0.2"))
    with wires(options.program) as (nodes, _):
        wire = statistics.median(round_trips(nodes[0], "10.0.0.2"))
    row("round trip without properties", f"{wire:.3f} ms", "", f"veth {pair:.3f} ms")


def one_way(nodes, device, count):
    """The delays that `count` pings meet on their way to the second node, in milliseconds."""
    with tempfile.TemporaryFile() as capture:
        argv = nodes[1].enter(" ".join([*TCPDUMP, "-i", device])).split()
        tcpdump = subprocess.Popen([*argv, "icmp[0] == 8"], stdout=capture, stderr=subprocess.DEVNULL)
        time.sleep(1)
        round_trips(nodes[0], "10.0.0.2", count)
        time.sleep(0.5)
        tcpdump.terminate()
        tcpdump.wait()
        capture.seek(0)
        return list(one_way_delays(capture.read()))[1:]  # the first asks for a MAC address


def in_words(errors):
    ordered = sorted(errors)
    return f"median {statistics.median(ordered):.3f} ms, p99 {ordered[int(len(ordered) * 0.99) - 1]:.3f} ms"


def measure_delay(options, row):
    if pathlib.Path("/proc/self/uid_map").read_text().split()[2] == "1":
        row("error of a delay", "", "", "only as root: tcpdump sets groups, which one id alone may not")
        return
    with veth() as nodes:
        row("one way over a veth pair", in_words(one_way(nodes, "veth0", 200)), "", "from ping's clock to tcpdump's")
    with wires(options.program) as (nodes, _):
        row("one way without properties", in_words(one_way(nodes, "wire0", 200)), "", "")
    for delay in (1, 5, 20, 100, 500):
        with wires(options.program, 1, f"delay={delay}ms") as (nodes, pid):
            before = cpu_seconds(pid)
            errors = [ms - delay for ms in one_way(nodes, "wire0", 60 if delay == 500 else 200)]
            used = cpu_seconds(pid) - before
        row(f"error of a delay of {delay} ms", in_words(errors), "< 0.2 ms, < 1 ms", f"{used:.2f} s of CPU")


def measure_rate(options, row):
    for mbit in (1, 10, 100, 1000):
        with wires(options.program, 1, f"rate={mbit}mbit") as (nodes, _):
            tcp_rate = tcp(nodes, max(options.seconds, 10 // mbit))
            udp_rate = udp(nodes, options.seconds, mbit * 1.2e6)
        tcp_share = tcp_rate / (mbit * 1e6 * 1448 / 1514)
        udp_share = udp_rate / (mbit * 1e6 * 1472 / 1514)
        row(f"TCP at {mbit} mbit", f"{tcp_rate / 1e6:.2f} Mbit/s, {tcp_share:.3f} of what is possible", "0.97 to 1.03", "")
        row(f"UDP of {mbit * 1.2:g} mbit at {mbit} mbit", f"{udp_rate / 1e6:.2f} Mbit/s, {udp_share:.3f} of what is possible",
            "0.97 to 1.03", "")


def measure_loss(options, row):
    for percent in (0.1, 1, 5, 20):
        with wires(options.program, 1, f"loss={percent}%") as (nodes, _):
            nodes[0].sh("ping -n -q -c 3 -i 0.3 10.0.0.2", check=False)  # whose address is then known
            nodes[0].sh(f"{options.program} flood 10.0.0.2 1")
            time.sleep(0.5)  # nothing is to be between the two counters
            sent = counted(nodes[0], "wire0", "tx_packets")
            lost = sent - counted(nodes[1], "wire0", "rx_packets")
        interval = 2.576 * (percent / 100 * (1 - percent / 100) / sent) ** 0.5 * 100
        row(f"loss of {percent} %", f"{100 * lost / sent:.3f} %", f"{percent} % +- {interval:.3f}",
            f"{sent} packets; the interval of 99 %")


def measure_bursts(options, row):
    """Which echo requests are not answered, the way back being perfect."""
    count = 15_000
    with wires(options.program, 1, "one-way", "loss=p=5%,r=25%") as (nodes, _):
        text = nodes[0].sh(f"ping -n -i 0.001 -W 1 -c {count} 10.0.0.2", check=False)
    arrived = sorted({int(number) for number in re.findall(r"icmp_seq=(\d+) ", text)})
    bursts = [later - earlier - 1 for earlier, later in zip(arrived, arrived[1:]) if later > earlier + 1]
    row("bursts of loss, p=5%, r=25%", f"{statistics.mean(bursts):.2f} packets in the mean", "4 +- 10 %",
        f"{len(bursts)} bursts; {100 * sum(bursts) / count:.1f} % lost of {count}, to be 16.7 %")


def measure_queue(options, row):
    """The last place in the queue waits for 49 full frames and what is left of the one being sent."""
    with wires(options.program, 1, "rate=10mbit", "queue=50") as (nodes, _):
        empty = statistics.median(round_trips(nodes[0], "10.0.0.2", 50))
        server = nodes[1].spawn("iperf3 -s -1")
        time.sleep(0.5)
        client = nodes[0].spawn("iperf3 -u -l 1472 -b 40M --pacing-timer 200 -t 30 -c 10.0.0.2")
        time.sleep(1)
        times = sorted(round_trips(nodes[0], "10.0.0.2", 1000, 0.01))
        for process in (client, server):
            process.terminate()
            process.wait()
    beyond = [ms - empty for ms in times]
    row("wait in a full queue of 50 before 10 mbit", f"median {statistics.median(beyond):.2f} ms, "
        f"p99 {beyond[int(len(beyond) * 0.99)]:.2f} ms", "59.35 to 60.56 ms", f"what ping has beyond {empty:.2f} ms on the empty line")


def measure_many(options, row):
    with wires(options.program, 200, "delay=20ms") as (nodes, pid):
        before = cpu_seconds(pid)
        # One process: two hundred that start at once would have each other's start in their times. Its first round finds addresses.
        targets = " ".join(f"10.0.{i}.2" for i in range(200))
        text = nodes[0].sh(f"fping -q -C 51 -p 100 -i 0.4 {targets}", check=False)
        times = [float(ms) for line in text.splitlines() if " : " in line
                 for ms in line.split(" : ")[1].split()[1:] if ms != "-"]
        used = cpu_seconds(pid) - before
    errors = sorted((ms - 40) / 2 for ms in times)
    row("200 wires of 20 ms, 10 pings a second on each", f"median {statistics.median(errors):.3f} ms, "
        f"p99 {errors[int(len(errors) * 0.99)]:.3f} ms", "< 0.2 ms, < 1 ms", f"{used:.2f} s of CPU in 5 s, {len(times)} pings")


def veth_memory(count):
    """What `count` veth pairs cost the kernel, in KiB."""
    with two_nodes() as nodes:
        base = kernel_memory()
        for i in range(count):
            nodes[0].sh(f"ip link add wire{i} type veth peer name wire{i} netns {nodes[1].pid}")
            give_addresses(nodes, f"wire{i}", i)
        return kernel_memory() - base


def measure_idle(options, row):
    count = 200
    pairs = veth_memory(count)
    with wires(options.program, 1) as (_, pid):
        first = memory(pid)
        base = kernel_memory()
        with wires(options.program, count) as (_, many):
            time.sleep(5)
            before = cpu_seconds(many)
            time.sleep(5)
            used = cpu_seconds(many) - before
            own = (memory(many) - first) / count
            kernel = (kernel_memory() - base - pairs) / count
    row("idle wire", f"{own:.1f} KiB of the process, {kernel:.0f} KiB of the kernel beyond a veth pair", "< 64 KiB",
        "Private_Dirty; SUnreclaim, Percpu and KernelStack of the whole machine")
    row("idle wires' CPU", f"{used:.2f} s in 5 s", "0", f"{count} wires")


MEASURES = {name[len("measure_"):]: f for name, f in list(globals().items()) if name.startswith("measure_")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tests/bench/bench_wire")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    options = parser.parse_args()
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "-nm" if os.geteuid() == 0 else "-rnm", "--kill-child", "-p", "-f", "--mount-proc", sys.executable, *sys.argv])

    def row(*cells):
        print("| " + " | ".join(cells) + " |", flush=True)

    row("what", "measured", "goal", "remark")
    row(*["---"] * 4)
    starved = []
    for name in options.only:
        try:
            MEASURES[name](options, row)
        except Starved as reason:
            starved.append(f"wire_bench: {name} is not measured: {reason}")
    if starved:
        sys.exit("\n".join(starved))


if __name__ == "__main__":
    main()
