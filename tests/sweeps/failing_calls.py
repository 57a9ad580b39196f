#!/usr/bin/env python3
"""Lets each system call of `netlab up` fail once in turn (strace -e inject), in every process of the lab that makes so many of
that name. After each: a lab that is whole, or an error in words; nothing hangs, nothing crashes, nothing is left.

Of a call that a process makes more than --most times, the first half of that many and a random choice of the others are tried, each
with every error; with --seconds a random choice of all that.

Usage: failing_calls.py PROGRAM [--seconds S] [--seed N] [--call NAME] [--when N] [--error NAME] [-v]
"""

import argparse
import collections
import random
import re
import subprocess
import time

import labs

ERRORS = ["EPERM", "ENOMEM", "EMFILE", "ENOSPC", "EAGAIN"]
# No program can say that these failed, and the kernel does not let them fail like this: the end of a process, the start of one by
# the C library, what gives back what there is.
NEVER_FAIL = {"exit", "exit_group", "rt_sigreturn", "brk", "munmap", "close", "futex", "arch_prctl", "set_tid_address",
              "set_robust_list", "rseq", "restart_syscall", "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "gettid",
              "umask", "alarm", "sched_yield"}
TOPOLOGY = """{ "name": "%s", "nodes": { "h1": { "run": ["sleep 1000"] }, "h2": { "exec": ["true"] }, "sw": { "kind": "switch" } },
  "links": [["h1", "sw"], { "endpoints": ["h2", "sw"], "delay": "1ms", "engine": "user" },
            { "name": "lan", "endpoints": ["h1", "h2", "sw"] }] }""" % labs.NAME


class Sweep:
    def __init__(self, workshop, options):
        self.workshop = workshop
        self.options = options
        self.output = workshop.folder / "output"
        self.trace = workshop.folder / "trace"
        self.failures = []
        self.outcomes = collections.Counter()

    def up(self, *strace):
        """`up` below strace, whose process is nobody's parent, so that it does not keep us when `up` has ended."""
        command = ["strace", "-D", "-f", "-qq", "-o", str(self.trace), *strace, self.workshop.program, "up",
                   str(self.workshop.file)]
        with open(self.output, "w+", encoding="utf-8", errors="replace") as file:
            process = subprocess.Popen(command, env=self.workshop.environment, cwd=self.workshop.folder,
                                       stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
            try:
                code = process.wait(labs.PATIENCE)
            except subprocess.TimeoutExpired:
                code = None
        return code, self.output.read_text(encoding="utf-8", errors="replace")

    def down(self):
        for _ in range(2):  # once more where the failing call was this one's
            if self.workshop.run("down", "--all", "--timeout", "0s")[0] == 0:
                break
        left = self.workshop.left()
        for pid in self.workshop.processes():
            labs.kill(pid)
        return left

    def count(self):
        """How often each call is made by the process that makes it most."""
        code, output = self.up("-e", "signal=none")
        if code != 0:
            raise SystemExit(f"up below strace ends with {code}: {output}")
        made = collections.Counter()
        for line in self.trace.read_text(errors="replace").splitlines():
            match = re.match(r"(\d+)\s+(\w+)\(", line)
            if match:
                made[match.group(1, 2)] += 1
        self.down()
        most = collections.Counter()
        for (_, call), number in made.items():
            most[call] = max(most[call], number)
        return most

    def is_whole(self):
        for _ in range(3):
            if self.workshop.run("exec", "all", "--", "true")[0] == 0:
                return self.workshop.run("ping", "--all", "--timeout", "5s")[0] == 0
            time.sleep(0.05)
        return False

    def says_why(self):
        """A process of the lab that is lost later and started anew fails at the same call again; the lab's log then says so."""
        try:
            log = (self.workshop.state / labs.NAME / "log").read_text(errors="replace")
        except OSError:
            return False
        return "wire" in log or "published" in log

    def judge(self, code, output):
        """What is wrong, or an empty text."""
        if code is None:
            return "hangs"
        if code < 0 or code >= 128:
            return f"ends with {code}"
        if code != 0:
            return "" if output.strip() else f"ends with {code} without a word"
        return "" if self.is_whole() or self.says_why() else "says that the lab is up, and it is not whole"

    def run(self, call, when, error):
        code, output = self.up("-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}")
        wrong = self.judge(code, output)
        left = self.down()
        wrong += "; left: " + "; ".join(left) if left else ""
        self.outcomes["tolerated" if code == 0 else "refused"] += 1
        if self.options.verbose:
            print(f"{call} {when} {error}: {code} {output.strip()[:300]!r}", flush=True)
        if wrong:
            self.failures.append(f"{call} {when} {error}")
            print(f"FAILED: {call} number {when} with {error}: {wrong}\n{output}", flush=True)

    def choices(self):
        if self.options.call:
            return [(self.options.call, self.options.when, self.options.error)]
        found = []
        for call, most in sorted(self.count().items()):
            if call in NEVER_FAIL:
                continue
            numbers = list(range(2 if call == "execve" else 1, most + 1))
            early = numbers[:self.options.most // 2]
            others = numbers[self.options.most // 2:]
            for when in early + random.sample(others, min(len(others), self.options.most // 2)):
                found += [(call, when, error) for error in ([self.options.error] if self.options.error else ERRORS)]
        print(f"{len(found)} ways to fail", flush=True)
        random.shuffle(found)
        return found

    def sweep(self):
        choices = self.choices()
        end = time.monotonic() + self.options.seconds if self.options.seconds else None
        for number, choice in enumerate(choices, 1):
            if end is not None and time.monotonic() > end:
                break
            self.run(*choice)
            if number % 100 == 0:
                print(number, dict(self.outcomes), flush=True)
        print(f"{sum(self.outcomes.values())} runs: {dict(self.outcomes)}; {len(self.failures)} wrong: {self.failures}")
        return not self.failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("--call")
    parser.add_argument("--when", type=int, default=1)
    parser.add_argument("--error")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    random.seed(options.seed)
    workshop = labs.Workshop(options.program)
    workshop.file.write_text(TOPOLOGY)
    try:
        return 0 if Sweep(workshop, options).sweep() else 1
    finally:
        workshop.close()


if __name__ == "__main__":
    labs.in_own_world()
    labs.run_below_a_reaper(main)
