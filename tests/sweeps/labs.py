"""A lab that has something of everything, and what of it could be left on a host."""

import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

NAME = "sweep"
PATIENCE = 60  # seconds; what takes longer hangs
PR_SET_CHILD_SUBREAPER = 36


def in_own_world():
    """As root: starts this program anew in network and mount namespaces of its own, that forward packets, so that nothing that
    others do meanwhile is taken for ours."""
    if os.geteuid() != 0 or os.environ.get("NETLAB_SWEEP_WORLD"):
        return
    script = ("ip link set lo up && ip link add out0 type veth peer name out1 && ip link set out1 up && ip address add 192.0.2.1/24 dev out0 && "
              "ip link set out0 up && ip route add default via 192.0.2.2 && sysctl -qw net.ipv4.ip_forward=1 && exec \"$@\"")
    environment = dict(os.environ, NETLAB_SWEEP_WORLD="1")
    os.execvpe("unshare", ["unshare", "-n", "-m", "sh", "-c", script, "sh", sys.executable, *sys.argv], environment)


def run_below_a_reaper(run):
    """Runs it in a child, and ends with what that returns. This process takes in all that lose their parents, and lets none of them
    stay a zombie: a PID namespace does not end before the last of its processes has been taken note of."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = run()
        except SystemExit as end:
            print(end, flush=True)
        except BaseException:  # os._exit() would say nothing of it
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    while True:
        pid, status = os.wait()
        if pid == child:
            sys.exit(os.waitstatus_to_exitcode(status) != 0)


def topology():
    """Hosts, a router, a switch, a LAN segment, a link shaped by netlab's own wire, a service, a published port, a way out."""
    nodes = {"h[1-3]": {}, "r": {"kind": "router", "run": ["sleep 1000"]}, "sw": {"kind": "switch"},
             "web": {"exec": ["true"]}, "lan[1-3]": {}}
    links = [["h[1-3]", "sw"], ["sw", "r"], {"endpoints": ["r", "web"], "delay": "1ms", "engine": "user"},
             {"name": "lan", "endpoints": ["lan1", "lan2", "lan3", "r"]}]
    if os.geteuid() == 0 or shutil.which("slirp4netns"):
        nodes["out"] = {"kind": "internet"}
        links.append(["r", "out"])
    return json.dumps({"name": NAME, "nodes": nodes, "links": links})


class Workshop:
    """A folder with the file and the labs' state; a program that is run here and all that comes of it are ours to find."""

    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="netlab-sweep."))
        self.file = self.folder / "sweep.json"
        self.file.write_text(topology())
        self.state = self.folder / "state"
        self.state.mkdir(mode=0o700)
        self.environment = dict(os.environ, NETLAB_STATE_DIR=str(self.state), NO_COLOR="1")
        self.before = self.host()

    def close(self):
        for pid in self.processes():
            kill(pid)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *words, before=()):
        return subprocess.Popen([*before, self.program, *words], env=self.environment, cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                errors="replace")

    def run(self, *words, before=()):
        """Its exit code (None: it hung, and was killed) and what it printed."""
        return finish(self.start(*words, before=before))

    def processes(self):
        """The numbers of all our processes but zombies: what descends from the reaper above, but for this one."""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                fields = stat_of(int(entry))
                if fields:
                    parents[int(entry)] = fields
        ours = {os.getppid()}
        found = []
        grown = True
        while grown:
            grown = False
            for pid, (state, parent) in parents.items():
                if parent in ours and pid not in ours:
                    ours.add(pid)
                    grown = True
                    if state not in "ZX" and pid != os.getpid():
                        found.append(pid)
        return found

    def host(self):
        """What labs could change of the host."""
        state = {"interfaces": sorted(name for _, name in socket.if_nameindex()),
                 "mounts": sorted(line.split(" ", 2)[2] for line in open("/proc/self/mountinfo", encoding="utf-8"))}
        if os.geteuid() == 0:
            state["nft tables"] = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True,
                                                 check=False).stdout.split("\n")
        state["cgroups"] = sorted(str(path) for path in pathlib.Path("/sys/fs/cgroup").glob(f"**/netlab.{NAME}.*"))
        return state

    def left(self):
        """What is left of labs, in words; empty if nothing. Waits a moment for the kernel, which frees namespaces later."""
        deadline = time.monotonic() + 10
        while True:
            found = [f"process {pid}: {command_of(pid)}" for pid in self.processes()]
            now = self.host()
            found += [f"{what}: {set(now[what]) ^ set(self.before[what])}" for what in now if now[what] != self.before[what]]
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.02)

    def namespaces(self):
        """How many network namespaces the machine has, as far as it shows."""
        try:
            for line in open("/proc/slabinfo", encoding="utf-8"):
                if line.startswith("net_namespace "):
                    return int(line.split()[1])
        except OSError:
            pass
        return None


def finish(process):
    try:
        output, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        return None, output


def stat_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return fields[0], int(fields[1])
    except (OSError, IndexError):
        return None


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
