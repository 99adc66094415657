"""What the parts of a campus need: processor and memory of processes with all that they started."""

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def family(pids):
    """Return the processes and all below them that live."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        if fields := _stat(path.name):
            parents[int(path.name)] = int(fields[1])
    found = {pid for pid in pids if pid in parents}
    while more := {pid for pid, parent in parents.items() if parent in found and pid not in found}:
        found |= more
    return found


def cpu_s(pids):
    """Return the processor time of processes so far, with that of children that have ended, s."""
    return sum(sum(map(int, fields[11:15])) for pid in pids if (fields := _stat(pid))) / TICKS


def memory_mib(pids):
    """Return the memory of processes, what they share counted once, MiB."""
    kib = 0
    for pid in pids:
        lines = _text(f"{pid}/smaps_rollup").splitlines()
        kib += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kib / 1024


def _stat(pid):
    return _text(f"{pid}/stat").rpartition(")")[2].split()


def _text(name):
    try:
        return Path("/proc", name).read_text()
    except OSError:  # it has ended
        return ""


class Watch:
    """Processor and memory of named parts between two moments."""

    def __init__(self, parts):
        self._parts = {name: family(pids) for name, pids in parts.items()}
        self._before_s = {name: cpu_s(pids) for name, pids in self._parts.items()}
        self._began_s = time.monotonic()

    def figures(self):
        """Return what each part has needed since the beginning."""
        took_s = time.monotonic() - self._began_s
        found = {}
        for name, pids in self._parts.items():
            found[f"{name}, % of a core"] = 100 * (cpu_s(pids) - self._before_s[name]) / took_s
            found[f"{name}, MiB"] = memory_mib(pids)
        return found
