"""Floors and buildings: no figure of fewer than k rooms and k people, asked for in any way."""

import itertools
import random
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from edge.campus.floors import DAY_MS, HOUR_MS, SETTLE_MS, decide
from edge.campus.retention import retain
from tests.campus.conftest import rows, summary, write

FLOORS = "SELECT floor, rooms, people, mimicry_index FROM floor_hour ORDER BY floor"
BUILDINGS = "SELECT building, rooms, people, mimicry_index FROM building_hour"
BEGIN_MS = 1_772_600_400_000  # an hour of 2026-03-04
PLACE = "UPDATE device SET building = 'A', floor = :floor, room = :room WHERE name = :name"


def fill(store, floors, *, hour=0, people=3):
    """Let each floor have some rooms with an index each, in one hour."""
    time = datetime.fromtimestamp((BEGIN_MS + hour * HOUR_MS) / 1000 + 60, UTC).isoformat()
    for floor, values in floors.items():
        found = values.items() if isinstance(values, dict) else enumerate(values)
        names = {f"{floor}-{k}": value for k, value in found}
        write(
            store,
            *(
                summary(hour + 1, device=name, index=value, people=people, time=time)
                for name, value in names.items()
            ),
        )
        with store.engine.begin() as db:
            db.execute(text(PLACE), [{"floor": floor, "room": name, "name": name} for name in names])


def close(store, hour=0):
    """Let an hour be over for long enough."""
    return decide(store.engine, BEGIN_MS + (hour + 1) * HOUR_MS + SETTLE_MS)


@pytest.mark.parametrize(("count", "people"), [(5, 3), (4, 5), (5, 2)])
def test_a_floor_of_k_rooms_has_its_mean(store, count, people):
    """Five rooms and fifteen people are enough; four rooms are not, and neither are ten people."""
    fill(store, {"1": [0.5, 0.5, 0.5, 0.7, 0.8][:count]}, people=people)
    close(store)
    assert rows(store, FLOORS) == ([("1", 5, 15, 0.6)] if (count, people) == (5, 3) else [])


def test_a_room_with_two_devices_is_one_room(store):
    """Devices are not counted but rooms, each with the fewest people that any of its devices saw."""
    fill(store, {"1": [0.5] * 5})
    with store.engine.begin() as db:
        db.exec_driver_sql("UPDATE device SET room = '1-0' WHERE name = '1-1'")
    close(store)
    assert rows(store, FLOORS) == []


def test_a_building_gives_no_hidden_floor_away(store):
    """A building less its shown floors is the hidden one: it has no row, unless that is large enough."""
    fill(store, {"1": [0.5] * 5, "2": [0.9] * 4})
    close(store)
    assert rows(store, BUILDINGS) == []
    fill(store, {"1": [0.5] * 5, "2": [0.9] * 4, "3": [0.9]}, hour=1)
    close(store, 1)
    assert rows(store, BUILDINGS) == [("A", 10, 30, 0.7)]
    fill(store, {"1": [0.5] * 5, "2": [0.9] * 4, "3": [0.9] * 2}, hour=2)
    close(store, 2)
    assert rows(store, BUILDINGS) == [("A", 10, 30, 0.7)]


def test_rooms_without_a_value_do_not_count(store):
    """A room where nothing was measurable lends its number to nobody."""
    fill(store, {"1": [0.5] * 4 + [None]})
    close(store)
    assert rows(store, FLOORS) == []


def test_an_hour_that_lasts_has_no_figure(store):
    """Neither before its end nor in the quarter of an hour after it, in which what is late comes."""
    fill(store, {"1": [0.5] * 5})
    assert decide(store.engine, BEGIN_MS + HOUR_MS + SETTLE_MS - 1) == 0
    assert close(store) == 2
    assert rows(store, "SELECT hour_ms FROM floor_hour") == [(BEGIN_MS,)]


