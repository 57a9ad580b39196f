"""What a lab takes of the machine's memory: the difference of what the kernel shows before and after it is up."""

import contextlib
import os
import time

# Slab also has what kmalloc() takes in whole pages; stacks of the kernel and per-processor areas are none of it.
KERNEL = {"slab": "Slab", "page tables": "PageTables", "per-processor areas": "Percpu", "kernel stacks": "KernelStack"}


def kernel_memory():
    """KiB, after the caches are dropped (as root)."""
    os.sync()
    if os.geteuid() == 0:
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
            file.write("3")
    time.sleep(0.5)
    with open("/proc/meminfo", encoding="ascii") as file:
        fields = {line.split(":")[0]: int(line.split()[1]) for line in file}
    return {what: fields[key] for what, key in KERNEL.items()}


def processes():
    return {int(name) for name in os.listdir("/proc") if name.isdigit()}


def proportional_set_size(before):
    """KiB of all processes that came up in another user namespace."""
    own = os.readlink("/proc/self/ns/user")
    total = 0
    for pid in processes() - before:
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/ns/user") != own:
                with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                    total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return total


def memory_of(up, count):
    """KiB for each of so many nodes that it brings up."""
    pids = processes()
    before = kernel_memory()
    up()
    after = kernel_memory()
    parts = {what: (after[what] - before[what]) / count for what in KERNEL}
    parts["processes (PSS)"] = proportional_set_size(pids) / count
    return parts | {"all": sum(parts.values())}
