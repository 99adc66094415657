"""Floors and buildings: no figure of fewer than k rooms and k people, asked for in any way."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from edge.campus.schema import DEVICE
from tests.campus.conftest import rows, summary, write

FLOORS = "SELECT floor, rooms, people, mimicry_index FROM floor_hour ORDER BY floor"
BUILDINGS = "SELECT building, rooms, people, mimicry_index FROM building_hour"


def fill(store, floors, *, people=3):
    """Let each floor have some rooms with an index each, all in the same hour."""
    for floor, values in floors.items():
        for k, value in enumerate(values):
            name = f"{floor}-{k}"
            write(store, summary(1, device=name, index=value, people=people))
            with store.engine.begin() as db:
                db.execute(update(DEVICE).where(DEVICE.c.name == name).values(building="A", floor=floor))


def test_a_floor_of_k_rooms_has_its_mean(store):
    """Five rooms and fifteen people are enough; four rooms are not, and neither are fourteen people."""
    fill(store, {"1": [0.5, 0.5, 0.5, 0.7, 0.8], "2": [0.9] * 4})
    assert rows(store, FLOORS) == [("1", 5, 15, 0.6)]
    write(store, summary(2, device="1-0", index=0.5, people=2))
    assert rows(store, FLOORS) == []


def test_a_building_gives_no_hidden_floor_away(store):
    """A building less its shown floors is the hidden one: it has no row, unless that is large enough."""
    fill(store, {"1": [0.5] * 5, "2": [0.9] * 4})
    assert rows(store, BUILDINGS) == []
    fill(store, {"3": [0.9]})
    assert rows(store, BUILDINGS) == [("A", 10, 30, 0.7)]


def test_rooms_without_a_value_do_not_count(store):
    """A room where nothing was measurable lends its number to nobody."""
    fill(store, {"1": [0.5] * 4 + [None]})
    assert rows(store, FLOORS) == []


@pytest.mark.parametrize("least", ["rooms = 2", "people = 8", "id = 2"])
def test_the_least_cannot_be_less(store, least):
    """The store itself refuses a k below three rooms or nine people."""
    with pytest.raises(IntegrityError), store.engine.begin() as db:
        db.exec_driver_sql(f"UPDATE least SET {least}")


def test_whatever_is_asked_for_the_rows_are_whole(store):
    """Conditions on a view choose among its rows and never make a smaller group."""
    fill(store, {"1": [0.5] * 5})
    assert rows(store, "SELECT rooms FROM floor_hour WHERE floor = '1' AND people >= 1") == [(5,)]
    assert rows(store, "SELECT rooms FROM floor_hour WHERE hour_ms > 1e15") == []
