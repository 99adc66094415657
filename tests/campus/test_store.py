"""The store: each result once, states in their newest version, gaps named, views for operators."""

import json

import pytest
from sqlalchemy.exc import DBAPIError

from edge.campus.message import Message, content
from edge.campus.migrate import NEWEST, migrate
from edge.campus.retention import retain
from edge.campus.store import Store
from edge.errors import CampusError
from tests.campus.conftest import health, rows, summary, write

GAPS = "SELECT boot, first, last, still_kept FROM gap ORDER BY boot, first"


def test_each_result_is_there_once(store):
    """A second copy is dropped, also with a corrected time and in another batch."""
    later = "2026-03-04T05:06:09.000Z"
    assert write(store, summary(1), summary(2), summary(2, time=later)).new == 2
    written = write(store, summary(1, time=later), summary(3))
    assert (written.new, written.copies) == (1, 1)
    assert rows(store, "SELECT seq FROM summary ORDER BY seq") == [(1,), (2,), (3,)]
    assert rows(store, "SELECT at_ms FROM newest") == [(1772600767000,)]


def test_a_summary_is_kept_in_columns(store):
    """Value, evidence, null and each measure of a summary come back as they were sent; null stays null."""
    measure = {"name": "response_pull", "value": 0.25, "unit": "log_ratio", "null": {"mu": 0.1, "sd": None}}
    measure |= {"p": 0.03, "n": 12.0, "state": "above", "extra": {"r_peak": 0.5}}
    write(
        store, summary(1, index=None, states={"above": 7}, missing={"dark": 0.5}, measures=[measure, measure])
    )
    found = rows(store, "SELECT at_ms, people, mimicry_index, hops_above, missing_dark FROM summary")
    assert found == [(1772600767000, 3, None, 7, 0.5)]
    found = rows(store, "SELECT place, name, value, null_mu, null_sd, n, extra FROM measure ORDER BY place")
    one = ("response_pull", 0.25, 0.1, None, 12.0, '{"r_peak":0.5}')
    assert found == [(0, *one), (1, *one)]


def test_gaps_within_a_run(store):
    """A number that is missing between others is a gap until it comes, and then none."""
    write(store, summary(5), summary(6), summary(9))
    assert rows(store, GAPS) == [("0000000a", 7, 8, 0)]
    write(store, summary(8))
    assert rows(store, GAPS) == [("0000000a", 7, 7, 0)]
    write(store, summary(7))
    assert rows(store, GAPS) == []


def test_gaps_at_the_ends_of_a_run(store):
    """What the device keeps before the first and after the last number that came can be filled."""
    write(store, summary(5), health(kept=[("0000000a", 3, 8)]))
    assert rows(store, GAPS) == [("0000000a", 3, 4, 1), ("0000000a", 6, 8, 1)]


def test_a_run_of_which_nothing_came_is_a_gap(store):
    """A run that only the device's health names is missing as a whole; one that it keeps no longer is not."""
    write(store, summary(5), health(boot="0000000c", kept=[("0000000b", 1, 4)]))
    assert rows(store, GAPS) == [("0000000b", 1, 4, 1)]
    write(store, health(boot="0000000c", time="2026-03-04T05:07:07.000Z"))
    assert rows(store, GAPS) == []


def test_a_run_that_began_under_our_eyes_is_expected_from_its_first_number(store):
    """The first run of a device is expected from where it was met, every later one from 1 on."""
    write(store, summary(50), summary(3, boot="0000000b"))
    assert rows(store, GAPS) == [("0000000b", 1, 2, 0)]


def test_states_count_in_their_newest_version(store):
    """An older health or mute that comes late changes nothing; the newest summary is the one made last."""
    base = "site/devices/dev-1"
    off = json.dumps({"state": "OFF", "time": "2026-03-04T05:06:06.000Z"})
    on = json.dumps({"state": "ON", "time": "2026-03-04T05:06:08.000Z"})
    write(store, health(mode="degraded", why="dark"), Message(f"{base}/privacy/state", on.encode()))
    write(
        store,
        health(mode="run", time="2026-03-04T05:06:06.000Z"),
        Message(f"{base}/privacy/state", off.encode()),
    )
    write(store, summary(2), summary(1, time="2026-03-04T05:05:07.000Z"))
    assert rows(store, "SELECT mode, why FROM degraded") == [("degraded", "dark")]
    assert rows(store, "SELECT muted_since_ms FROM muted") == [(1772600768000,)]
    assert rows(store, "SELECT device, at_ms FROM newest") == [("dev-1", 1772600767000)]


