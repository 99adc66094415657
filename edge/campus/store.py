"""The store of a campus: batches of messages go in, each result once; what is missing comes out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from edge.campus.engine import engine, inserting, transaction
from edge.campus.message import EMPTIED, SOFTWARE, Content, Message
from edge.campus.migrate import migrate
from edge.campus.results import write_new
from edge.campus.schema import DEVICE, PARKED, SITE
from edge.campus.states import write_states
from edge.errors import CampusError

PARKED_MOST = 10_000  # the newest stay


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch."""

    new: int
    """Results that are in the store now."""
    copies: int
    """Results that were there already."""


class Store:
    """One store; several processes may write to the same one. Every method raises CampusError."""

    def __init__(self, url: str) -> None:
        self.engine = engine(url)
        try:
            migrate(self.engine)
        except CampusError:
            self.close()
            raise

    def write(self, contents: Sequence[Content]) -> Written:
        """Write a batch in one transaction: all of it is durable when this returns, or nothing."""
        now_ms = time.time_ns() // 1_000_000
        with transaction(self.engine) as db:
            for one in contents:
                if one.kind == SOFTWARE:
                    _note_site(db, one)
            of_devices = [one for one in contents if one.kind not in {SOFTWARE, EMPTIED}]
            ids = _numbers(db, {(one.site, one.device) for one in of_devices})
            numbered = [(ids[one.site, one.device], one) for one in of_devices]
            results = [pair for pair in numbered if pair[1].seq]
            new = write_new(db, results, now_ms) if results else []
            heard = [pair for pair in numbered if not pair[1].seq] + new
            if heard:
                write_states(db, heard, now_ms)
        return Written(len(new), len(results) - len(new))

    def park(self, message: Message, reason: str) -> None:
        """Put a message aside that is none of a device, with the reason; the newest ten thousand stay."""
        row = {"at_ms": time.time_ns() // 1_000_000, "topic": message.topic.encode("utf-8", "replace")}
        with transaction(self.engine) as db:
            parked = PARKED.insert().values(**row, payload=message.payload, reason=reason[:500])
            last = db.execute(parked).inserted_primary_key
            if last is not None:
                db.execute(PARKED.delete().where(PARKED.c.id <= last[0] - PARKED_MOST))

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _numbers(db: Connection, names: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the devices' numbers and hold their locks until the transaction ends."""
    found = _locked(db, names)
    if missing := sorted(names - found.keys()):
        rows = [{"site": site, "name": name} for site, name in missing]
        db.execute(inserting(db, DEVICE).on_conflict_do_nothing(), rows)
        found = _locked(db, names)
    return found


def _locked(db: Connection, names: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return what is known of the devices; in the order of their numbers, so that two writers never cross."""
    query = select(DEVICE.c.site, DEVICE.c.name, DEVICE.c.id).order_by(DEVICE.c.id).with_for_update()
    rows = db.execute(query.where(tuple_(DEVICE.c.site, DEVICE.c.name).in_(names)))
    return {(site, name): number for site, name, number in rows}


def _note_site(db: Connection, one: Content) -> None:
    new = inserting(db, SITE).values(name=one.site, **one.row)
    db.execute(new.on_conflict_do_update(index_elements=["name"], set_=one.row))
