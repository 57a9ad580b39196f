"""When has the kernel taken apart the last network namespace of a lab? Its worker does that after `down` has returned.

The kernel counts network namespaces for each user namespace, those in nested ones included, and takes one off when the worker has done
all for it (dec_net_namespaces() at the end of cleanup_net(), net/core/net_namespace.c). So labs are run in a user namespace of their own
whose limit (user.max_net_namespaces, namespaces(7)) is one: as long as one of the lab's is left, unshare(CLONE_NEWNET) is ENOSPC before it
does anything, which costs some microseconds; the first that is not says when. That is exact to some milliseconds, sees nothing of
other labs, and needs no privileges. Counts of /proc/slabinfo see only whole slabs and other labs', the far end of a veth pair vanishes
before routes, sockets and /proc/sys are gone, and the tracepoints of workqueues need root (what they say is 2 to 6 ms earlier than this).
"""

import contextlib
import ctypes
import errno
import os
import signal
import sys
import time
import traceback

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
NEW_USER = 0x10000000
NEW_NETWORK = 0x40000000
LIMIT = "/proc/sys/user/max_net_namespaces"
NO_LIMIT = 2**31 - 1
BETWEEN_TRIES = 0.001

LIBC = ctypes.CDLL(None, use_errno=True)


def unshare(kind):
    """The error, or 0."""
    return ctypes.get_errno() if LIBC.unshare(kind) != 0 else 0


def map_ids(child):
    """All ids that there are here as they are, or an ordinary user's one as root's."""
    if os.geteuid() != 0:
        write(f"/proc/{child}/setgroups", "deny")
    for kind, own in (("uid", os.geteuid()), ("gid", os.getegid())):
        with open(f"/proc/self/{kind}_map", encoding="ascii") as file:
            count = file.readline().split()[2]
        write(f"/proc/{child}/{kind}_map", f"0 0 {count}" if os.geteuid() == 0 else f"0 {own} 1")


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(text))


@contextlib.contextmanager
def ends_here():
    """For the child of a fork: what its parent is to do at its exit is not done twice."""
    status = 1
    try:
        yield
        status = 0
    except SystemExit as error:
        print(error, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def in_child(action):
    """Starts it in a process that ends when this one does."""
    child = os.fork()
    if child == 0:
        with ends_here():
            LIBC.prctl(DIE_WITH_PARENT, signal.SIGKILL)
            action()
    return child


def in_user_namespace(action):
    """Runs it in a child that is root there, and exits as that does where it fails."""
    entered, mapped = os.pipe(), os.pipe()

    def child():
        if (error := unshare(NEW_USER)) != 0:
            raise OSError(error, os.strerror(error), "unshare a user namespace")
        os.write(entered[1], b"+")
        os.close(mapped[1])
        if not os.read(mapped[0], 1):
            raise SystemExit(1)  # its parent says why
        action()

    pid = in_child(child)
    os.close(entered[1])
    if os.read(entered[0], 1):
        map_ids(pid)
        os.write(mapped[1], b"+")
    for end in (entered[0], *mapped):
        os.close(end)
    if os.waitpid(pid, 0)[1] != 0:
        raise SystemExit("a part of the benchmark has failed in its user namespace")


def own_network():
    """Waits until the user namespace, whose limit is one, has no network namespace, and makes one."""
    while (error := unshare(NEW_NETWORK)) == errno.ENOSPC:
        time.sleep(BETWEEN_TRIES)
    if error != 0:
        raise OSError(error, os.strerror(error), "unshare a network namespace")


class LastNamespace:
    """Watches, from a moment when a lab is up, for the end of its last network namespace."""

    def __init__(self):
        write(LIMIT, 1)
        if unshare(NEW_NETWORK) != errno.ENOSPC:
            raise SystemExit("the kernel does not count the lab's network namespaces here")
        self.child = in_child(self.watch)

    @staticmethod
    def watch():
        os.closerange(3, NO_LIMIT)  # the floor ends when its input does
        own_network()

    def wait(self):
        """The time of the monotonic clock at that end."""
        status = os.waitpid(self.child, 0)[1]
        when = time.monotonic()
        if status != 0:
            raise SystemExit("the watch for the last network namespace has failed")
        write(LIMIT, NO_LIMIT)
        return when


def seconds_until_clean(down):
    """From the beginning of a lab's `down` until the kernel has nothing of its network namespaces."""
    try:
        last = LastNamespace()
    except SystemExit:
        down()
        raise
    began = time.monotonic()
    down()
    return last.wait() - began


def settle():
    """Waits until the kernel is done with the network namespaces of all labs that have ended.

    It takes them in the order in which they ended, so one that ends now is the last; and it frees their memory when it is done with
    later ones (net_complete_free()), so there is a second."""
    def one_after_the_other():
        write(LIMIT, 1)
        for _ in range(3):
            os.waitpid(in_child(own_network), 0)

    time.sleep(0.2)  # a supervisor may end a moment after `down`
    in_user_namespace(one_after_the_other)
