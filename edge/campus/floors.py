"""Figures of floors and buildings, from at least k rooms and k people: fewer have no row.

A room counts in an hour with the fewest people that it had while its index was measurable. A building has a
row only if what its hidden floors add to the shown ones is of k rooms and k people too, so that no difference
gives a hidden floor away. The numbers are in the table `least`, which takes none below 3 rooms and 9 people.
"""

from sqlalchemy import SelectBase, and_, case, func, or_, select

from edge.campus.schema import DEVICE, LEAST, SUMMARY

_HOUR_MS = 3_600_000
_DIGITS = 100  # values are rounded to hundredths


def _rooms() -> SelectBase:
    """Return each room and hour: its mean index, and the fewest people while it was measurable."""
    hour = (SUMMARY.c.at_ms - SUMMARY.c.at_ms % _HOUR_MS).label("hour_ms")
    where = (DEVICE.c.site, DEVICE.c.building, DEVICE.c.floor)
    return (
        select(
            *where,
            hour,
            func.avg(SUMMARY.c.mimicry_index).label("mimicry_index"),
            func.min(SUMMARY.c.people).label("people"),
        )
        .join(DEVICE, DEVICE.c.id == SUMMARY.c.device)
        .where(SUMMARY.c.mimicry_index.is_not(None), *(one.is_not(None) for one in where))
        .group_by(*where, DEVICE.c.id, hour)
    )


def _floors() -> SelectBase:
    """Return each floor and hour, and whether it is of enough rooms and people."""
    room = _rooms().subquery()
    key = (room.c.site, room.c.building, room.c.floor, room.c.hour_ms)
    rooms, people = func.count(), func.sum(room.c.people)
    enough = and_(rooms >= func.max(LEAST.c.rooms), people >= func.max(LEAST.c.people))
    return (
        select(
            *key,
            rooms.label("rooms"),
            people.label("people"),
            func.sum(room.c.mimicry_index).label("total"),
            case((enough, 1), else_=0).label("shown"),
        )
        .select_from(room.join(LEAST, LEAST.c.id == 1))
        .group_by(*key)
    )


def floors() -> SelectBase:
    """Return the floors that may be shown, by the hour."""
    floor = _floors().subquery()
    return select(
        floor.c.site,
        floor.c.building,
        floor.c.floor,
        floor.c.hour_ms,
        floor.c.rooms,
        floor.c.people,
        (func.round(floor.c.total / floor.c.rooms * _DIGITS) / _DIGITS).label("mimicry_index"),
    ).where(floor.c.shown == 1)


def buildings() -> SelectBase:
    """Return the buildings that may be shown, by the hour."""
    floor = _floors().subquery()
    key = (floor.c.site, floor.c.building, floor.c.hour_ms)
    rooms, people = func.sum(floor.c.rooms), func.sum(floor.c.people)
    hidden = 1 - floor.c.shown
    hidden_rooms, hidden_people = func.sum(floor.c.rooms * hidden), func.sum(floor.c.people * hidden)
    least = (func.max(LEAST.c.rooms), func.max(LEAST.c.people))
    safe = or_(hidden_rooms == 0, and_(hidden_rooms >= least[0], hidden_people >= least[1]))
    return (
        select(
            *key,
            rooms.label("rooms"),
            people.label("people"),
            (func.round(func.sum(floor.c.total) / rooms * _DIGITS) / _DIGITS).label("mimicry_index"),
        )
        .select_from(floor.join(LEAST, LEAST.c.id == 1))
        .group_by(*key)
        .having(rooms >= least[0], people >= least[1], safe)
    )
