"""What hears the hub for the page: one line for all devices, one more for each room somebody looks at."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.hub import Hub, Item
from edge.page.alerts import Alerts
from edge.page.fleet import KINDS, Fleet
from edge.page.watch import Watch
from edge.view import DeviceView
from edge.view.safe import UNREADABLE

if TYPE_CHECKING:
    from edge.page.archive import Archive

LINGER_S = 30.0
"""How long a room is heard on after the last look at it."""
AGE_S = 2.0
"""Time between two looks at who has become silent."""
ROOMS_MAX = 64
"""Rooms heard at a time; the one that was looked at longest ago gives way."""
LIVE = ("live", "event", "summary", "health", "privacy", "availability")


Connect = Callable[[str, tuple[str, ...]], Hub]
"""Makes a hub of one device (or `+`) and these kinds."""


@dataclass(slots=True)
class Room:
    """One room that is looked at."""

    hub: Hub | None
    view: DeviceView
    looked_s: float


class Station:
    """All that the page knows. Not for several threads: whoever shows it also calls `take`."""

    def __init__(
        self, connect: Connect | None, archive: "Archive | None" = None, alerts: Alerts | None = None
    ) -> None:
        self._connect, self.archive = connect, archive
        self._recalled: set[str] = set()
        self._aged_s = 0.0
        self._hub = connect("+", KINDS) if connect else None
        self.fleet = Fleet()
        self.watch = Watch(self.fleet, alerts or Alerts(), archive)
        self.rooms: dict[str, Room] = {}

    @property
    def trouble(self) -> str:
        """Why nothing can come, from the hub or, without one, from the store; empty while something can."""
        source = self._hub or self.archive
        return source.trouble if source else ""

    async def recall(self) -> None:
        """Take what the store has that is newer than what came."""
        if self.archive:
            for item in await self.archive.items():
                self._recalled |= self.fleet.recall(item, time.time())

    def take(self) -> set[str]:
        """Take what has come since; return the names of the devices of which something is new."""
        now_s = time.time()
        changed = {self.fleet.update(item, now_s).device for item in _waiting(self._hub)} | self._recalled
        self._recalled = set()
        if not 0.0 <= now_s - self._aged_s < AGE_S:
            self._aged_s = now_s
            changed |= self.fleet.age(now_s)
            self.watch.look(now_s, heard=not self.trouble)
        for name, room in list(self.rooms.items()):
            for item in _waiting(room.hub):
                with suppress(*UNREADABLE):
                    room.view.update(item.kind, item.body, now_s)
                changed.add(name)
            room.view.look_at(self.trouble if room.hub is None else room.hub.trouble, now_s)
            if now_s - room.looked_s > LINGER_S:
                self._leave(name)
        return changed

    def look(self, device: str) -> DeviceView:
        """Return what is known of a room; from now on its live values are heard, while somebody looks."""
        now_s = time.time()
        if device not in self.rooms:
            while len(self.rooms) >= ROOMS_MAX:
                self._leave(min(self.rooms, key=lambda name: self.rooms[name].looked_s))
            hub = self._connect(device, LIVE) if self._connect else None
            self.rooms[device] = Room(hub, DeviceView(device=device), now_s)
        self.rooms[device].looked_s = now_s
        return self.rooms[device].view

    def mute(self, device: str, *, on: bool) -> bool:
        """Ask a device to mute or un-mute; return whether the request left."""
        card = self.fleet.cards.get(device)
        if card is None or self._hub is None:
            return False
        return self._hub.mute(card.base, on=on, by="page")

    @property
    def refused(self) -> str:
        """Why the hub did not pass on the last request; empty: it did."""
        return self._hub.refused if self._hub else ""

    def close(self) -> None:
        """Hang up; idempotent."""
        for name in list(self.rooms):
            self._leave(name)
        for source in (self._hub, self.archive):
            if source:
                source.close()

    def _leave(self, name: str) -> None:
        """Stop hearing a room."""
        hub = self.rooms.pop(name).hub
        if hub:
            hub.close()


def _waiting(hub: Hub | None) -> list[Item]:
    """Return the items that have come."""
    found = []
    while hub and (item := hub.poll(0.0)) is not None:
        found.append(item)
    return found
