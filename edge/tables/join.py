"""Tables of one meeting, one file for each camera, as one table."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.errors import SignalsError
from edge.tables import clock
from edge.tables.table import Table


def different(paths: Sequence[Path]) -> None:
    """Refuse a file that is there twice: nobody is a second person too."""
    for k, path in enumerate(paths):
        with suppress(OSError):  # what cannot be looked at is not readable either, and says so there
            if any(path == other or path.samefile(other) for other in paths[:k]):
                raise SignalsError(f"expected different files, got one twice at {path}")


def together(tables: Sequence[Table], paths: Sequence[Path]) -> Table:
    """Put everybody of several tables on one clock; person 0 of two files is two people, numbered from 1.

    Raises
    ------
    SignalsError
        If the files have no time in common, or no channel.
    """
    _overlap(tables, paths)
    files = list(zip(paths, tables, strict=True))
    channels = tuple(name for name in tables[0].channels if all(name in one.channels for one in tables))
    if not channels:
        raise SignalsError(
            f"expected channels of one name, got none in common at {', '.join(map(str, paths))}"
        )
    context = [name for name in tables[0].context if all(name in one.context for one in tables)]
    names = _names(tables, paths)
    numbers = {key: k for k, key in enumerate(names, start=1)}
    person = np.concatenate(
        [[numbers[k, one] for one in table.person.tolist()] for k, table in enumerate(tables)]
    ).astype(np.int64)
    t_s = np.concatenate([one.t_s for one in tables])
    values = [one.values[:, [one.channels.index(name) for name in channels]] for one in tables]
    order = np.lexsort((person, t_s))
    return Table(
        t_s=t_s[order],
        frame=_frames(tables, t_s[order]),
        person=person[order],
        channels=channels,
        values=np.concatenate(values)[order],
        context={name: np.concatenate([one.context[name] for one in tables])[order] for name in context},
        names={numbers[key]: name for key, name in names.items()},
        cameras=len(tables),
        notes=tuple(f"{path.name}: {one}" for path, table in files for one in table.notes),
    )


def _names(tables: Sequence[Table], paths: Sequence[Path]) -> dict[tuple[int, int], str]:
    """Name everybody after the file, and after the person where a file has several."""
    stems = [path.stem for path in paths]
    files = stems if len(set(stems)) == len(stems) else [str(path) for path in paths]
    return {
        (k, one): files[k] if len(table.people) == 1 else f"{files[k]}:{table.names.get(one, one)}"
        for k, table in enumerate(tables)
        for one in table.people
    }


def _overlap(tables: Sequence[Table], paths: Sequence[Path]) -> None:
    """Refuse recordings of different times."""
    start, end = max(one.t_s[0] for one in tables), min(one.t_s[-1] for one in tables)
    if not start < end and len(tables[0].t_s) > 1:
        files = zip(paths, tables, strict=True)
        spans = ", ".join(f"{path.name} {one.t_s[0]:.6g} to {one.t_s[-1]:.6g} s" for path, one in files)
        raise SignalsError(f"expected files of one meeting, got {spans}: no time in common")


def _frames(tables: Sequence[Table], t_s: Floats) -> NDArray[np.int64]:
    """Count frames by the slowest camera."""
    rates = [rate for one in tables if (rate := clock.rate_hz(one.t_s)) > 0]
    frames: NDArray[np.int64] = np.floor((t_s - t_s[0]) * min(rates, default=1.0) + 1e-6).astype(np.int64)
    return frames
