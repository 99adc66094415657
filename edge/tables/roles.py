"""Which column is which: time, person, frame and row numbers are found by name and are never signals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from edge.errors import SignalsError
from edge.tables.cells import is_grouped, is_missing, is_number
from edge.tables.column import LONGEST_SHOWN
from edge.tables.formats import BLENDSHAPES, FORMATS, LEADS, recognised
from edge.tables.names import CONTEXT, RECORDING
from edge.tables.text import Sheet

UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sekunden"), "s"),
    **dict.fromkeys(("ms", "msec", "millis", "millisecond", "milliseconds", "millisekunden"), "ms"),
    **dict.fromkeys(("us", "usec", "micros", "microseconds"), "us"),
    **dict.fromkeys(("ns", "nsec", "nanos", "nanoseconds"), "ns"),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuten"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "stunden"), "h"),
}
FILLERS = frozenset({"in", "video", "frame", "media", "unix"})
TIMES = frozenset(
    {
        *("t", "time", "timestamp", "timestamps", "ts", "zeit", "temps", "tiempo", "tempo", "tid", "elapsed"),
        *("timecode", "datetime", "clock", "videotime", "frametime", "starttime", "onset", "systemtime"),
    }
)
PEOPLE = (
    *("person", "personid", "participant", "participantid", "subject", "subjectid", "identity", "speaker"),
    *(
        "pid",
        "who",
        "actor",
        "name",
        "teilnehmer",
        "personne",
        "faceid",
        "faceindex",
        "face",
        "trackid",
        "id",
    ),
)
FRAMES = ("frame", "frameidx", "frameindex", "framenumber", "frameno", "framenum", "frameid", "frames")
ROWS = ("", "unnamed0", "row", "rowid", "rownumber", "rownames", "index", "sample", "samples", "nr", "no")
CONFIDENCES = ("confidence",)
SUCCESSES = ("success", "detected", "facedetected")
SIGNAL = "signal"  # the channel of people whose columns are not named after one
_AU = r"AU\d\d(?:_r)?"
_UNIT = r"(?<![a-z])AU\d\d(?!\d)"  # of a name that tells of an action unit: no person's


@dataclass(slots=True, kw_only=True)
class Layout:
    """The roles of the columns of one table, by position."""

    kind: str
    """Name of the format."""
    time: int | None = None
    unit: str | None = None
    """Unit that the time's name gives; None where it gives none."""
    person: int | None = None
    frame: int | None = None
    success: int | None = None
    confidence: int | None = None
    written: bool = False
    """Whether times are written with colons."""
    timecode_hz: int | None = None
    """Frames a second that timecodes count."""
    channels: dict[tuple[str, str], int] = field(default_factory=dict)
    """By person and channel; the person is empty where rows, or the file, say who it is."""
    context: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Position and factor of columns that go along."""
    left_out: list[str] = field(default_factory=list)
    """Columns that are no signals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the reader of a table says about it."""

    format: str | None = None
    """Name of the format; None: found by the columns."""
    rate_hz: float | None = None
    """Rate of the frames or rows, where the table has no times."""
    time: str | None = None
    """Column of the time."""
    time_unit: str | None = None
    person: str | None = None
    """Column of the person."""
    columns: tuple[str, ...] = ()
    """Columns that are the channels, whatever else there is."""
    single: bool = False
    """Whether the file is one person's: columns are channels, never people."""


def plain(name: str) -> str:
    """Return a column's name in lower case without signs."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def time_unit(name: str) -> str | None:
    """Return the unit that a time's name gives, empty for a time without one; None for no time."""
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word not in {"", *FILLERS}]
    unit = UNITS.get(words[-1]) if words else None
    rest = "".join(words[:-1] if unit else words)
    if unit and (rest in TIMES or not rest) and name.lower() != "s":
        return unit
    return "" if rest in TIMES and not unit else None


