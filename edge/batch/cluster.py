"""The processes that share the work: Dask's, on this machine or at the address of a scheduler.

A worker that dies is replaced. What it had is tried again when all else is done, one at a time, so that
nothing is blamed for another's death; what takes its worker down every time is given up. Workers end with
the process that started them, however that ends.
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
    "distributed.scheduler.allowed-failures": 0,  # what was on a worker that died is tried again here
    "distributed.scheduler.worker-saturation": 1.0,  # who dies has little else waiting
    "distributed.comm.timeouts.connect": "120s",  # of new workers on a busy machine
    "distributed.deploy.lost-worker-timeout": "24h",  # then no other comes, even where one is starting
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
LOST_S = 60.0  # for the few bytes of a result that is there

Task = TypeVar("Task")


class Future(Protocol):
    """A task that was given away, as Dask has it."""

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Return what it raised."""

    def result(self, timeout: float) -> str:
        """Return what it returned."""

    def cancel(self) -> None:
        """Give it up."""


class Client(Protocol):
    """What gives tasks away, as Dask has it."""

    def submit(self, work: Callable[[Task], str], task: Task, *, pure: bool) -> Future:
        """Give one task away."""

    def wait_for_workers(self, n_workers: int) -> None:
        """Return once there are as many workers."""


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
        suspects = []
        for future in library.as_completed(futures):
            task = futures.pop(future)  # nothing that is done is done again for the sake of its result
            if (problem := _problem(future)) is None:
                suspects.append(task)
            else:
                yield task, problem
        for task in suspects:
            yield task, _alone(client, work, task, 1 if cluster.scheduler else cluster.workers)


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


def _alone(client: Client, work: Callable[[Task], str], task: Task, workers: int) -> str:
    """Try what was lost with its worker again, with nothing beside it; return what went wrong."""
    for _ in range(TRIES - 1):
        client.wait_for_workers(workers)  # who died is replaced: no other death is in the air
        future = client.submit(work, task, pure=False)
        future.exception()
        if (problem := _problem(future)) is not None:
            return problem
    return f"expected a process that survives it, got {TRIES} that died"


def _problem(future: Future) -> str | None:
    """Return what went wrong with a task that ended, empty if nothing; None if its worker took it along."""
    try:
        error = future.exception(LOST_S)
        if error is None:
            return future.result(LOST_S)
    except TimeoutError:  # its worker died on the next task, with the result
        future.cancel()
        return None
    return None if type(error).__name__ == "KilledWorker" else f"expected a result, got {error!r}"
