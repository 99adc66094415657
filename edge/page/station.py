"""What hears the hub for the page: one line for all devices, one more for each room somebody looks at."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from edge.hub import Hub, Item
from edge.page.fleet import KINDS, Fleet
from edge.page.markup import UNREADABLE
from edge.view import DeviceView

LINGER_S = 30.0
"""How long a room is heard on after the last look at it."""
AGE_S = 2.0
"""Time between two looks at who has become silent."""
ROOMS_MAX = 64
"""Rooms heard at a time; the one that was looked at longest ago gives way."""
Connect = Callable[[str, tuple[str, ...]], Hub]
"""Makes a hub of one device (or `+`) and these kinds."""
LIVE = ("live", "event", "summary", "health", "privacy", "availability")


@dataclass(slots=True)
class Room:
    """One room that is looked at."""

    hub: Hub
    view: DeviceView
    looked_s: float


class Station:
    """All that the page knows. Not for several threads: whoever shows it also calls `take`."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._aged_s = 0.0
        self._hub = connect("+", KINDS)
        self.fleet = Fleet()
        self.rooms: dict[str, Room] = {}

    @property
    def trouble(self) -> str:
        """Why nothing can come from the hub; empty while it does."""
        return self._hub.trouble

    def take(self) -> set[str]:
        """Take what has come since; return the names of the devices of which something is new."""
        now_s = time.time()
        changed = {self.fleet.update(item, now_s).device for item in _waiting(self._hub)}
        if not 0.0 <= now_s - self._aged_s < AGE_S:
            self._aged_s = now_s
            changed |= self.fleet.age(now_s)
        for name, room in list(self.rooms.items()):
            for item in _waiting(room.hub):
                with suppress(*UNREADABLE):
                    room.view.update(item.kind, item.body, now_s)
                changed.add(name)
            room.view.look_at(room.hub.trouble, now_s)
            if now_s - room.looked_s > LINGER_S:
                self.rooms.pop(name).hub.close()
        return changed

    def look(self, device: str) -> DeviceView:
        """Return what is known of a room; from now on its live values are heard, while somebody looks."""
        now_s = time.time()
        if device not in self.rooms:
            while len(self.rooms) >= ROOMS_MAX:
                self.rooms.pop(min(self.rooms, key=lambda name: self.rooms[name].looked_s)).hub.close()
            self.rooms[device] = Room(self._connect(device, LIVE), DeviceView(device=device), now_s)
        self.rooms[device].looked_s = now_s
        return self.rooms[device].view

    def mute(self, device: str, *, on: bool) -> bool:
        """Ask a device to mute or un-mute; return whether the request left."""
        card = self.fleet.cards.get(device)
        return card is not None and self._hub.mute(card.base, on=on, by="page")

    def close(self) -> None:
        """Hang up; idempotent."""
        for room in self.rooms.values():
            room.hub.close()
        self._hub.close()


def _waiting(hub: Hub) -> list[Item]:
    """Return the items that have come."""
    found = []
    while (item := hub.poll(0.0)) is not None:
        found.append(item)
    return found
