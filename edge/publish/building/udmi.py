"""UDMI 1.5.7 messages of this device: state, pointset and system events, paced as the building asked.

The schemas allow no additional field, so nothing is in here but room-level points. Lives on the
courier's thread.
"""

import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from edge.plain import Json
from edge.publish.building.identity import Identity
from edge.publish.building.udmi_config import WRITABLE, UdmiConfig
from edge.publish.clock import Clock, rfc3339
from edge.publish.notices import Notice

VERSION = "1.5.7"
_STATE_GAP_NS = 1_000_000_000  # never more than one state a second
_PATIENCE_NS = 5_000_000_000  # a wish not fulfilled by then is overridden
_NS = 1_000_000_000
_WARNING = 400


@dataclass(frozen=True, slots=True)
class Room:
    """The room-level values of the last hop; None: not measurable or not to be said."""

    count: int | None = None
    index: float | None = None
    evidence: float | None = None
    active_pairs: int | None = None
    muted: bool = True


@dataclass(slots=True)
class Udmi:
    """Knows what the building wants and what the room has; says what is due."""

    device: Identity
    clock: Clock
    folder: Path
    config: UdmiConfig = field(default_factory=UdmiConfig)
    room: Room = field(default_factory=Room)
    status: Notice | None = None
    value_state: str = ""
    _started: str = ""
    _etag: str = field(default_factory=lambda: secrets.token_hex(4))
    _said: dict[str, object] = field(default_factory=dict)
    _state_wanted: bool = True
    _state_ns: int | None = None
    _points_ns: int | None = None
    _full_ns: int | None = None
    _metrics_ns: int | None = None
    _wanted: bool | None = None
    _wanted_ns: int = 0

    def __post_init__(self) -> None:
        """Remember the start."""
        self._started = rfc3339(self.clock.wall_ns())

    def configure(self, config: UdmiConfig, value_state: str, *, wanted: bool | None) -> None:
        """Take a new configuration and what became of its wish; `wanted` is a mute still under way."""
        self.config, self.value_state = config, value_state
        self._wanted, self._wanted_ns = wanted, self.clock.mono_ns()
        text = "; ".join(config.faults.values())
        level, category = (500, "system.config.parse") if text else (200, "system.config.apply")
        self.status = Notice(level, category, text or "applied")
        self._changed()

    def refuse(self, reason: str) -> None:
        """Report a hard error; the configuration stays."""
        self.status = Notice(500, "system.config.parse", reason)
        self._changed()

    def report(self, notice: Notice) -> None:
        """Put an entry of warning or worse into the state."""
        if notice.level >= _WARNING:
            self.status = notice
            self._state_wanted = True

    def observe(self, room: Room) -> None:
        """Take the room's values of one hop."""
        if room.muted != self.room.muted:
            self._changed()
        self.room = room

    def _changed(self) -> None:
        self._etag, self._state_wanted = secrets.token_hex(4), True

    def fits(self, etag: str) -> bool:
        """Return whether a writer had seen the present state."""
        return not etag or etag == self._etag

    def due(self) -> list[tuple[str, Json]]:
        """Return the messages to send now, by name; the state before the points it explains."""
        now_ns, messages = self.clock.mono_ns(), []
        self._follow_wish(now_ns)
        if self._state_wanted and _passed(self._state_ns, now_ns, _STATE_GAP_NS):
            self._state_wanted, self._state_ns = False, now_ns
            messages.append(("state", self.state()))
        points = self._points_due(now_ns)
        if points is not None:
            messages.append(("events/pointset", points))
        if _passed(self._metrics_ns, now_ns, int(self.config.metrics_rate_s * _NS)):
            self._metrics_ns = now_ns
            messages.append(("events/system", self.metrics()))
        return messages

    def _follow_wish(self, now_ns: int) -> None:
        """Say whether the mute came as wished, or whether another source overrides the wish."""
        if self.value_state == "applied" and self._wish_over():
            self.value_state = ""  # it has reverted
            self._changed()
        if self._wanted is None:
            return
        came = self.room.muted == self._wanted
        if came or now_ns - self._wanted_ns > _PATIENCE_NS:
            self.value_state, self._wanted = "applied" if came else "overridden", None
            self._changed()

    def _wish_over(self) -> bool:
        wish = self.config.wishes.get(WRITABLE)
        return wish is not None and wish.expiry_s is not None and wish.expiry_s * _NS <= self.clock.wall_ns()

    def state(self) -> Json:
        """Return the state message."""
        system: Json = {
            "serial_no": self.device.serial,
            "last_config": self.config.timestamp,
            "hardware": {"make": self.device.make, "model": self.device.model},
            "software": {"firmware": self.device.software},
            "operation": {"operational": True, "last_start": self._started, "mode": "active"},
        }
        if self.status is not None:
            system["status"] = self._entry(self.status)
        points: Json = {name: {"value_state": "invalid"} for name in self.config.wishes}
        points[WRITABLE] = {"value_state": self.value_state} if self.value_state else {}
        pointset: Json = {"state_etag": self._etag, "points": points}
        return self._head() | {"system": system, "pointset": pointset}

    def points(self) -> dict[str, object]:
        """Return the present values; what is not measurable is left out."""
        room = self.room
        if room.muted:
            return {"zone_occupancy_status": "INACTIVE", WRITABLE: True}
        status = "UNKNOWN" if room.count is None else "OCCUPIED" if room.count else "UNOCCUPIED"
        values = {
            "zone_occupancy_count": room.count,
            "zone_occupancy_status": status,
            "mimicry_index": room.index,
            "mimicry_evidence": room.evidence,
            "mimicry_active_pairs": room.active_pairs,
            WRITABLE: False,
        }
        return {name: value for name, value in values.items() if value is not None}

    def system_event(self, notice: Notice) -> Json | None:
        """Return an entry as a message, None below the level the building wants."""
        if notice.level < self.config.min_loglevel:
            return None
        return self._head() | {"logentries": [self._entry(notice)]}

    def metrics(self) -> Json:
        """Return memory, disk and load of the board."""
        memory = _memory_mb()
        values: Json = {
            "mem_total_mb": memory["MemTotal"],
            "mem_free_mb": memory["MemAvailable"],
            "system_load": round(os.getloadavg()[0], 2),
        }
        with suppress(OSError):  # a disk that went must not take the courier's thread with it
            disk = shutil.disk_usage(self.folder)
            values |= {"store_total_mb": disk.total >> 20, "store_free_mb": disk.free >> 20}
        return self._head() | {"metrics": values}

    def _points_due(self, now_ns: int) -> Json | None:
        if not _passed(self._points_ns, now_ns, int(self.config.sample_limit_s * _NS)):
            return None
        points = self.points()
        full = _passed(self._full_ns, now_ns, int(self.config.sample_rate_s * _NS))
        chosen = (
            points if full else {name: value for name, value in points.items() if self._moved(name, value)}
        )
        if not chosen:
            return None
        self._points_ns = now_ns
        self._full_ns = now_ns if full else self._full_ns
        self._said |= chosen
        message = self._head() | {
            "points": {name: {"present_value": value} for name, value in chosen.items()}
        }
        return message if full else message | {"partial_update": True}

    def _moved(self, name: str, value: object) -> bool:
        """Return whether a value moved enough to be told before its time."""
        said = self._said.get(name)
        if isinstance(value, float) and isinstance(said, float):
            return name in self.config.increments and abs(value - said) >= self.config.increments[name]
        return value != said and not isinstance(value, float)

    def _entry(self, notice: Notice) -> Json:
        now = rfc3339(self.clock.wall_ns())
        return {"message": notice.text, "category": notice.category, "timestamp": now, "level": notice.level}

    def _head(self) -> Json:
        return {"version": VERSION, "timestamp": rfc3339(self.clock.wall_ns())}


def _passed(then_ns: int | None, now_ns: int, wait_ns: int) -> bool:
    return then_ns is None or now_ns - then_ns >= wait_ns


def _memory_mb() -> dict[str, int]:
    """Return total and available memory; free pages instead of the latter where the unit hides /proc."""
    page = os.sysconf("SC_PAGE_SIZE")
    total, free = os.sysconf("SC_PHYS_PAGES") * page >> 20, os.sysconf("SC_AVPHYS_PAGES") * page >> 20
    names = {"MemTotal": total, "MemAvailable": free}
    try:
        with Path("/proc/meminfo").open() as lines:
            for line in lines:
                name, _, rest = line.partition(":")
                if name in names:
                    names[name] = int(rest.split()[0]) >> 10
    except OSError:
        return names
    return names