def test_what_is_late_changes_no_figure(store):
    """Whoever asks before and after a late room came cannot subtract."""
    fill(store, {"1": [0.5] * 5, "2": [0.5] * 4})
    close(store)
    before = rows(store, FLOORS)
    fill(store, {"1": {5: 0.9}, "2": {4: 0.9}})
    assert close(store) == 0
    assert rows(store, FLOORS) == before == [("1", 5, 15, 0.5)]


def test_one_room_more_is_not_given_away(store):
    """An hour with a few rooms more than another one of the day is hidden; a day later it is not."""
    own = [0.5] * 6
    for hour, values in enumerate((own, [*own, 0.9], own, [0.9] * 11)):
        fill(store, {"1": values}, hour=hour)
        close(store, hour)
    found = [(BEGIN_MS, 6), (BEGIN_MS + 2 * HOUR_MS, 6), (BEGIN_MS + 3 * HOUR_MS, 11)]
    assert rows(store, "SELECT hour_ms, rooms FROM floor_hour ORDER BY hour_ms") == found
    fill(store, {"1": [*own, 0.9]}, hour=30)
    close(store, 30)
    assert rows(store, "SELECT rooms FROM floor_hour ORDER BY hour_ms")[3:] == [(7,)]


def _apart(figures):
    """Return how many rooms any two figures differ by, if they do."""
    return {len(one ^ other) for one, other in itertools.combinations(map(frozenset, figures), 2)} - {0}


@pytest.mark.parametrize("seed", range(3))
def test_no_two_figures_give_a_few_rooms_away(store, seed):
    """Whatever rooms are measurable in a day, figures of a floor, a building or its rest are k apart."""
    draw, figures = random.Random(seed), {}
    for hour in range(12):
        shares = {"1": 0.97, "2": 0.5, "3": 0.3}
        own = {f: [k for k in range(11) if draw.random() < share] for f, share in shares.items()}
        fill(store, {f: dict.fromkeys(rooms, 0.5) for f, rooms in own.items() if rooms}, hour=hour)
        close(store, hour)
        now = f"WHERE hour_ms = {BEGIN_MS + hour * HOUR_MS}"
        shown = {floor for (floor,) in rows(store, f"SELECT floor FROM floor_hour {now}")}
        named = {f: {f"{f}-{k}" for k in rooms} for f, rooms in own.items()}
        for floor in shown:
            figures.setdefault(floor, []).append(named[floor])
        if rows(store, f"SELECT * FROM building_hour {now}"):
            figures.setdefault("whole", []).append(set().union(*named.values()))
            rest = set().union(*(named[f] for f in named.keys() - shown))
            assert not rest or len(rest) >= 5
            figures.setdefault("rest", []).append(rest)
    assert sum(map(len, figures.values())) > 12
    assert all(min(_apart(sets), default=5) >= 5 for sets in figures.values())


def test_figures_are_kept_as_long_as_results(store):
    """Old figures go with the results, but never those that the next ones are compared with."""
    fill(store, {"1": [0.5] * 5})
    close(store)
    retain(store, 0.0, (BEGIN_MS + HOUR_MS) / 1000)
    assert len(rows(store, FLOORS)) == 1
    retain(store, 0.0, (BEGIN_MS + HOUR_MS + DAY_MS) / 1000)
    assert rows(store, FLOORS) == []


@pytest.mark.parametrize("least", ["rooms = 2", "people = 8", "id = 2"])
def test_the_least_cannot_be_less(store, least):
    """The store itself refuses a k below three rooms or nine people."""
    with pytest.raises(IntegrityError), store.engine.begin() as db:
        db.exec_driver_sql(f"UPDATE least SET {least}")


def test_whatever_is_asked_for_the_rows_are_whole(store):
    """Conditions on a view choose among its rows and never make a smaller group."""
    fill(store, {"1": [0.5] * 5})
    close(store)
    assert rows(store, "SELECT rooms FROM floor_hour WHERE floor = '1' AND people >= 1") == [(5,)]
    assert rows(store, "SELECT rooms FROM floor_hour WHERE hour_ms > 1e15") == []
