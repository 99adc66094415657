"""The table of rooms: a line for each device, checked before anything is made of it."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from edge.campus.engine import inserting, transaction
from edge.campus.schema import DEVICE as DEVICES
from edge.campus.store import Store
from edge.errors import CampusError
from edge.topic import DEVICE, LEVEL

REQUIRED, OPTIONAL = ("device", "room"), ("floor", "building", "serial", "asset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One line of the table."""

    device: str
    room: str
    floor: str = ""
    building: str = ""
    serial: str = ""
    asset: str = ""


def read_rooms(path: Path) -> list[Room]:
    """Read the table; CampusError names the line that is wrong, or the two lines of one device or board."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            mark = next((one for one in ",;\t" if one in stream.readline()), ",")
            stream.seek(0)
            table = csv.DictReader(stream, delimiter=mark)
            heads = [head.strip() for head in table.fieldnames or ()]
            lines = [(table.line_num, dict(zip(heads, row.values(), strict=False))) for row in table]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or error
        raise CampusError(f"expected a table of rooms, got {reason} at {path}") from error
    if missing := [name for name in REQUIRED if name not in heads]:
        raise CampusError(f"expected the columns {', '.join(REQUIRED)}, got no {missing[0]} at {path}")
    rooms = [_room(f"{path}:{line}", cells) for line, cells in lines]
    _once(path, [(line, room) for (line, _), room in zip(lines, rooms, strict=True)])
    return rooms


def _room(where: str, cells: dict[str, str | None]) -> Room:
    room = Room(**{name: (cells.get(name) or "").strip() for name in (*REQUIRED, *OPTIONAL)})
    for name, form in (("device", DEVICE), ("room", LEVEL)):
        if not re.fullmatch(form, getattr(room, name)):
            got = getattr(room, name)
            raise CampusError(f"expected letters, digits, '-' and '_', got {got!r} at {where}: {name}")
    return room


def _once(path: Path, rooms: Sequence[tuple[int, Room]]) -> None:
    """Refuse two lines for one device or one board: a copied image, or a slip."""
    for name in ("device", "serial", "asset"):
        seen: dict[str, int] = {}
        for line, room in rooms:
            value = getattr(room, name)
            if value and seen.setdefault(value, line) != line:
                where = f"{path}:{seen[value]} and {line}"
                raise CampusError(f"expected each {name} once, got {value!r} at {where}")


def place(store: Store, root: str, rooms: Sequence[Room]) -> None:
    """Note in a store where each device is."""
    with transaction(store.engine) as db:
        for one in rooms:
            new = inserting(db, DEVICES).values(site=root, name=one.device)
            db.execute(new.on_conflict_do_nothing())
            where = (DEVICES.c.site == root, DEVICES.c.name == one.device)
            places = {"room": one.room, "floor": one.floor or None, "building": one.building or None}
            db.execute(update(DEVICES).where(*where).values(**places))
