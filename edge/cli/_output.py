"""Results into a file that appears as a whole, by rename."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from edge.errors import SignalsError


def write_whole(path: Path, text: str) -> None:
    """Write a text file; after an error the name is as it was. Raises `SignalsError`."""
    with appearing(path) as file:
        file.write(text.encode())


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that gets its name when the block ends well. Raises `SignalsError`."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise SignalsError(f"expected a writable file, got {error.strerror} at {path}") from error
    finally:
        part.unlink(missing_ok=True)
