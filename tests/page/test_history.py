"""A room's past from a real store: what held when, what is missing, and what a profile keeps closed."""

import asyncio
import json
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("sqlalchemy")

from edge.campus.message import Message
from edge.campus.reader import Reader
from edge.campus.store import Store
from edge.errors import CampusError
from edge.hub import Item
from edge.page import days
from edge.page.archive import Archive
from edge.page.fleet import Fleet
from edge.page.stretches import WORDS, joined, mean_index, seconds, stretches, within
from tests.campus.conftest import health, summary, write
from tests.page.payloads import HEALTH, read

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 4)
BEGIN_MS, END_MS = days.bounds_ms(DAY, UTC)
MINUTE_MS = 60_000


def stamp(minute, day=DAY):
    """Return a time of day as devices write it."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    return datetime.fromtimestamp(begin + 60 * minute, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def minute_of(seq, minute, **more):
    """Return the summary of the minute that ends then."""
    usual = {"window_s": 60.0, "profile": "research", "state": "at_chance", "index": 0.5, "people": 3}
    return summary(seq, time=stamp(minute), **(usual | more))


def mute(state, minute):
    """Return a change of the mute."""
    body = {"state": state, "time": stamp(minute)}
    return Message("site/devices/dev-1/privacy/state", json.dumps(body).encode())


@pytest.fixture
def url(tmp_path):
    """Return the address of a store in a file."""
    return f"sqlite:///{tmp_path}/campus.sqlite"


def stored(url, *messages):
    """Write messages as `collect` does; return a reader of what is there."""
    store = Store(url)
    write(store, *messages)
    store.close()
    return Reader(url)


def day_of(reader, begin_ms=BEGIN_MS, end_ms=END_MS):
    """Return the day's stretches as (first minute, last minute, kind)."""
    found = stretches(reader.past("site", "dev-1", begin_ms, end_ms), begin_ms, end_ms)
    reader.close()
    assert [one.begin_ms for one in found[1:]] == [one.end_ms for one in found[:-1]]
    return [
        ((one.begin_ms - BEGIN_MS) // MINUTE_MS, (one.end_ms - BEGIN_MS) // MINUTE_MS, one.kind)
        for one in joined(found)
    ]


def test_every_minute_of_a_day_is_of_one_kind(url):
    """Measured, muted, lost on the way and silent time follow one another without a gap or an overlap."""
    reader = stored(
        url,
        *(minute_of(k, 600 + k) for k in range(1, 11)),
        *(minute_of(k, 600 + k, state="above", index=0.9) for k in range(11, 21)),
        mute("ON", 620),
        mute("OFF", 635),
        minute_of(21, 640),
        *(minute_of(k, 640 + k - 21) for k in range(30, 32)),
    )
    assert day_of(reader) == [
        (0, 600, "quiet"),
        (600, 610, "at_chance"),
        (610, 620, "above"),
        (620, 635, "muted"),
        (635, 639, "quiet"),
        (639, 640, "at_chance"),
        (640, 648, "lost"),
        (648, 650, "at_chance"),
        (650, 1440, "quiet"),
    ]


def test_a_run_that_ended_and_one_that_began_later_lost_nothing(url):
    """Between two runs nothing came; a second run whose first results are missing lost them."""
    reader = stored(
        url, minute_of(7, 10), minute_of(1, 20, boot="0000000b"), minute_of(3, 60, boot="0000000c")
    )
    assert [kind for *_, kind in day_of(reader)] == [
        *("quiet", "at_chance", "quiet", "at_chance", "lost", "at_chance", "quiet")
    ]


def test_the_edges_of_a_day_know_their_neighbours(url):
    """A summary over midnight belongs to both days; what is missing over midnight is missing in both."""
    reader = stored(url, minute_of(1, -30), minute_of(3, 0.5), minute_of(5, 1500))
    assert day_of(reader) == [(0, 0, "at_chance"), (0, 1440, "lost")]


def test_a_summary_longer_than_the_hour_and_one_out_of_order_overlap_nothing(url):
    """Times that a corrected clock brought closer together than they lasted give no negative time."""
    reader = stored(url, minute_of(1, 10), minute_of(2, 10.5), minute_of(3, 60, window_s=9e9))
    assert [kind for *_, kind in day_of(reader)] == ["quiet", "at_chance", "quiet"]


@pytest.mark.parametrize(
    ("people", "then", "now", "shown"),
    [
        (2, "research", "research", True),
        (2, "workplace", "workplace", False),
        (3, "workplace", "workplace", True),
        (2, "research", "workplace", False),
        (2, "workplace", "research", False),
        (5, "personal", "research", False),
        (None, "workplace", "workplace", False),
    ],
)
def test_the_stricter_profile_decides(url, people, then, now, shown):
    """Of fewer than three people at the workplace, then or now, no index and no verdict is shown."""
    one = minute_of(1, 600, people=people, profile=then, state="above", index=0.9)
    reader = stored(url, one, health(time=stamp(601), profile=now))
    past = reader.past("site", "dev-1", BEGIN_MS, END_MS)
    reader.close()
    found = stretches(past, BEGIN_MS, END_MS)
    assert ("above" in seconds(found)) is shown
    assert mean_index(found) == (0.9 if shown else None)
    assert ("0.90" in days.hours(found, DAY, UTC, END_MS)) is shown


@pytest.mark.parametrize(
    ("day", "rows", "hours"),
    [
        (date(2026, 3, 4), 24, ["02:00 CET", "03:00 CET"]),
        (date(2026, 3, 29), 23, ["01:00 CET", "03:00 CEST"]),
        (date(2026, 10, 25), 25, ["02:00 CEST", "02:00 CET"]),
    ],
)
def test_a_day_has_the_hours_of_the_readers_zone(day, rows, hours):
    """A day on which the clock changes has 23 or 25 hours, each of them once and by its name."""
    begin_ms, end_ms = days.bounds_ms(day, BERLIN)
    assert end_ms - begin_ms == rows * 3_600_000
    found = re.findall(r"\d\d:00 CES?T", days.hours([], day, BERLIN, end_ms))
    assert len(set(found)) == len(found) == rows
    assert set(hours) <= set(found)
    last = re.findall(r"left:([\d.]+)%\">18:00", days.one_day([], day, BERLIN))
    assert float(last[0]) == pytest.approx(100 * (rows - 6) / rows, abs=0.01)


def test_a_day_as_html(url):
    """The drawing breaks its curve where nothing was measured; words and the table have the same lengths."""
    messages = [minute_of(k, 600 + k, index=0.25) for k in range(1, 31)]
    messages[9] = minute_of(10, 610, index=None, state="insufficient")
    reader = stored(url, *messages)
    found = stretches(reader.past("site", "dev-1", BEGIN_MS, END_MS), BEGIN_MS, END_MS)
    reader.close()
    html = days.one_day(found, DAY, UTC)
    assert len(re.findall("M", re.search(r'<path d="([^"]*)"', html)[1])) == 2
    assert "at chance 29 min; not enough data 1 min; nothing came" in html
    words = read(html + days.legend(found) + days.hours(found, DAY, UTC, END_MS))
    assert "10:00 UTC" in words
    assert "0.25" in words


def test_parts_of_stretches(url):
    """The parts within a span are cut at both ends and are the rest of what lies without it."""
    reader = stored(url, minute_of(1, 10), minute_of(2, 11))
    found = stretches(reader.past("site", "dev-1", BEGIN_MS, END_MS), BEGIN_MS, END_MS)
    reader.close()
    cut = BEGIN_MS + 630_000
    parts = within(found, BEGIN_MS, cut) + within(found, cut, END_MS)
    assert sum(one.end_ms - one.begin_ms for one in parts) == END_MS - BEGIN_MS
    assert seconds(parts) == seconds(found)
    assert set(days.SHAPES) == set(WORDS)


def test_the_reader_changes_nothing(url, tmp_path):
    """The store itself refuses what a reader writes; an absent store is not made; another layout is named."""
    with pytest.raises(CampusError, match="unable to open"):
        Reader(url).devices()
    assert list(tmp_path.iterdir()) == []
    reader = stored(url, minute_of(1, 1))
    with reader.engine.connect() as db, pytest.raises(Exception, match="readonly"):
        db.exec_driver_sql("DELETE FROM summary")
    reader.close()
    store = Store(url)
    with store.engine.begin() as db:
        db.exec_driver_sql("UPDATE version SET number = 99")
    store.close()
    with pytest.raises(CampusError, match="got 99"):
        Reader(url).devices()


def test_rooms_are_there_at_once_and_newer_words_win(url, tmp_path):
    """The fleet is filled from the store; what the hub said later stays, what the store has newer counts."""
    stored(
        url,
        Message("site/devices/dev-1/availability", b"online"),
        health(time=stamp(600), condition="degraded", mode="degraded", why="dark", software="0.1.0"),
        minute_of(1, 600, people=4),
        mute("OFF", 599),
    ).close()
    archive, fleet = Archive(url), Fleet()
    now_s = datetime.fromisoformat(stamp(600)).timestamp()
    items = asyncio.run(archive.items())
    assert {name for item in items for name in fleet.recall(item, now_s)} == {"dev-1"}
    card = fleet.cards["dev-1"]
    assert (card.condition, card.why, card.base) == ("degraded", "dark", "site/devices/dev-1")
    assert (card.summary["people"], card.muted, card.software) == (4, False, "0.1.0")
    assert asyncio.run(archive.items()) == []
    fleet.update(Item("dev-1", "health", HEALTH | {"time": stamp(602)}, base=card.base), now_s)
    fleet.update(Item("dev-1", "availability", {"state": "deaf"}, base=card.base), now_s)
    stored(url, health(time=stamp(601), condition="safe"), mute("ON", 601)).close()
    for item in asyncio.run(archive.items()):
        fleet.recall(item, now_s)
    assert (card.condition, card.availability, card.muted) == ("muted", "deaf", True)
    archive.close()


def test_a_store_that_is_away_is_one_line(tmp_path):
    """Without the store there is one line of trouble and nothing else; with it again there is none."""
    url = f"sqlite:///{tmp_path}/campus.sqlite"
    archive = Archive(url)
    assert asyncio.run(archive.items()) == []
    assert "unable to open" in archive.trouble
    assert asyncio.run(archive.past("site/devices/dev-1", BEGIN_MS, END_MS)).summaries == ()
    stored(url, Message("site/devices/dev-1/availability", b"online")).close()
    assert [item.device for item in asyncio.run(archive.items())] == ["dev-1"]
    assert archive.trouble == ""
    archive.close()
