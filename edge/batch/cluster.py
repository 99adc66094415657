"""The processes that share the work: Dask's, on this machine or at the address of a scheduler.

A worker that dies is replaced and its recording tried again; one that takes its worker down every time is
given up. Workers end with the process that started them, however that ends.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol, TypeVar, cast

from edge import __version__
from edge.errors import SignalsError

TRIES = 3
TRIM_B = 1 << 26  # freed memory that a worker keeps; with Dask's 64 kB it is given back and asked for again
SETTINGS = {
    "distributed.scheduler.allowed-failures": TRIES - 1,
    "distributed.scheduler.worker-saturation": 1.0,  # who dies takes down only what it worked on
    "distributed.worker.daemon": True,
    "distributed.worker.memory.target": False,  # results are short: nothing is ever spilled to the disk
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.profile.enabled": False,
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": TRIM_B,
    "distributed.admin.tick.interval": "1s",  # each tick takes the interpreter from the work
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.large-graph-warning-threshold": "1GB",
}
PATIENCE_S = 30.0  # for a scheduler that does not answer

Task = TypeVar("Task")


class Future(Protocol):
    """A task that was given away, as Dask has it."""

    def exception(self) -> BaseException | None:
        """Return what it raised."""

    def result(self) -> str:
        """Return what it returned."""


class Client(Protocol):
    """What gives tasks away, as Dask has it."""

    def submit(self, work: Callable[[Task], str], task: Task, *, pure: bool) -> Future:
        """Give one task away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Where the work is done."""

    workers: int = 1
    """Processes on this machine."""
    memory_mb: int | None = None
    """Memory of each; None: its share of the machine's."""
    scheduler: str | None = None
    """Address of a running scheduler instead, such as `tcp://host:8786`."""


def spread(
    work: Callable[[Task], str], tasks: Sequence[Task], cluster: Cluster
) -> Iterator[tuple[Task, str]]:
    """Yield each task with what `work` returns, as they are done: what went wrong, empty if nothing.

    Raises
    ------
    SignalsError
        If Dask is not installed, or no scheduler answers, or its workers have another version.
    """
    try:
        import dask
        import distributed
    except ImportError as error:
        raise SignalsError(
            "expected the package dask for batch, got none: pip install 'mimicry-edge[batch]'"
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # deaths of workers are in the results
    with dask.config.set(SETTINGS), ExitStack() as stack:
        library: ModuleType = distributed  # without types
        client = _client(library, cluster, stack)
        futures = {client.submit(work, task, pure=False): task for task in tasks}
        for future in library.as_completed(futures):
            yield futures[future], _problem(future)


def _client(distributed: ModuleType, cluster: Cluster, stack: ExitStack) -> Client:
    """Return a client of processes that are started for it, or of those of a scheduler."""
    if cluster.scheduler is None:
        local = distributed.LocalCluster(
            n_workers=cluster.workers,
            threads_per_worker=1,
            memory_limit="auto" if cluster.memory_mb is None else f"{cluster.memory_mb}MB",
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would take port 8787, which another batch may have
            silence_logs=logging.CRITICAL,
        )
        return cast("Client", stack.enter_context(distributed.Client(stack.enter_context(local))))
    try:
        client = stack.enter_context(distributed.Client(cluster.scheduler, timeout=PATIENCE_S))
        versions = client.run(_version)
    except (OSError, ValueError, ImportError) as error:
        raise SignalsError(f"expected a scheduler, got {error} at {cluster.scheduler}") from error
    if set(versions.values()) != {__version__}:
        got = ", ".join(f"{one} at {where}" for where, one in versions.items()) or "no worker"
        raise SignalsError(f"expected workers of version {__version__}, got {got}")
    return cast("Client", client)


def _version() -> str:
    """Return the version of a worker."""
    return __version__


def _problem(future: Future) -> str:
    """Return what went wrong with one task, empty if nothing."""
    error = future.exception()
    if error is None:
        return future.result()
    if type(error).__name__ == "KilledWorker":
        return f"expected a process that survives it, got {TRIES} that died"
    return f"expected a result, got {error!r}"
