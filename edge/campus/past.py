"""What a store knows of a device's past, without the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from edge.campus.columns import Value
from edge.campus.spans import Spans

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a device published of a minute."""

    end_ms: int
    window_s: float | None
    """How long it is of."""
    boot: str
    seq: int
    profile: str | None
    people: int | None
    index: float | None
    """The room's, .5 is chance; None: not measurable or not published."""
    state: str | None


@dataclass(frozen=True, slots=True)
class Past:
    """What a store holds of one device and a span of time."""

    summaries: Sequence[Summary] = ()
    """In the order of their times, which are the ends of what they sum up; with the ones next to the span."""
    came: Mapping[str, Spans] = field(default_factory=dict)
    """Of each run: the numbers that have come."""
    mutes: Sequence[tuple[int, int | None]] = ()
    """When they began and ended, ms; None: not yet."""
    profile: str = ""
    """The device's profile now."""
