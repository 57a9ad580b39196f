#!/usr/bin/env python3
"""How long a scenario of ten steps that do nothing takes on a lab of ten nodes, up and down included, and how late steps begin.

Usage: tests/bench/scenario.py [--netlab PATH] [--repeat K] [--json FILE]

The first figure is the wall time of `netlab test`, aim 300 ms. The second is of a scenario whose steps have times of their own (a link
changed and changed back, a partition made and healed, a command, each 50 ms): the difference between when a step was due and when it
began, as the record says, aim 5 ms. Nothing here is a test: figures depend on the machine and are never asserted. Nothing is left running.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

LAB = {"name": "bench-scenario", "nodes": {"n[1-10]": {}, "sw": {"kind": "switch"}}, "links": [["n[1-10]", "sw"]]}
IDLE = {"topology": "lab.json", "seed": 1, "steps": [{"exec": {"node": f"n{i}", "command": ["true"]}} for i in range(1, 11)]}
ROUND = [
    {"link": {"set": "n1-sw", "delay": "1ms", "for": "60ms"}},
    {"at": "+50ms", "partition": {"sides": ["n[1-5]", "n[6-10]"], "for": "40ms"}},
    {"at": "+50ms", "exec": {"node": "n3", "command": ["true"]}},
]
TIMED = {"topology": "lab.json", "seed": 1, "steps": [{"repeat": {"times": 20, "every": "200ms", "steps": ROUND}}]}


def run(netlab, folder, scenario):
    begin = time.monotonic()
    subprocess.run([netlab, "test", f"{scenario}.json", "--output", f"out-{scenario}"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, timeout=120)
    return time.monotonic() - begin


def lateness(folder):
    """Of steps with a time of their own and of ends of faults, in seconds."""
    lines = (folder / "out-timed" / "events.jsonl").read_text().splitlines()
    steps = [event for event in map(json.loads, lines) if event["event"] == "step"]
    return [event["at"] - event["due"] for event in steps]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--netlab", default=ROOT / "build/release/src/netlab", type=pathlib.Path)
    parser.add_argument("--repeat", default=20, type=int)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    netlab = options.netlab.resolve()
    with tempfile.TemporaryDirectory(prefix="netlab-bench-") as name:
        folder = pathlib.Path(name)
        for file, content in (("lab", LAB), ("idle", IDLE), ("timed", TIMED)):
            (folder / f"{file}.json").write_text(json.dumps(content))
        run(netlab, folder, "idle")  # what is read for the first time
        idle = [run(netlab, folder, "idle") for _ in range(options.repeat)]
        run(netlab, folder, "timed")
        late = sorted(lateness(folder))
    figures = {
        "load": os.getloadavg()[0],
        "idle_seconds": {"median": statistics.median(idle), "least": min(idle), "most": max(idle)},
        "late_seconds": {"steps": len(late), "median": statistics.median(late), "p95": late[len(late) * 95 // 100], "most": late[-1]},
    }
    print(f"ten steps that do nothing, ten nodes: {statistics.median(idle) * 1e3:.0f} ms "
          f"(from {min(idle) * 1e3:.0f} to {max(idle) * 1e3:.0f} ms, {options.repeat} runs; aim 300 ms)")
    print(f"how late {len(late)} steps began: median {statistics.median(late) * 1e3:.2f} ms, "
          f"95 % within {late[len(late) * 95 // 100] * 1e3:.2f} ms, at most {late[-1] * 1e3:.2f} ms (aim 5 ms)")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