def layout(sheet: Sheet, wishes: Wishes) -> Layout:
    """Give every column of a table its role. Raises SignalsError where that would be a guess."""
    _distinct(sheet)
    kind = wishes.format or recognised(sheet.header)
    if kind not in (*FORMATS, "table"):
        raise SignalsError(f"expected a format of {', '.join(FORMATS)}, table, got {kind!r}")
    found = Layout(kind=kind)
    taken = _named_roles(sheet, wishes, found)
    if wishes.columns:
        _asked_channels(sheet, wishes, found, taken)
    elif kind == "table":
        _own_channels(sheet, wishes, found, taken)
    else:
        _known_channels(sheet, found, taken)
    if not found.channels:
        raise SignalsError(
            f"expected at least one channel column, got {_text_at_most(sheet, found)} at {sheet.path}:1"
            + (f" for --format {kind}" if kind != "table" else "")
        )
    return found


def _text_at_most(sheet: Sheet, found: Layout) -> str:
    """Show what a column that is none of numbers holds, if there is one."""
    for name in found.left_out:
        k = sheet.header.index(name)
        cell = next((row[k] for row in sheet.sample if k < len(row) and not is_missing(row[k])), None)
        if cell is not None:
            return f"{cell[:LONGEST_SHOWN]!r} in column {name[:LONGEST_SHOWN]}"
    return "none"


def _distinct(sheet: Sheet) -> None:
    """Refuse two columns of one name, and one without a name that is not the first."""
    if not sheet.header:
        raise SignalsError(f"expected a table with a header, got nothing at {sheet.path}:1")
    names = sheet.header[1:] if sheet.header[0] == "" else sheet.header
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or "" in names:
        raise SignalsError(f"expected distinct column names, got {twice or 'an empty one'} at {sheet.path}:1")


def _named_roles(sheet: Sheet, wishes: Wishes, found: Layout) -> set[int]:
    """Find time, person, frame, success and confidence; return these columns and all like them."""
    not_time = FORMATS[found.kind].not_time if found.kind != "table" else frozenset()
    times = {
        k: unit
        for k, name in enumerate(sheet.header)
        if (unit := time_unit(name)) is not None and name.lower() not in not_time
    }
    asked = _asked(sheet, wishes.time)
    if times or asked is not None:
        order = ("s", "", "ms", "us", "ns", "min", "h")
        found.time = asked if asked is not None else min(times, key=lambda k: (order.index(times[k]), k))
        found.unit = wishes.time_unit or times.get(found.time) or None
    found.person = _first(sheet, PEOPLE, wishes.person)
    found.frame = _first(sheet, FRAMES)
    found.success = _first(sheet, SUCCESSES)
    found.confidence = _first(sheet, CONFIDENCES)
    never = {*PEOPLE, *FRAMES, *ROWS, *CONFIDENCES, *SUCCESSES}
    alike = {k for k, name in enumerate(sheet.header) if plain(name) in never or name.lower() in not_time}
    return {*times, *alike, *(k for k in (found.time, found.person) if k is not None)}


def _asked(sheet: Sheet, name: str | None) -> int | None:
    """Find a column that was asked for by name."""
    if name is None:
        return None
    if name not in sheet.header:
        raise SignalsError(
            f"expected a column of {', '.join(sheet.header[:12])}, got {name!r} at {sheet.path}:1"
        )
    return sheet.header.index(name)


def _first(sheet: Sheet, names: Sequence[str], asked: str | None = None) -> int | None:
    """Return the first column of these names, in the order of the names."""
    if asked is not None:
        return _asked(sheet, asked)
    plains = [plain(name) if name else None for name in sheet.header]
    return next((plains.index(name) for name in names if name in plains), None)


