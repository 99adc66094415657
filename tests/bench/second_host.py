"""`python -m tests.bench.second_host` (root, `ip`): `batch` on a Dask worker of a second, simulated host.

The host is a network namespace with a name of its own that reaches this one only through a pair of virtual
Ethernet devices; the folder is shared. A scheduler listens on this side, the worker is on the other. The
results are compared with those of the same commands one after the other.
"""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from distributed import Client

from edge.cli import main as command
from tests.bench.batch import one_after_the_other, taken, written

TABLES_N = 4
SECONDS = 40
HOST, PAIR = "mimicry-edge-two", ("mimicry-edge-a", "mimicry-edge-b")
HERE, THERE = "10.213.77.1", "10.213.77.2"
PORT = "8799"
ADDRESS = f"tcp://{HERE}:{PORT}"
DASK = (sys.executable, "-m")
WORKER = ("--nthreads", "1", "--no-dashboard", "--local-directory", "/tmp")
PATIENCE_S = 60
LINES = (
    f"ip netns add {HOST}",
    f"ip link add {PAIR[0]} type veth peer name {PAIR[1]}",
    f"ip link set {PAIR[1]} netns {HOST}",
    f"ip addr add {HERE}/30 dev {PAIR[0]}",
    f"ip link set {PAIR[0]} up",
    f"ip -n {HOST} addr add {THERE}/30 dev {PAIR[1]}",
    f"ip -n {HOST} link set {PAIR[1]} up",
    f"ip -n {HOST} link set lo up",
)


def main() -> int:
    """Make the host, share the work with it, print where it was done and whether the bytes are the same."""
    if os.geteuid():
        print("error: expected root, for a network namespace", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the host goes then too
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mimicry-edge-hosts-")))
        tables = [written(folder / "tables" / f"dyad-{k}.csv", k, SECONDS) for k in range(TABLES_N)]
        out = folder / "out"
        for table in tables:
            one_after_the_other(table, out)
        alone = taken(out)
        name = second_host(stack)
        words = ["batch", str(folder / "tables"), "--out", str(out), "--commands", "measure"]
        status = command([*words, "--scheduler", ADDRESS])
        found = taken(out)
    same = sum(found.get(table) == body for table, body in alone.items())
    print(f"{len(found)} results by the worker of {name}, {same} of {TABLES_N} with the same bytes")
    return int(status != 0 or same != TABLES_N or name == os.uname().nodename)


def second_host(stack: ExitStack) -> str:
    """Start the scheduler here and its worker on the other host; return the name of the worker's host."""
    stack.callback(subprocess.run, ["ip", "netns", "del", HOST], check=True)
    for line in LINES:
        subprocess.run(line.split(), check=True)
    _start(stack, *DASK, "distributed.cli.dask_scheduler", "--host", HERE, "--port", PORT, "--no-dashboard")
    worker = [*DASK, "distributed.cli.dask_worker", ADDRESS, "--host", THERE, *WORKER]
    renamed = f'hostname {HOST}; exec "$@"'
    _start(stack, "ip", "netns", "exec", HOST, "unshare", "--uts", "sh", "-c", renamed, "sh", *worker)
    with Client(ADDRESS, timeout=PATIENCE_S) as client:
        client.wait_for_workers(1, timeout=PATIENCE_S)
        (name,) = client.run(_host_name).values()
    return str(name)


def _start(stack: ExitStack, *words: str) -> None:
    """Start a process that ends with the stack."""
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)


def _host_name() -> str:
    """Return the name of the host that this runs on."""
    return os.uname().nodename


if __name__ == "__main__":
    sys.exit(main())