def privacy(state, time):
    """Return a device's state of its mute."""
    return Message("site/devices/dev-1/privacy/state", json.dumps({"state": state, "time": time}).encode())


def test_mutes_are_kept_with_their_ends(store):
    """Each mute has its begin and end, whatever batches they came in; one that is told again is one."""
    times = [f"2026-03-04T05:0{minute}:07.000Z" for minute in range(1, 7)]
    write(store, *map(privacy, ("ON", "ON", "OFF"), times))
    write(store, privacy("ON", times[3]), privacy("OFF", times[2]))
    ms = [1772600467000 + 60_000 * k for k in range(6)]
    assert rows(store, "SELECT began_ms, ended_ms FROM mute ORDER BY began_ms") == [
        (ms[0], ms[2]),
        (ms[3], None),
    ]
    write(store, privacy("OFF", times[5]))
    assert rows(store, "SELECT ended_ms FROM mute ORDER BY began_ms") == [(ms[2],), (ms[5],)]
    retain(store, 0.0, ms[4] / 1000)
    assert rows(store, "SELECT began_ms FROM mute") == [(ms[3],)]


def test_the_first_layout_is_given_mutes(store):
    """A store of the first layout is brought up to date; a mute that lasts keeps its begin."""
    write(store, privacy("ON", "2026-03-04T05:01:07.000Z"))
    with store.engine.begin() as db:
        for name in ("floor_hour", "building_hour"):
            db.exec_driver_sql(f"DROP VIEW {name}")
        for name in ("mute", "figure", "decided"):
            db.exec_driver_sql(f"DROP TABLE {name}")
        db.exec_driver_sql("UPDATE version SET number = 1")
    migrate(store.engine)
    assert rows(store, "SELECT began_ms, ended_ms FROM mute") == [(1772600467000, None)]
    assert rows(store, "SELECT * FROM floor_hour") == []
    assert rows(store, "SELECT until_ms FROM decided") == [(0,)]


def test_the_rooms_that_need_somebody(store):
    """Offline, deaf, old and unsynchronised devices are listed in their views, and healthy ones in none."""
    write(
        store,
        Message("site/software", b"0.2.0"),
        *(
            Message(f"site/devices/{name}/availability", word)
            for name, word in (("a", b"offline"), ("b", b"deaf"))
        ),
        *(Message(f"site/devices/{name}/availability", b"online") for name in "cde"),
        health(device="c", software="0.1.0"),
        health(device="d", clock="unsynced", software="0.2.0"),
        health(device="e", software="0.2.0"),
    )
    for view, device in (("offline", "a"), ("deaf", "b"), ("old_version", "c"), ("clock", "d")):
        assert rows(store, f"SELECT device FROM {view}") == [(device,)], view