def _known_channels(sheet: Sheet, found: Layout, taken: set[int]) -> None:
    """Take the channels that the format names; everything else is left out."""
    form = FORMATS[found.kind]
    columns = [(k, form.channel(name)) for k, name in enumerate(sheet.header) if k not in taken]
    named = {("", channel): k for k, channel in columns if channel}
    found.channels = dict(sorted(named.items(), key=lambda one: _rank(one[0][1])))
    for k, name in enumerate(sheet.header):
        if name.lower() in form.pose:
            ours, factor = form.pose[name.lower()]
            found.context[ours] = (k, factor)


def _asked_channels(sheet: Sheet, wishes: Wishes, found: Layout, taken: set[int]) -> None:
    """Take the columns that were asked for; a time or a row number is never a signal."""
    for name in wishes.columns:
        k = _asked(sheet, name)
        if k is None or k in taken:
            raise SignalsError(f"expected columns of signals, got {name!r}, which is none, at {sheet.path}:1")
        found.channels["", name] = k


def _rank(channel: str) -> int:
    """Place of a blendshape; everything else keeps its own."""
    return LEADS.index(channel.lower()) if channel.lower() in LEADS else len(LEADS)


def _own_channels(sheet: Sheet, wishes: Wishes, found: Layout, taken: set[int]) -> None:
    """Take every column of numbers, as a channel or, in a wide table, as a person's."""
    context = {name: sheet.header.index(name) for name in CONTEXT if name in sheet.header}
    if RECORDING in context and not _numeric(sheet, RECORDING, context[RECORDING]):
        del context[RECORDING]  # somebody else's word
    found.context = {name: (k, 1.0) for name, k in context.items()}
    taken = taken | {k for k, _ in found.context.values()}
    columns = {name: k for k, name in enumerate(sheet.header) if k not in taken}
    numeric = {name: k for name, k in columns.items() if _numeric(sheet, name, k)}
    found.left_out = [name for name in columns if name not in numeric]
    split = {} if found.person is not None else _by_person(numeric)
    if split:
        found.channels = split
    elif found.person is not None or wishes.single or len(numeric) < 2 or any(map(_known, numeric)):
        found.channels = {("", name): k for name, k in numeric.items()}
    elif len(numeric) == 2 and not any(re.search(_UNIT, name, re.IGNORECASE) for name in numeric):
        found.channels = {(name, SIGNAL): k for name, k in numeric.items()}
    else:
        got = ", ".join(list(numeric)[:6]) + (", ..." if len(numeric) > 6 else "")
        raise SignalsError(
            f"expected a column person, or two columns that are people, got {got} at {sheet.path}:1: "
            "name who each row is about in a column person, or choose with --columns A,B"
        )


def _numeric(sheet: Sheet, name: str, k: int) -> bool:
    """Whether most cells of the first rows are numbers; a channel's name must hold numbers."""
    cells = [row[k] for row in sheet.sample if k < len(row) and not is_missing(row[k])]
    return _known(name) or 2 * sum(is_number(cell) or is_grouped(cell) for cell in cells) >= len(cells)


def _known(name: str) -> bool:
    """Whether a column has the name of an action unit or of a blendshape."""
    return name.lower() in BLENDSHAPES or re.fullmatch(_AU, name, re.IGNORECASE) is not None


def _by_person(numeric: dict[str, int]) -> dict[tuple[str, str], int]:
    """Split names such as `A_AU12` or `AU12.B` into person and channel; empty unless all are such."""
    found = {}
    for name, k in numeric.items():
        before = re.fullmatch(r"(?P<who>.+?)[ ._:/-]+(?P<channel>AU\d\d)(?:_r)?", name, re.IGNORECASE)
        after = re.fullmatch(r"(?P<channel>AU\d\d)(?:_r)?[ ._:/-]+(?P<who>.+)", name, re.IGNORECASE)
        if (parts := before or after) is None:
            return {}
        found[parts["who"], parts["channel"].upper()] = k
    people = {who for who, _ in found}
    whole = len(found) == len(numeric) and len(found) == len(people) * len({one for _, one in found})
    return found if len(people) > 1 and whole else {}
