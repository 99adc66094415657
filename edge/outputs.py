"""Places where results go: never over an input, refused before the work where nothing can be written."""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from edge.errors import SignalsError, writing
from edge.files import Draft, write_whole

STANDARD = Path("-")
"""Standard input or output, where a file is read or written."""


def ready(*outputs: Path | None, inputs: Iterable[Path] = ()) -> None:
    """Refuse outputs that are an input, through links too, or another output, or cannot be written."""
    taken = [path for path in inputs if path != STANDARD]
    for out in outputs:
        if out is None or out == STANDARD:
            continue
        for other in taken:
            if _same(out, other):
                raise SignalsError(f"expected an output of its own, got {other} at {out}")
        taken.append(out)
        if out.is_dir():
            raise SignalsError(f"expected a writable file, got a folder at {out}")
        with writing(out, SignalsError):
            Draft(out).drop()
            _clear(Path(os.path.realpath(out)))


def write_text(out: Path | None, text: str) -> None:
    """Write a whole file, or to standard output for `-` and None."""
    if out is None or out == STANDARD:
        sys.stdout.write(text)
        return
    with writing(out, SignalsError):
        write_whole(out, text)


@contextmanager
def written(out: Path) -> Iterator[TextIO]:
    """Give a stream for a file that appears whole at the end, or standard output for `-`."""
    if out == STANDARD:
        yield sys.stdout
        return
    with Draft(out) as part, part.open("w", encoding="utf-8") as stream:
        yield stream


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file, by whatever links."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return os.path.realpath(one) == os.path.realpath(other)


def _clear(target: Path) -> None:
    """Remove what processes of this machine left beside a file when they were killed."""
    pattern = re.compile(
        rf"\.{re.escape(target.stem)}\.{re.escape(os.uname().nodename)}\.(\d+)\.part{re.escape(target.suffix)}"
    )
    for path in target.parent.iterdir():
        found = pattern.fullmatch(path.name)
        if found and not _alive(int(found[1])):
            path.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    """Whether a process of this machine runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