def test_what_left_is_not_offline(store):
    """A device whose retained topics were emptied is listed no more."""
    write(store, Message("site/devices/a/availability", b"offline"))
    write(
        store,
        *(Message(f"site/devices/a/{name}", b"") for name in ("availability", "health", "privacy/state")),
    )
    assert rows(store, "SELECT device FROM offline") == []


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("site/devices/a/mimicry/live", b"{}"),
        ("devices/a/health", b"{}"),
        ("site/devices/a.b/health", b"{}"),
        ("site/devices/a/availability", b"maybe"),
        ("site/devices/a/health", b"\xff"),
        ("site/devices/a/health", b"[1]"),
        ("site/devices/a/health", b"[" * 100_000),
        ("site/devices/a/health", b'{"time":"yesterday"}'),
        ("site/devices/a/health", b'{"time":"2026-03-04T05:06:07"}'),
        ("site/devices/a/health", b'{"why":"\\u0000"}'),
        ("site/devices/a/health", b'{"uptime_s":1e400}'),
        ("site/devices/a/health", b'{"uptime_s":99999999999}'),
        ("site/devices/a/mimicry/summary", summary(0).payload),
        ("site/devices/a/mimicry/summary", summary(1, boot="x").payload),
        ("site/devices/a/mimicry/summary", summary(1, index="high").payload),
        ("site/devices/a/mimicry/summary", summary(1, index=float("nan")).payload),
        ("site/devices/a/mimicry/summary", summary(1, people=True).payload),
        ("site/devices/a/mimicry/summary", summary(1, measures=[7]).payload),
        (
            "site/devices/a/mimicry/summary",
            summary(1, measures=[{"extra": [0]}]).payload.replace(b"[0]", b"[1e999]"),
        ),
        ("site/devices/a/mimicry/event", summary(1, tracks=[1]).payload),
        ("site/devices/a/mimicry/event", summary(1, time=None).payload),
    ],
)
def test_what_is_no_message_of_a_device(topic, payload):
    """A message of another form is refused with what was expected."""
    with pytest.raises(CampusError, match="expected"):
        content(Message(topic, payload))


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "mysql://host/x", "postgresql://host", "sqlite:////nowhere/at/all"]
)
def test_a_bad_address_is_named(url):
    """An address of no store is refused in one line."""
    with pytest.raises(CampusError, match="expected"):
        Store(url)


def test_a_newer_layout_is_refused(store):
    """A store that a newer version of the package laid out is not touched."""
    with store.engine.begin() as db:
        db.exec_driver_sql("UPDATE version SET number = 99")
    with pytest.raises(CampusError, match="got 99"):
        Store(store.engine.url.render_as_string(hide_password=False))


def test_an_older_layout_is_brought_up_to_date(store):
    """Steps lead from the layout that is found to the newest, once, and the views are made again."""
    write(store, summary(1))
    done = []

    def step(db):
        db.exec_driver_sql("ALTER TABLE summary ADD COLUMN lux REAL")
        done.append(NEWEST + 1)

    for _ in range(2):
        migrate(store.engine, {NEWEST + 1: step})
    assert done == [NEWEST + 1]
    assert rows(store, "SELECT seq, lux FROM summary") == [(1, None)]
    assert rows(store, "SELECT number FROM version") == [(NEWEST + 1,)]
    with pytest.raises(CampusError, match=f"got {NEWEST + 1}"):
        Store(store.engine.url.render_as_string(hide_password=False))


def test_a_step_that_fails_changes_nothing(store):
    """A layout is either the old or the new one."""

    def step(db):
        db.exec_driver_sql("ALTER TABLE summary ADD COLUMN lux REAL")
        raise CampusError("expected a step, got a failure")

    with pytest.raises(CampusError):
        migrate(store.engine, {NEWEST + 1: step})
    assert rows(store, "SELECT number FROM version") == [(NEWEST,)]
    with pytest.raises(DBAPIError):
        rows(store, "SELECT lux FROM summary")


def test_retention(store):
    """What is older goes, results, measures and runs that are over; a late copy of it does not come back."""
    now_s = 1772600767.0  # the time of the summaries
    old = "2026-01-01T00:00:00.000Z"
    write(store, summary(1, time=old, measures=[{"name": "a"}]), summary(2))
    retain(store, 30.0, now_s)
    assert rows(store, "SELECT seq FROM summary") == [(2,)]
    assert rows(store, "SELECT * FROM measure") == []
    assert write(store, summary(1, time=old)).copies == 1
    retain(store, -1e6, now_s)  # everything is older than the far future
    for name in ("summary", "run", "span"):
        assert rows(store, f"SELECT count(*) FROM {name}") == [(0,)]


def test_the_newest_of_each_room_is_looked_up(store):
    """The view reads one row for each device, however many there are in all."""
    if store.engine.dialect.name == "sqlite":
        plan = [row[3] for row in rows(store, "EXPLAIN QUERY PLAN SELECT * FROM newest")]
        assert not any(line.startswith("SCAN summary") for line in plan)
