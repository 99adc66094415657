"""Times of messages in the one spelling that they have: RFC 3339, section 5.6."""

import re
from datetime import UTC, datetime, timedelta

_SPELLING = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def moment(text: str) -> datetime:
    """Return a time of RFC 3339 in UTC, digits beyond the microsecond cut off.

    A leap second is the second after it, as in POSIX. ValueError: another spelling, also of ISO 8601, or no
    such time; one outside the years 1 to 9999 of UTC too.
    """
    found = _SPELLING.fullmatch(text)
    if found is None:
        raise ValueError(f"expected a time of RFC 3339, got {text[:40]!r}")
    leap = found[3] == "60"
    day, clock, second = found[1], found[2], "59" if leap else found[3]
    zone = "+00:00" if found[5] in "Zz" else found[5]
    try:
        utc = datetime.fromisoformat(f"{day}T{clock}:{second}{found[4] or ''}{zone}").astimezone(UTC)
        return _after(utc) if leap else utc
    except OverflowError as error:
        raise ValueError(f"expected a year of 1 to 9999, got {text[:40]!r}") from error


def _after(utc: datetime) -> datetime:
    """Return the second after the last of a day in UTC; there is no leap second elsewhere."""
    later = utc + timedelta(seconds=1)
    if (later.hour, later.minute) != (0, 0):
        raise ValueError(f"expected a leap second at 23:59:60 UTC, got one before {later:%H:%M:%S}")
    return later
