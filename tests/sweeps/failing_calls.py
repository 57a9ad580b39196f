#!/usr/bin/env python3
"""Lets each system call of `netlab up` fail once in turn (strace -e inject), in every process of the lab that makes so many of
that name. After each: a lab that is whole, or an error in words; nothing hangs, nothing crashes, nothing is left.

Of a call that a process makes more than --most times, the first half of that many and a random choice of the others are tried, each
with every error; with --seconds a random choice of all that, with --part K/N one of N parts of it, each way in one of them, so that
some can be tried side by side; with --each one error, of a random choice, of each call.

All of it, two at once: for k in 1 2; do failing_calls.py PROGRAM --part $k/2 & done; wait

Usage: failing_calls.py PROGRAM [--seconds S] [--part K/N] [--each] [--seed N] [--most N] [--call NAME] [--when N] [--error NAME] [-v]
"""

import argparse
import collections
import os
import random
import re
import subprocess
import time
import zlib

import labs

ERRORS = ["EPERM", "ENOMEM", "EMFILE", "ENOSPC", "EAGAIN"]
# Of these also ENOBUFS, as of a socket of netlink whose buffer is full.
MESSAGES = {"sendto", "sendmsg", "recvfrom", "recvmsg", "recvmmsg"}
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
                   "--timeout", "20s", str(self.workshop.file)]
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
        for _ in range(3):  # others may have filled the machine's table of neighbours
            if self.workshop.run("exec", "all", "--", "true")[0] == 0 and \
                    self.workshop.run("ping", "--all", "--timeout", "5s")[0] == 0:
                return True
            time.sleep(1)
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
            return self.judge_words(code, output)
        return "" if self.is_whole() or self.says_why() else "says that the lab is up, and it is not whole"

    @staticmethod
    def judge_words(code, output):
        """An error says what was attempted, not the kernel's words alone."""
        if ": error while loading shared libraries: " in output or output.startswith("Fatal glibc error: "):
            return ""
        errors = re.findall(r"^(?:error|netlab): (.*)", output, re.MULTILINE)
        if not errors:
            return f"ends with {code} without a word"
        kernel = {os.strerror(number).lower() for number in range(1, 134)}
        alone = [text for text in errors if text.strip().lower() in kernel or len(text.split()) < 4]
        return f"names nothing: {alone}" if alone else ""

    def words_failed(self):
        """Whether the call that failed was the one that says what is wrong: then nothing says so."""
        return re.search(r"\bwrite\(2, .*\(INJECTED\)", self.trace.read_text(errors="replace")) is not None

    def loader_failed(self):
        """Whether the call that failed was a program's first: ld.so's own, which ends by a signal if that is mmap(2)."""
        before = {}
        for line in self.trace.read_text(errors="replace").splitlines():
            pid, _, call = line.partition(" ")
            if "(INJECTED)" in call and "execve(" in before.get(pid, ""):
                return True
            before[pid] = call
        return False

    def run(self, call, when, error):
        code, output = self.up("-e", f"trace={call},execve", "-e", f"inject={call}:error={error}:when={when}")
        excused = (code == 1 and self.words_failed()) or (code is not None and code < 0 and self.loader_failed())
        wrong = "" if excused else self.judge(code, output)
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
            if call == "mmap":
                numbers = numbers[1:]  # without the first of each program, ld.so's own, that ends by a signal
            early = numbers[:self.options.most // 2]
            others = numbers[self.options.most // 2:]
            for when in early + random.sample(others, min(len(others), self.options.most // 2)):
                errors = ERRORS + ["ENOBUFS"] if call in MESSAGES else ERRORS
                found += [(call, when, error) for error in ([self.options.error] if self.options.error else errors)]
        print(f"{len(found)} ways to fail", flush=True)
        if self.options.each:
            random.shuffle(found)
            found = sorted({way[:2]: way for way in found}.values())
        random.shuffle(found)
        part, parts = self.options.part
        return [way for way in found if zlib.crc32(repr(way).encode()) % parts == part - 1]

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


def part_of(text):
    part, parts = map(int, text.split("/"))
    if not 1 <= part <= parts:
        raise ValueError
    return part, parts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--part", type=part_of, default=(1, 1))
    parser.add_argument("--each", action="store_true")
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
