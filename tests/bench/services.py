#!/usr/bin/env python3
"""Compares a lab of N nodes with a service each with the same processes started in a plain shell loop, side by side.

Usage: tests/bench/services.py [--netlab PATH] [--nodes N] [--repeat K] [--no-links] [--json FILE] [--only KIND...]

The kinds of services: sleep (nothing but a process; ready after netlab's proof of life of 100 ms, in the loop when it was
started), redis (a server in C; ready when its port takes a connection), http (Python's; the same). In the lab every service has the
same port, in the loop each its own. Both take turns, figures are medians of the time until all are ready, with the ratio that counts
("within 2x"). Nothing here is a test: figures depend on the machine and are never asserted. Nothing is left running.
"""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIRST_PORT = 20000
PATIENCE = 120

# What the shell runs, with $PORT; and whether it takes connections.
KINDS = {
    "sleep": ("exec sleep 100000", False),
    "redis": ("exec redis-server --bind 127.0.0.1 --port $PORT --save '' --appendonly no", True),
    "http": ("exec python3 -m http.server --bind 127.0.0.1 $PORT", True),
}


def write_lab(folder, kind, count, linked):
    command, listens = KINDS[kind]
    service = {"name": kind, "command": command, "env": {"PORT": "7000"}, "stop_signal": "SIGKILL"}
    service["ready"] = {"tcp": 7000, "within": f"{PATIENCE}s"} if listens else {"within": f"{PATIENCE}s"}
    links = [[f"h[1-{count - 1}]", f"h[2-{count}]"], [f"h{count}", "h1"]] if linked else []
    lab = {"name": f"bench-{kind}", "routing": "none", "nodes": {f"h[1-{count}]": {"run": [service]}}, "links": links}
    file = folder / f"{kind}.json"
    file.write_text(json.dumps(lab))
    return file


def time_lab(netlab, file, environment):
    begin = time.monotonic()
    subprocess.run([netlab, "up", "--timeout", f"{PATIENCE}s", file], check=True, env=environment, stdout=subprocess.DEVNULL)
    taken = time.monotonic() - begin
    subprocess.run([netlab, "down", f"bench-{file.stem}"], check=True, env=environment, stdout=subprocess.DEVNULL)
    return taken


def wait_for(port, deadline):
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > deadline:
            sys.exit(f"nothing listens on port {port} in the plain loop")
        time.sleep(0.001)


def time_loop(kind, count, folder):
    """One shell starts all, as one would by hand, their output in a file each, as netlab keeps it."""
    command, listens = KINDS[kind]
    loop = (
        f"for i in $(seq {count}); do PORT=$(({FIRST_PORT} + i)) sh -c {shlex.quote(command)} "
        f">{folder}/$i.log 2>&1 </dev/null & done; echo started; wait"
    )
    begin = time.monotonic()
    shell = subprocess.Popen(["sh", "-c", loop], start_new_session=True, stdout=subprocess.PIPE, cwd=folder)
    try:
        shell.stdout.readline()
        for i in range(1, count + 1) if listens else []:
            wait_for(FIRST_PORT + i, begin + PATIENCE)
        return time.monotonic() - begin
    finally:
        os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
        shell.stdout.close()


def measure(options, kind, folder, environment):
    file = write_lab(folder, kind, options.nodes, not options.no_links)
    labs, loops = [], []
    for _ in range(options.repeat):
        loops.append(time_loop(kind, options.nodes, folder))
        labs.append(time_lab(options.netlab, file, environment))
    lab, loop = statistics.median(labs), statistics.median(loops)
    return {"kind": kind, "nodes": options.nodes, "lab_s": lab, "loop_s": loop, "ratio": lab / loop, "labs": labs, "loops": loops}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--netlab", default=ROOT / "build/release/src/netlab", type=pathlib.Path)
    parser.add_argument("--nodes", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--no-links", action="store_true", help="nodes alone, instead of a ring")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--only", nargs="+", choices=KINDS)
    options = parser.parse_args()
    kinds = options.only or [kind for kind in KINDS if kind != "redis" or shutil.which("redis-server")]
    print("| service | nodes | lab ready | plain loop ready | ratio |\n|---|---:|---:|---:|---:|")
    rows = []
    with tempfile.TemporaryDirectory(prefix="netlab-bench.") as name:
        folder = pathlib.Path(name)
        environment = dict(os.environ, NETLAB_STATE_DIR=str(folder / "state"))
        for kind in kinds:
            row = measure(options, kind, folder, environment)
            rows.append(row)
            print(f"| {kind} | {row['nodes']} | {row['lab_s']:.3f} s | {row['loop_s']:.3f} s | {row['ratio']:.2f} |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
