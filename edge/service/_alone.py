"""One service a state folder: two would send each other's results twice and undo each other's mute."""

import fcntl
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from edge.errors import ServiceError

_log = logging.getLogger(__name__)

FILE = "lock"
WAIT_S = 1.0


class Alone:
    """Holds the state folder for this process until `close` or its death; a context manager.

    While another process holds it, call `waiting` and wait a second, again and again; without, raise
    ServiceError, as for a folder of another user. Any other that cannot be written to is no obstacle.
    """

    def __init__(self, state_dir: Path | str, waiting: Callable[[], None] | None = None) -> None:
        self._handle: int | None = None
        file = Path(state_dir) / FILE
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if isinstance(error, PermissionError) and waiting is None:
                raise ServiceError(
                    f"expected a state folder of this user, got {error.strerror} at {file}: use sudo"
                ) from error
            _log.warning("the state folder cannot be held: %s", error.strerror)
            return
        while not _locked(handle):
            if waiting is None:
                os.close(handle)
                raise ServiceError(f"expected no other service with this state folder, got one at {file}")
            waiting()
            time.sleep(WAIT_S)
        self._handle = handle

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go; a second call does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _locked(handle: int) -> bool:
    """Take the lock, unless another process has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
