#!/usr/bin/env python3
"""Kills a random process of a lab at a random moment of `up`, `exec`, `link set` or `down`, again and again. After each: nothing
is left, and the next `up` trips over nothing. Exits with 1 at the first thing that is left, that hangs, or that is refused.

Usage: kills.py PROGRAM [--runs N | --seconds S] [--seed N] [-v]
"""

import argparse
import collections
import random
import time

import labs

DURATIONS = {"up": 0.35, "exec": 0.06, "link set": 0.06, "ping": 0.06, "down": 0.12}  # first guesses, then as measured


def words_of(action, workshop):
    return {"up": ["up", str(workshop.file)],
            "exec": ["exec", "all", "--", "true"],
            "link set": ["link", "set", random.choice(["h1-sw", "r-web", "all"]), "--delay", f"{random.randint(1, 9)}ms"],
            "ping": ["ping", "--all", "--timeout", "50ms"],
            "down": ["down", labs.NAME]}[action]


def kind_of(pid, client):
    if pid == client:
        return "command"
    title = labs.command_of(pid)
    if not title.startswith("netlab: "):
        return "program"
    title = title[len("netlab: "):]
    if title.startswith("lab "):
        return "supervisor"
    return "init" if " " not in title else title.partition(" ")[0]


def victim(workshop, client):
    """A process of ours: each kind is as likely as any other."""
    by_kind = collections.defaultdict(list)
    for pid in workshop.processes():
        by_kind[kind_of(pid, client)].append(pid)
    if not by_kind:
        return None, None
    kind = random.choice(sorted(by_kind))
    return kind, random.choice(by_kind[kind])


def fail(text, output=""):
    print(f"FAILED: {text}\n{output}", flush=True)
    return False


def bring_up(workshop):
    code, output = workshop.run("up", str(workshop.file))
    return code == 0 or fail(f"up after the run before ended with {code}", output)


def run_and_kill(workshop, action):
    """Returns what was killed, or None if this run shows something wrong."""
    began = time.monotonic()
    process = workshop.start(*words_of(action, workshop))
    moment = random.uniform(0, DURATIONS[action] * 1.1)
    time.sleep(moment)
    kind, pid = victim(workshop, process.pid)
    if pid is not None:
        labs.kill(pid)
    code, output = labs.finish(process)
    if code is None:
        fail(f"{action} hung after {kind} was killed at {moment:.3f} s", output)
        return None
    if code == 0 and kind != "command":
        DURATIONS[action] = 0.8 * DURATIONS[action] + 0.2 * (time.monotonic() - began)
    if action != "exec" and code not in (0, -9) and not output.strip():  # the command's own code is exec's
        fail(f"{action} ended with {code} and without a word after {kind} was killed")
        return None
    return kind or "nothing"


def take_down(workshop):
    code, output = workshop.run("down", "--all", "--timeout", "0s")
    if code != 0:
        return fail(f"down --all ended with {code}", output)
    left = workshop.left()
    if left:
        return fail("left: " + "; ".join(left))
    folders = sorted(path.name for path in workshop.state.iterdir())
    if workshop.run("ls")[0] != 0:
        return fail("ls does not work afterwards")
    folders = [name for name in folders if (workshop.state / name).exists()]
    return not folders or fail(f"left in the state folder: {folders}")


def one_run(workshop, killed):
    action = random.choice(sorted(DURATIONS))
    if action != "up" and not bring_up(workshop):
        return False
    kind = run_and_kill(workshop, action)
    if kind is None:
        return False
    killed[f"{action}: {kind}"] += 1
    return take_down(workshop) or fail(f"after {kind} was killed during {action}")


def sweep(workshop, options):
    killed = collections.Counter()
    end = time.monotonic() + options.seconds if options.seconds else None
    runs = 0
    while runs < options.runs and (end is None or time.monotonic() < end):
        if not one_run(workshop, killed):
            return False
        runs += 1
        if options.verbose:
            print(runs, dict(killed), flush=True)
    print(f"{runs} runs, nothing left: " + ", ".join(f"{what} {count}" for what, count in sorted(killed.items())))
    return bring_up(workshop) and take_down(workshop)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    random.seed(options.seed)
    workshop = labs.Workshop(options.program)
    try:
        return 0 if sweep(workshop, options) else 1
    finally:
        workshop.close()


if __name__ == "__main__":
    labs.in_own_world()
    labs.run_below_a_reaper(main)
