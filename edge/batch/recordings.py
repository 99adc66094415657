"""The recordings in folders, and where the results of each go."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.errors import SignalsError

FILMS = frozenset({".3gp", ".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv"})
FILMS |= {".ts", ".webm", ".wmv"}
"""Endings of films that are taken from a folder; a file that is named itself may have any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One film, or the tables of one meeting."""

    inputs: tuple[Path, ...]
    """Its files, absolute."""
    base: Path
    """Name of its results, without their endings, absolute."""
    film: bool
    """Whether it is a film."""

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(path.stat().st_size for path in self.inputs if path.exists())

    def result(self, ending: str) -> Path:
        """Return the path of one of its results."""
        return self.base.with_name(f"{self.base.name}.{ending}")


def found(
    places: Sequence[Path], out: Path, *, tables: Collection[str], together: bool = False
) -> list[Recording]:
    """Return the recordings in folders, or named as files, in the order of their names.

    `tables` holds the endings of tables; `together`: the tables of a folder are one meeting. What lies in
    `out` and what is hidden is passed over.

    Raises
    ------
    SignalsError
        If a place is none, there is nothing to do, or the results of two recordings would have one name.
    """
    out = Path(os.path.realpath(out))
    several = len(places) > 1
    recordings = [
        one
        for place in places
        for one in _of(place, out / place.resolve().name if several and place.is_dir() else out, tables)
        if out not in Path(os.path.realpath(one.inputs[0])).parents
    ]
    if together:
        recordings = _meetings(recordings)
    if not recordings:
        where = ", ".join(map(str, places))
        raise SignalsError(f"expected films or tables, got none with a known ending at {where}")
    names = {one.base: one for one in recordings}
    for one in recordings:
        if names[one.base] is not one:
            other = names[one.base].inputs[0]
            raise SignalsError(f"expected names of their own, got {one.inputs[0]} and {other} at {one.base}")
    return recordings


def _of(place: Path, out: Path, tables: Collection[str]) -> Iterator[Recording]:
    """Yield what is in one place."""
    if not place.exists():
        raise SignalsError(f"expected a folder or a recording, got no such file at {place}")
    for path in sorted(_files(place)) if place.is_dir() else [place]:
        ending = path.suffix.lower()
        if ending in FILMS or ending in tables or path == place:
            relative = path.relative_to(place) if place.is_dir() else Path(path.name)
            base = out / relative
            yield Recording(inputs=(path.absolute(),), base=base, film=ending not in tables)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and those below it, hidden ones left out."""
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        elif path.is_file():
            yield path


def _meetings(recordings: Sequence[Recording]) -> list[Recording]:
    """Join the tables of each folder."""
    folders: dict[Path, list[Recording]] = defaultdict(list)
    for one in recordings:
        folders[one.inputs[0] if one.film else one.inputs[0].parent].append(one)
    return [
        some[0]
        if some[0].film
        else Recording(
            inputs=tuple(path for one in some for path in one.inputs),
            base=some[0].base.parent / some[0].inputs[0].parent.name,
            film=False,
        )
        for some in folders.values()
    ]
