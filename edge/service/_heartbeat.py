"""The supervisor's own small thread, and the file by which `healthcheck` sees progress from outside."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from edge.errors import ServiceError
from edge.files import write_whole
from edge.plain import Json
from edge.service._supervisor import Progress, Supervisor

RUNTIME = "/run/mimicry-edge"
FRESH_S = 15.0
"""Progress older than this is none."""
PROGRESS = "progress.json"


class Heartbeat:
    """Reads the counters once a second, feeds the supervisor, notes progress in `file`. A context manager."""

    def __init__(
        self,
        supervisor: Supervisor,
        snapshot: Callable[[], Progress],
        clock: Callable[[], float],
        file: Path | None = None,
        period_s: float = 1.0,
    ) -> None:
        self._supervisor = supervisor
        self._snapshot = snapshot
        self._clock = clock
        self._file = file
        self._period_s = period_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the thread and withdraw the file; a second call does nothing."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._file is not None:
            with suppress(OSError):  # of another user's service, or in no folder
                self._file.unlink()

    def beat(self) -> None:
        """Look once; the thread does so every period."""
        now_s, progress = self._clock(), self._snapshot()
        if not self._supervisor.update(now_s, progress) and self._file is not None:
            # A full RAM disk only makes the healthcheck fail.
            with suppress(OSError):
                seen: Json = {"now_s": now_s, "frames": progress.frames, "muted": progress.muted}
                seen |= {"deaf": progress.deaf, "troubles": list(progress.troubles)}
                write_whole(self._file, json.dumps(seen), mode=0o644)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.beat()
            self._stop.wait(self._period_s)


def runtime_file(name: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Return a file of the runtime directory, a RAM disk: `progress.json`, `restarts`."""
    return Path(environ.get("RUNTIME_DIRECTORY", RUNTIME).split(":")[0]) / name


def progress_age_s(file: Path, now_s: float) -> float:
    """Seconds of monotonic time since the service last made progress; ServiceError when there is none."""
    return now_s - _noted(file)[0]


def deafness(file: Path) -> str:
    """Why requests do not reach the running service, empty when they do; ServiceError when none runs."""
    return _noted(file)[1]


def hub_troubles(file: Path) -> list[str]:
    """Return what the hub refuses the running service, in words; ServiceError when none runs."""
    return _noted(file)[2]


def _noted(file: Path) -> tuple[float, str, list[str]]:
    """Return the time of the last progress, monotonic, the deafness and the troubles with the hub."""
    try:
        noted = json.loads(file.read_bytes())
        troubles = [str(one) for one in noted.get("troubles", ())]
        return float(noted["now_s"]), str(noted.get("deaf", "")), troubles
    except OSError as error:
        raise ServiceError(f"expected a running service, got {error.strerror}, at {file}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ServiceError(f"expected a progress file, got something else, at {file}") from error
