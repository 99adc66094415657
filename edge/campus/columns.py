"""Which fields of the device's messages become which columns, and of what type; what fits none is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from edge.errors import CampusError
from edge.missing import Missing
from edge.moment import moment
from edge.plain import Json
from edge.words import STATE_WORDS

MOST = 2**31 - 1  # of a whole number: what an INTEGER of every store holds
_TEXT_MAX = 500
_LARGE = 1e300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Value = str | int | float | bool | None
Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Field:
    """One column: where its value is in the message, and how it is read."""

    column: str
    path: str
    """Keys joined by dots."""
    read: Callable[[object, str], Value]


def text(value: object, where: str) -> str:
    """Return printable text of at most 500 characters."""
    if isinstance(value, str) and len(value) <= _TEXT_MAX and value.isprintable():
        return value
    raise CampusError(f"expected text of at most {_TEXT_MAX} characters, got {_kind(value)} at {where}")


def whole(value: object, where: str) -> int:
    """Return a count."""
    if type(value) is int and 0 <= value <= MOST:
        return value
    raise CampusError(f"expected a whole number in 0..{MOST}, got {_kind(value)} at {where}")


def number(value: object, where: str) -> float:
    """Return a finite number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGE:
        return float(value)
    raise CampusError(f"expected a finite number, got {_kind(value)} at {where}")


def flag(value: object, where: str) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    raise CampusError(f"expected true or false, got {_kind(value)} at {where}")


def muted(value: object, where: str) -> bool:
    """Return whether a device is muted."""
    if isinstance(value, str) and value in {"ON", "OFF"}:
        return value == "ON"
    raise CampusError(f"expected ON or OFF, got {_kind(value)} at {where}")


def moment_ms(value: object, where: str) -> int:
    """Return whole milliseconds since 1970 of a time of RFC 3339."""
    try:
        return (moment(value if isinstance(value, str) else "") - _EPOCH) // timedelta(milliseconds=1)
    except ValueError as error:
        raise CampusError(f"expected a time of RFC 3339, got {_kind(value)} at {where}") from error


def row(fields: tuple[Field, ...], body: Json) -> Row:
    """Return the columns of a message; what is null or not there is None."""
    found: Row = {}
    for field in fields:
        value = _at(body, field.path)
        found[field.column] = None if value is None else field.read(value, field.path)
    return found


def _at(body: Mapping[str, object], path: str) -> object:
    value: object = body
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _kind(value: object) -> str:
    return type(value).__name__ if isinstance(value, list | dict) else repr(value)[:60]


_STATISTICS = (
    Field("state", "state", text),
    Field("p", "p", number),
    Field("evidence", "evidence", number),
    Field("n", "n", number),
    Field("coverage", "coverage", number),
    Field("null_mu", "null.mu", number),
    Field("null_sd", "null.sd", number),
)
SUMMARY = (
    Field("at_ms", "time", moment_ms),
    Field("clock", "clock", text),
    Field("historical", "historical", flag),
    Field("age_s", "age_s", number),
    Field("profile", "profile", text),
    Field("window_s", "window_s", number),
    Field("people", "people", whole),
    Field("people_max", "people_max", whole),
    Field("mimicry_index", "index", number),
    Field("measurable", "measurable", number),
    *_STATISTICS,
    Field("confidence", "confidence", number),
    Field("active_pairs", "active_pairs", whole),
    *(Field(f"hops_{name}", f"states.{name}", whole) for name in STATE_WORDS),
    *(Field(f"missing_{name}", f"missing.{name}", number) for name in get_args(Missing)),
)
MEASURE = (
    Field("name", "name", text),
    Field("value", "value", number),
    Field("unit", "unit", text),
    Field("lag_s", "lag_s", number),
    *_STATISTICS,
    Field("confidence", "confidence", number),
)
EVENT = (
    Field("at_ms", "time", moment_ms),
    Field("clock", "clock", text),
    Field("historical", "historical", flag),
    Field("age_s", "age_s", number),
    Field("profile", "profile", text),
    Field("type", "type", text),
    Field("episode", "id", text),
    Field("start_ms", "start", moment_ms),
    Field("end_ms", "end", moment_ms),
    Field("mimicry_index", "index", number),
    Field("leader", "leader", whole),
    Field("lag_ms", "lag_ms", number),
    Field("r", "r", number),
    Field("z", "z", number),
    *(field for field in _STATISTICS if field.column != "n"),
)
HEALTH = (
    Field("health_ms", "time", moment_ms),
    Field("boot", "boot", text),
    Field("profile", "profile", text),
    Field("uptime_s", "uptime_s", whole),
    Field("clock", "clock", text),
    Field("software", "software", text),
    Field("mode", "mode", text),
    Field("condition", "condition", text),
    Field("why", "why", text),
    Field("deaf", "mqtt.deaf", flag),
    Field("reconnects", "mqtt.reconnects", whole),
    Field("spool_rows", "spool.rows", whole),
    Field("spool_dropped", "spool.dropped", whole),
    Field("camera_fps", "camera.fps", number),
    Field("temperature_c", "sys.temp_c", number),
)
PRIVACY = (
    Field("privacy_ms", "time", moment_ms),
    Field("muted", "state", muted),
    Field("consent", "consent", flag),
)
