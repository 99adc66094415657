"""What a worker of the tests is given to do: die, or look around."""

import os
import signal
from pathlib import Path

import psutil


def work(task):
    """Die by the task's rule: `once`, `always`; raise for `bug`; otherwise return nothing wrong."""
    rule, mark = task
    if rule == "always" or (rule == "once" and not Path(mark).exists()):
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if rule == "bug":
        raise ValueError("a bug")
    return "refused" if rule == "bad" else ""


def listening(pid):
    """Return the addresses at which a process and its children take connections, in words."""
    first = psutil.Process(pid)
    lines = [one for process in (first, *first.children(recursive=True)) for one in process.net_connections()]
    return " ".join(sorted({line.laddr.ip for line in lines if line.status == psutil.CONN_LISTEN}))
