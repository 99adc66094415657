"""Figures of floors and buildings, each decided once: of at least k rooms and k people, or none.

A room counts in an hour with the fewest people that it had while its index was measurable. A building has
a figure only if its hidden floors together are of k rooms and k people too, so that no difference gives a
hidden floor away. Nor does a difference of two hours of one day: either their rooms are the same, or k of
them differ. What comes after an hour was decided changes nothing. The numbers are in the table `least`,
which takes none below 3 rooms and 9 people.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, select, update

from edge.campus.engine import transaction
from edge.campus.schema import DECIDED, DEVICE, FIGURE, LEAST, SUMMARY

HOUR_MS = 3_600_000
SETTLE_MS = 900_000  # after its end, for what is late
DAY_MS = 86_400_000
FLOOR, BUILDING, HIDDEN = "floor", "building", "hidden"
"""What a figure is of; `hidden`, of all floors of a building that have none, is never shown."""
_AT_ONCE = 24  # hours in one transaction


class Place(NamedTuple):
    """What a figure is of."""

    kind: str
    site: str
    building: str
    floor: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rooms in an hour."""

    rooms: frozenset[str] = frozenset()
    people: int = 0
    total: float = 0.0
    """Of their indices."""


@dataclass(frozen=True, slots=True)
class Least:
    """Of how many rooms and people a figure is made at least."""

    rooms: int
    people: int

    def enough(self, group: Group, before: Iterable[Collection[str]]) -> bool:
        """Return whether a group is large enough, and so is what sets it apart from each earlier one."""
        large = len(group.rooms) >= self.rooms and group.people >= self.people
        return large and not any(0 < len(group.rooms ^ set(one)) < self.rooms for one in before)


Before = Mapping[Place, Collection[Collection[str]]]
"""The rooms of each figure of the day before an hour."""


def decide(engine: Engine, now_ms: int) -> int:
    """Decide some of the hours that ended a while ago, in order; return how many figures that made."""
    closed_ms = (now_ms - SETTLE_MS) // HOUR_MS * HOUR_MS
    with transaction(engine) as db:
        until_ms = db.execute(select(DECIDED.c.until_ms).with_for_update()).scalar_one()
        count = 0
        for _ in range(_AT_ONCE if until_ms < closed_ms else 0):
            hour_ms = _next_hour_ms(db, until_ms, closed_ms)
            until_ms = min(hour_ms + HOUR_MS, closed_ms)
            if hour_ms == closed_ms:
                break
            count += _decide_hour(db, hour_ms)
        db.execute(update(DECIDED).values(until_ms=until_ms))
    return count


def chosen(floors: Mapping[Place, Group], least: Least, before: Before) -> dict[Place, Group]:
    """Return what has a figure in an hour."""
    found = {place: one for place, one in floors.items() if least.enough(one, before.get(place, ()))}
    for site, building in {(place.site, place.building) for place in floors}:
        own = {place: one for place, one in floors.items() if place[1:3] == (site, building)}
        whole, hidden = Place(BUILDING, site, building), Place(HIDDEN, site, building)
        groups = {whole: _together(own.values())}
        if own.keys() - found.keys():
            groups[hidden] = _together(one for place, one in own.items() if place not in found)
        if all(least.enough(one, before.get(place, ())) for place, one in groups.items()):
            found |= groups
    return found


def _together(groups: Iterable[Group]) -> Group:
    listed = list(groups)
    rooms = frozenset().union(*(one.rooms for one in listed))
    return Group(rooms, sum(one.people for one in listed), sum(one.total for one in listed))


def _next_hour_ms(db: Connection, until_ms: int, closed_ms: int) -> int:
    """Return the next hour of which there are results; `closed_ms` where none is."""
    span = (SUMMARY.c.at_ms >= until_ms, SUMMARY.c.at_ms < closed_ms)
    first = select(func.min(SUMMARY.c.at_ms)).where(SUMMARY.c.device == DEVICE.c.id, *span)
    firsts = select(first.scalar_subquery().label("first_ms")).select_from(DEVICE).subquery()
    found: int | None = db.execute(select(func.min(firsts.c.first_ms))).scalar()
    return closed_ms if found is None else found // HOUR_MS * HOUR_MS


def _decide_hour(db: Connection, hour_ms: int) -> int:
    least = Least(*db.execute(select(LEAST.c.rooms, LEAST.c.people)).one())
    found = chosen(_floors(db, hour_ms), least, _before(db, hour_ms))
    rows = [
        {
            **place._asdict(),
            "hour_ms": hour_ms,
            "rooms": len(one.rooms),
            "people": one.people,
            "mimicry_index": round(one.total / len(one.rooms), 2),
            "names": json.dumps(sorted(one.rooms)),
        }
        for place, one in found.items()
    ]
    if rows:
        db.execute(FIGURE.insert(), rows)
    return len(rows)


def _floors(db: Connection, hour_ms: int) -> dict[Place, Group]:
    """Return the rooms of each floor in an hour; one with several devices is one room."""
    where = (DEVICE.c.site, DEVICE.c.building, DEVICE.c.floor)
    room = func.coalesce(DEVICE.c.room, DEVICE.c.name)
    query = (
        select(*where, room, func.avg(SUMMARY.c.mimicry_index), func.min(SUMMARY.c.people))
        .join(DEVICE, DEVICE.c.id == SUMMARY.c.device)
        .where(SUMMARY.c.at_ms >= hour_ms, SUMMARY.c.at_ms < hour_ms + HOUR_MS)
        .where(SUMMARY.c.mimicry_index.is_not(None), *(one.is_not(None) for one in where))
        .group_by(*where, room)
    )
    floors = defaultdict(list)
    for site, building, floor, name, index, people in db.execute(query):
        floors[Place(FLOOR, site, building, floor)].append(Group(frozenset([name]), people or 0, index))
    return {place: _together(rooms) for place, rooms in floors.items()}


def _before(db: Connection, hour_ms: int) -> dict[Place, set[frozenset[str]]]:
    """Return the rooms of each figure of the day before an hour."""
    own = FIGURE.c
    query = select(own.kind, own.site, own.building, own.floor, own.names).distinct()
    found = defaultdict(set)
    for *place, names in db.execute(query.where(own.hour_ms >= hour_ms - DAY_MS, own.hour_ms < hour_ms)):
        found[Place(*place)].add(frozenset(json.loads(names)))
    return found
