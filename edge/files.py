"""Files that appear whole or not at all: written under another name in the same folder, then renamed.

After an error or an interrupt the file is as it was before, and nothing is left beside it.
"""

import os
from pathlib import Path
from types import TracebackType


class Draft:
    """A file in the making; as a context manager it gives the path to write to and keeps the result.

    `durable` waits for the disk; `mode` sets the permissions, otherwise a replaced file's are kept. A link
    stays a link and the file it names is replaced; a device or a pipe is written to directly.
    """

    def __init__(self, path: Path, *, durable: bool = False, mode: int | None = None) -> None:
        self._durable = durable
        self._target = Path(os.path.realpath(path))
        self._direct = path.exists() and not path.is_file()
        self.part = path
        if not self._direct:
            target = self._target
            self.part = target.with_name(
                f".{target.stem}.{os.uname().nodename}.{os.getpid()}.part{target.suffix}"
            )
            _create(self.part, target.stat().st_mode & 0o777 if mode is None and target.exists() else mode)

    def keep(self) -> None:
        """Give the file its name."""
        if self._direct:
            return
        if self._durable:
            _sync(self.part)
        self.part.replace(self._target)
        if self._durable:
            _sync(self._target.parent)

    def drop(self) -> None:
        """Remove what was written; after `keep`, do nothing."""
        if not self._direct:
            self.part.unlink(missing_ok=True)

    def __enter__(self) -> Path:
        return self.part

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.keep()
        finally:
            self.drop()


def write_whole(path: Path, data: bytes | str, *, durable: bool = False, mode: int | None = None) -> None:
    """Write a file; text is encoded as UTF-8. Raises OSError."""
    with Draft(path, durable=durable, mode=mode) as part:
        part.write_bytes(data.encode() if isinstance(data, str) else data)


def _create(part: Path, mode: int | None) -> None:
    """Create an empty file that nobody else has open; what a process that died left there is removed."""
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode))
    if mode is not None:
        part.chmod(mode)


def _sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
