"""What the collector's store adds to the page: every device at once, and a room's past."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

from edge.campus.past import Past, Values
from edge.campus.reader import Reader
from edge.errors import CampusError
from edge.hub import Item
from edge.plain import Json

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Archive:
    """One store, read by other threads than the page's own."""

    def __init__(self, url: str) -> None:
        self._reader = Reader(url)
        self.trouble = ""
        """Why the store does not answer; empty while it does."""
        self.missing: dict[str, str] = {}
        """By base topic: which results are missing and will not come by themselves, in words."""
        self._before: dict[str, Values] = {}

    async def items(self) -> list[Item]:
        """Return what is new in the store since the last time, as messages that a hub has kept."""
        rows = await self._ask(self._reader.devices) or []
        found = {f"{row['site']}/devices/{row['name']}": row for row in rows if row["availability"]}
        new = [base for base, row in found.items() if row != self._before.get(base)]
        self._before |= found
        gaps = await self._ask(self._reader.gaps) or []
        self.missing = {
            f"{one['site']}/devices/{one['device']}": (
                f"{one['missing']} from number {one['first']} on, run {one['boot']}"
            )
            for one in gaps
            if one["asks"] or not one["still_kept"]
        }
        return [item for base in new for item in _items(base, found[base])]

    async def past(self, base: str, begin_ms: int, end_ms: int) -> Past:
        """Return what came of a device; nothing while the store does not answer."""
        site, _, name = base.rpartition("/devices/")
        return await self._ask(lambda: self._reader.past(site, name, begin_ms, end_ms)) or Past()

    def close(self) -> None:
        """Let go of the store."""
        self._reader.close()

    async def _ask(self, question: Callable[[], T]) -> T | None:
        """Return the answer, None if there is none; the page goes on meanwhile."""
        try:
            answer = await asyncio.to_thread(question)
        except CampusError as error:
            if not self.trouble:
                _log.warning("%s", error)
            self.trouble = str(error)
            return None
        self.trouble = ""
        return answer


def _items(base: str, row: Values) -> Iterator[Item]:
    """Yield a device's row as its messages."""
    device, muted_ms = base.rpartition("/")[2], row["muted_since_ms"]
    health = {name: row[name] for name in ("condition", "why", "mode", "software", "clock", "profile")}
    bodies: dict[str, Json] = {
        "availability": {"state": row["availability"] or ""},
        "health": health
        | {
            "time": _stamp(row["health_ms"]),
            "sys": {"temp_c": row["temperature_c"]},
            "spool": {"rows": row["spool_rows"]},
        },
        "privacy": {
            "time": _stamp(row["privacy_ms"]),
            "state": "ON" if row["muted"] else "OFF",
            "since_s": None if muted_ms is None else int(muted_ms) / 1000,
            "profile": row["profile"],
            "consent": row["consent"],
        },
        "summary": {"time": _stamp(row["newest_ms"]), "people": row["people"]},
    }
    for kind, body in bodies.items():
        if body.get("time") or (kind == "availability" and body["state"]):
            yield Item(device, kind, body, retained=True, base=base)


def _stamp(moment_ms: object) -> str:
    """Return a time as devices write it; empty: there is none."""
    if not isinstance(moment_ms, int):
        return ""
    stamp = datetime.fromtimestamp(moment_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return stamp.replace("+00:00", "Z")
