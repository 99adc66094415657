"""One root, one child for each module, each also the fitting builtin.

Every message reads `what was expected, what came, where`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class EdgeError(Exception):
    """Root of every error this package raises on purpose."""


class ConfigError(EdgeError, ValueError):
    """A configuration value is missing, unknown, of the wrong type or out of range."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems or (message,)
        """Every problem as its own line: `file:line: key: expected what, got what`."""


class CameraError(EdgeError, OSError):
    """A camera or a recording cannot be opened, or stopped delivering."""


class ModelError(EdgeError, RuntimeError):
    """A model file or its runtime is missing, wrong or refused."""


class SignalsError(EdgeError, ValueError):
    """A signals table cannot be read or lacks what was asked for."""


class MeasureError(EdgeError, ValueError):
    """A measure was asked for something it does not define."""


class PrivacyError(EdgeError, RuntimeError):
    """The privacy state cannot be read or written; the effective state is then muted."""


class PublishError(EdgeError, OSError):
    """The broker or the spool refused something."""


class StageError(EdgeError, ValueError):
    """A stage script asks for something the stage cannot render."""


class CampusError(EdgeError, OSError):
    """The store of a campus refused something, or a message of a device is none."""


class ServiceError(EdgeError, RuntimeError):
    """The service cannot start or go on."""


def as_path(given: object, error: type[EdgeError], name: str) -> Path:
    """Return what a caller gave as a path; raise `error`, which names the argument, when it cannot be one."""
    try:
        if isinstance(given, str | Path) and b"\0" not in os.fsencode(given):
            return Path(given)
    except UnicodeEncodeError:  # half of a surrogate pair
        pass
    raise error(f"expected a path, got {given!r} at {name}")


@contextmanager
def writing(path: Path, error: type[EdgeError], what: str = "file") -> Iterator[None]:
    """Raise `error` when a file turns out not to be writable inside the block."""
    try:
        yield
    except EdgeError:
        raise
    except OSError as failed:
        raise error(f"expected a writable {what}, got {failed.strerror} at {path}") from failed


@contextmanager
def reading(path: Path, what: str) -> Iterator[None]:
    """Raise `SignalsError` when a text file turns out unreadable or no UTF-8 inside the block."""
    try:
        yield
    except OSError as error:
        raise SignalsError(f"expected a readable {what}, got {error.strerror} at {path}") from error
    except UnicodeDecodeError as error:
        raise SignalsError(
            f"expected UTF-8 text, got byte {error.object[error.start]:#04x} at {path}"
        ) from error
