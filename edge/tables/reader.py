"""Reads tables of signals from text files of many kinds: each is recognised, checked and said."""

from collections.abc import Callable, Sequence
from numbers import Real
from pathlib import Path

import numpy as np

from edge.arrays import Floats
from edge.errors import SignalsError, as_path
from edge.tables import cells as parsed
from edge.tables import clock
from edge.tables.build import built
from edge.tables.column import Column
from edge.tables.columns import Columns
from edge.tables.formats import FORMATS
from edge.tables.join import different, together
from edge.tables.names import LARGEST
from edge.tables.roles import Layout, Wishes, layout
from edge.tables.table import Table
from edge.tables.text import NAMES, Sheet, opened

Step = Callable[[int], None]
SEEN_N = 40  # cells that show how times are written


def read(
    *paths: str | Path,
    format: str | None = None,  # noqa: A002 - what the command calls it
    rate_hz: float | None = None,
    time: str | None = None,
    time_unit: str | None = None,
    person: str | None = None,
    columns: Sequence[str] = (),
    step: Step = lambda _: None,
) -> Table:
    r"""Read a table of signals, or several of one meeting, one file for each camera.

    OpenFace, py-feat, LibreFace, blendshapes (MediaPipe, ARKit), rMEA and R are recognised by their columns,
    any other table by the names of time and person. `Table.notes` says what was recognised, left out and
    taken as missing.

    Parameters
    ----------
    paths : str or Path
        Files, `-` for standard input.
    format : str, optional
        `openface`, `libreface`, `pyfeat`, `blendshapes` or `table`, where the columns do not tell.
    rate_hz : float, optional
        Rate of the film or of the rows, where the table has no times.
    time, time_unit, person : str, optional
        Column and unit (`s`, `ms`, `us`, `ns`, `min`, `h`) of the time, column of the person.
    columns : sequence of str, optional
        The columns that are the channels.
    step : callable, optional
        Called with the number of rows as they are read.

    Raises
    ------
    SignalsError
        If a file cannot be read or its columns cannot be told: with the column or the line.

    Examples
    --------
    >>> import edge
    >>> _ = Path("pair.csv").write_text("t_s,person,motion\n0,1,2.5\n0,2,\n0.1,1,2.25\n")
    >>> edge.read("pair.csv")
    Table(2 people, 3 rows, 0.1 s; motion)
    """
    if time_unit is not None and time_unit not in clock.FACTORS:
        raise SignalsError(f"expected one of {', '.join(clock.FACTORS)}, got {time_unit!r} at time_unit")
    if isinstance(columns, str):
        raise SignalsError(f"expected a list of names, got {columns!r} at columns")
    if rate_hz is not None and not (isinstance(rate_hz, Real) and 0 < rate_hz < np.inf):
        raise SignalsError(f"expected a finite rate > 0, got {rate_hz!r} at rate_hz")
    if not paths:
        raise SignalsError("expected at least one table, got none")
    wishes = Wishes(
        format=format,
        rate_hz=rate_hz,
        time=time,
        time_unit=time_unit,
        person=person,
        columns=tuple(columns),
        single=len(paths) > 1 or bool(columns),
    )
    files = [as_path(path, SignalsError, "path") for path in paths]
    different(files)
    tables = [_read(path, wishes, step) for path in files]
    return tables[0] if len(tables) == 1 else together(tables, files)


def _read(path: Path, wishes: Wishes, step: Step) -> Table:
    """Read one file."""
    notes: list[str] = []
    with opened(path) as sheet:
        found = layout(sheet, wishes)
        pieces = []
        for lines, columns in sheet.blocks(notes):
            pieces.append(_piece(sheet, found, lines, columns))
            step(len(lines))
    if not pieces:
        raise SignalsError(f"expected at least one row, got only a header at {path}")
    whole = Columns.joined(pieces)
    whole.t_s = _times(whole, sheet, found, wishes, notes)
    return built(whole, sheet, found, [*_told(sheet, found), *notes])


def _piece(sheet: Sheet, found: Layout, lines: list[int], columns: list[tuple[str, ...]]) -> Columns:
    """Parse the columns of one block that have a role."""

    def cut(k: int) -> Column:
        return Column(columns[k], lines, sheet.header[k], sheet.path, sheet.decimal)

    return Columns(
        lines=np.array(lines),
        t_s=None if found.time is None else _clock(found, cut(found.time)),
        person=None if found.person is None else np.array(cut(found.person).people(), object),
        frame=None if found.frame is None else cut(found.frame).numbers(),
        success=None if found.success is None else cut(found.success).flags(),
        confidence=None if found.confidence is None else cut(found.confidence).numbers(),
        values=np.column_stack([cut(k).numbers() for k in found.channels.values()]),
        context={name: cut(k).numbers() * factor for name, (k, factor) in found.context.items()},
    )


def _clock(found: Layout, column: Column) -> Floats:
    """Parse the times, in their own unit; written ones are in seconds."""
    first = column.cells[:SEEN_N]
    if all(":" in cell for cell in first):
        found.unit, found.written = "s", True
        if parsed.timecode_hz(first):
            found.timecode_hz = found.timecode_hz or parsed.timecode_hz(column.cells)
        return column.times(found.timecode_hz)
    return column.numbers(needed=True)


def _times(whole: Columns, sheet: Sheet, found: Layout, wishes: Wishes, notes: list[str]) -> Floats:
    """Return the time of every row, s."""
    if whole.t_s is None or found.time is None:
        return _counted(whole, sheet, found, wishes)
    name = sheet.header[found.time]
    unit = None if found.kind == "libreface" and not wishes.time_unit else found.unit
    if unit is None and clock.counts(whole.t_s):
        whole.frame, whole.t_s = whole.t_s, None
        return _counted(whole, sheet, found, wishes)
    t_s = clock.seconds(whole.t_s, name, unit, sheet.path, trusted=wishes.time_unit is not None, notes=notes)
    over = np.flatnonzero(np.abs(t_s) > LARGEST["t_s"])
    if over.size:
        row = int(over[0])
        raise SignalsError(
            f"expected a number of at most {LARGEST['t_s']:g}, got {t_s[row]:g} s in column {name} "
            f"at {sheet.path}:{whole.lines[row]}"
        )
    return clock.unwrapped(t_s) if found.written else t_s


def _counted(whole: Columns, sheet: Sheet, found: Layout, wishes: Wishes) -> Floats:
    """Return the times of rows that have none, from a rate."""
    if wishes.rate_hz is None:
        has = "frames" if found.frame is not None else "neither times nor frames"
        raise SignalsError(
            f"expected a time, got {has} at {sheet.path}:1: give their rate with --rate-hz, or --time COLUMN"
        )
    if whole.frame is not None:
        return clock.from_frames(whole.frame, wishes.rate_hz)
    if whole.person is not None:
        raise SignalsError(f"expected times or frames, got neither at {sheet.path}:1: --time COLUMN")
    return np.arange(len(whole.lines)) / wishes.rate_hz


def _told(sheet: Sheet, found: Layout) -> list[str]:
    """Say what was recognised."""
    title = FORMATS[found.kind].title if found.kind in FORMATS else "table"
    marks = [NAMES[sheet.delimiter]] if sheet.delimiter != "," else []
    marks += ["decimal comma"] if sheet.decimal == "," else []
    marks += ["row names"] if sheet.row_names else []
    marks += [] if sheet.named else ["no header"]
    marks += ["Windows-1252"] if sheet.windows else []
    left = [f"no signals: {', '.join(found.left_out)}"] if found.left_out else []
    return [title + (f" ({', '.join(marks)})" if marks else ""), *left]
