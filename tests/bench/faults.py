#!/usr/bin/env python3
"""Measures how long it takes to part a lab of N nodes, and to heal it.

Usage: tests/bench/faults.py [--netlab PATH] [--nodes N] [--repeat K]

All nodes are on one switch, where each knows the most others by their MAC address. A figure is the time of the whole command, less that of
`netlab faults` with nothing broken, which does all but the fault; medians. Nothing here is a test: figures depend on the machine and
are never asserted. Nothing is left running.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--netlab", type=pathlib.Path, default=ROOT / "build/release/src/netlab")
    parser.add_argument("--nodes", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=15)
    return parser.parse_args()


class Lab:
    def __init__(self, netlab, count, folder):
        self.netlab = netlab
        self.environment = {**os.environ, "NETLAB_STATE_DIR": str(folder / "state")}
        topology = {
            "name": "faults",
            "nodes": {f"n[1-{count}]": {}, "sw": {"kind": "switch"}},
            "links": [[f"n[1-{count}]", "sw"]],
        }
        file = folder / "faults.json"
        file.write_text(json.dumps(topology))
        (folder / "state").mkdir(mode=0o700)
        self.run("up", file)

    def run(self, *words):
        begin = time.perf_counter()
        subprocess.run([self.netlab, *words], check=True, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return (time.perf_counter() - begin) * 1000


def measure(lab, repeat, words):
    parted, healed, idle = [], [], []
    for _ in range(repeat):
        idle.append(lab.run("faults"))
        parted.append(lab.run("partition", *words))
        healed.append(lab.run("heal", "--all"))
    base = statistics.median(idle)
    return [statistics.median(figures) - base for figures in (parted, healed)]


def main():
    options = parse_arguments()
    half = options.nodes // 2
    kinds = {
        "two halves": [f"n[1-{half}]", f"n[{half + 1}-{options.nodes}]"],
        "one way": ["--one-way", f"n[1-{half}]", f"n[{half + 1}-{options.nodes}]"],
        "halves by a seed": ["--shape", "halves", "--seed", "1"],
        "majority-ring by a seed": ["--shape", "majority-ring", "--seed", "1"],
        "isolate:n1": ["--shape", "isolate:n1"],
    }
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(options.netlab, options.nodes, pathlib.Path(folder))
        try:
            print(f"{options.nodes} nodes on one switch, {options.repeat} times, load {os.getloadavg()[0]:.1f}\n")
            print("| partition | part | heal |\n|---|---:|---:|")
            for name, words in kinds.items():
                part, heal = measure(lab, options.repeat, words)
                print(f"| {name} | {part:.1f} ms | {heal:.1f} ms |")
            lab.run("partition", *kinds["two halves"])
        finally:
            print(f"\ndown, parted in two halves: {lab.run('down'):.0f} ms")


if __name__ == "__main__":
    main()
