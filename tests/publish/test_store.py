"""What store, spool and envelope count, put aside and refuse, against numbers worked out by hand."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from edge.errors import PublishError
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.row import EVENT, SUMMARY, SYSTEM, carve, unpack
from edge.publish.durable.spool import Spool
from edge.publish.durable.store import Store
from tests.publish.clocks import SetClock
from tests.publish.test_spool import BIG, of

NS = 1_000_000_000
KEPT_N = 1000  # rows put aside


def dead(path):
    """Return reason and row of everything that was put aside."""
    with closing(sqlite3.connect(path)) as database:
        return [(reason, unpack(blob)) for reason, blob in database.execute("SELECT reason, blob FROM dead")]


def test_a_refused_row_is_put_aside_once(tmp_path):
    """A row refused for good leaves the queue and is kept with its reason, the newest thousand."""
    store = Store(tmp_path / "s", BIG)
    rows = [of(EVENT, n) for n in range(1, 4)]
    for row in rows:
        store.add(row)
    store.commit()
    store.park(rows[1], 0x87)
    assert [row.n for row in store.next((EVENT,), (), 9)] == [1, 3]
    assert store.rows == 2
    store.close()
    assert dead(tmp_path / "s") == [(0x87, rows[1])]
    spool = Spool(tmp_path / "s")
    for n in range(KEPT_N):
        spool.park(of(EVENT, 100 + n, size=1), 0x99)
    spool.close()
    kept = dead(tmp_path / "s")
    assert [row.n for _, row in kept] == list(range(100, 100 + KEPT_N))


def test_numbers_go_on_after_everything_was_delivered(tmp_path):
    """The spool knows its last number from what was committed, delivered or not."""
    spool = Spool(tmp_path / "s")
    assert (spool.rows, spool.size, spool.last_n) == (0, 0, 0)
    row = of(SUMMARY, 7)
    spool.commit([row], ())
    assert (spool.rows, spool.size, spool.last_n) == (1, len(row.pack()), 7)
    spool.commit((), [row.key, of(SUMMARY, 8).key])
    assert (spool.rows, spool.size, spool.last_n) == (0, 0, 7)
    spool.close()


def test_rows_are_counted_where_they_are(tmp_path):
    """Waiting are the rows on disk that were not delivered and those in memory; bytes are those on disk."""
    store = Store(tmp_path / "s", BIG)
    rows = [of(EVENT, n) for n in range(1, 5)]
    for row in rows[:3]:
        store.add(row)
    store.commit()
    store.done(rows[0])
    store.add(rows[3])
    assert (store.rows, store.staged, store.undeleted) == (3, 1, 1)
    assert store.size == sum(len(row.pack()) for row in rows[:3])
    assert store.oldest() == rows[1]
    store.commit()
    assert (store.rows, store.staged, store.undeleted) == (3, 0, 0)
    store.close()
    assert store.size == 0


def test_eviction_takes_no_more_than_it_must(tmp_path):
    """At the cap nothing goes; a byte above it the oldest row of the lowest class goes, and only it."""
    rows = [of(EVENT, 1), of(SYSTEM, 2), of(SYSTEM, 3)]
    size = sum(len(row.pack()) for row in rows)
    one = len(rows[1].pack())
    for cap, left in ((size, [1, 2, 3]), (size - 1, [1, 3]), (size - one, [1, 3]), (size - one - 1, [1])):
        store = Store(tmp_path / str(cap), cap)
        for row in rows:
            store.add(row)
        store.commit()
        assert store.evict(lambda row: False) == 3 - len(left)
        assert [row.n for row in store.next((SYSTEM, SUMMARY, EVENT), (), 9)] == left
        store.close()


def test_who_is_too_old_makes_room_for_the_young(tmp_path):
    """Above the cap only the expired rows go where the others then fit."""
    rows = [of(SYSTEM, 1), *(of(EVENT, n) for n in range(2, 5))]
    store = Store(tmp_path / "s", sum(len(row.pack()) for row in rows[:3]))
    for row in rows:
        store.add(row)
    store.commit()
    assert store.evict(lambda row: row.n == 2) == 1
    assert [row.n for row in store.next((SYSTEM, SUMMARY, EVENT), (), 9)] == [1, 3, 4]
    store.close()


def test_rows_of_a_file_that_was_away_at_the_start_stay(tmp_path):
    """Rows made while the spool could not be read take no place of the rows in it, and come after them."""
    file = tmp_path / "state" / "s"
    store = Store(file, BIG)
    for n in range(1, 4):
        store.add(of(EVENT, store.last_n + n))
    store.close()
    file.parent.rename(tmp_path / "away")
    file.parent.write_text("")
    store = Store(file, BIG)
    assert store.mode == "memory"
    later = of(EVENT, store.last_n + 1)
    store.add(later)
    file.parent.unlink()
    (tmp_path / "away").rename(file.parent)
    assert store.commit()
    assert [row.n for row in store.next((EVENT,), (), 9)] == [1, 2, 3, later.n]
    store.close()


def test_memory_is_capped_while_the_disk_refuses(tmp_path):
    """Without a file rows stay in memory, up to four MiB; the oldest of the lowest class go first."""
    (tmp_path / "not a folder").write_text("")
    store = Store(tmp_path / "not a folder/s", BIG)
    assert (store.mode, store.size, store.evict(lambda row: True)) == ("memory", 0, 0)
    assert "Not a directory" in store.trouble or "File exists" in store.trouble
    for n, kind in enumerate((EVENT, SYSTEM, EVENT, SYSTEM, EVENT), 1):
        store.add(of(kind, n, size=1 << 20))
    assert not store.commit()
    assert [row.n for row in store.next((SYSTEM, EVENT), (), 9)] == [1, 3, 5]
    assert store.evicted == 2
    (tmp_path / "not a folder").unlink()
    assert store.commit()
    assert (store.mode, store.rows, store.staged) == ("disk", 3, 0)
    store.close()


@pytest.mark.parametrize(("free", "mode"), [(49, "memory"), (50, "disk")])
def test_below_five_percent_nothing_is_written(tmp_path, monkeypatch, free, mode):
    """Under 5 % of free disk rows stay in memory, with the reason; an unreadable disk counts as full."""
    store = Store(tmp_path / "deep/er/s", BIG)
    usage = type("Usage", (), {"free": free, "total": 1000})
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    store.add(of(EVENT, 1))
    assert store.commit() == (mode == "disk")
    assert (store.mode, store.trouble != "") == (mode, mode == "memory")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: (_ for _ in ()).throw(OSError()))
    store.add(of(EVENT, 2))
    assert not store.commit()
    store.close()


def test_a_locked_file_is_an_error_of_ours(tmp_path):
    """SQLite's refusal is a PublishError that says so; the file belongs to its owner alone."""
    spool = Spool(tmp_path / "s")
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(tmp_path / "s", isolation_level=None)) as other:
        other.execute("DROP TABLE q")
    with pytest.raises(PublishError, match="expected a writable spool, got"):
        spool.head(EVENT, 1)
    spool.close()


def test_a_file_that_refuses_is_named(tmp_path):
    """A spool that stops taking rows turns to memory, with SQLite's own words as the reason."""
    store = Store(tmp_path / "s", BIG)
    with closing(sqlite3.connect(tmp_path / "s", isolation_level=None)) as other:
        other.execute("DROP TABLE q")
    assert store.next((EVENT,), (), 1) == []
    store.add(of(EVENT, 1))
    assert not store.commit()
    assert (store.mode, store.rows) == ("memory", 1)
    assert store.trouble == "expected a writable spool, got 'no such table: q'"
    store.close()


def test_rows_side_by_side_are_all_carved():
    """Rows that touch, or begin within a broken one, are all found; one longer than a MiB is none."""
    one, two = of(EVENT, 1).pack(), of(SUMMARY, (1 << 48) - 1).pack()
    assert [row.n for row in carve(b"\xa7" + one + two)] == [1, (1 << 48) - 1]
    assert [row.n for row in carve(one[:4] + one)] == [1]
    head = len(of(EVENT, 1, size=0).pack())
    assert unpack(of(EVENT, 1, size=(1 << 20) - head).pack()) is not None
    assert unpack(of(EVENT, 1, size=(1 << 20) - head + 1).pack()) is None


def test_the_last_number_of_a_class_is_found(tmp_path):
    """A class reaches to its largest number and not into the next."""
    spool = Spool(tmp_path / "s")
    last = (1 << 48) - 1
    spool.commit([of(SYSTEM, last), of(SUMMARY, 1)], ())
    assert [row.n for row in spool.head(SYSTEM, 9)] == [last]
    assert [row.n for row in spool.head(SUMMARY, 9)] == [1]
    spool.close()


def test_an_envelope_counts_and_dates_its_rows():
    """Rows are numbered from 1, carry both times, and expire with age, never in less than a second."""
    clock = SetClock()
    envelope = Envelope(clock, "0" * 8, max_age_ns=100 * NS)
    rows = [envelope.foreign_row(SYSTEM, "a/b", {}, (5, clock.mono + 1)) for _ in range(2)]
    assert [(row.n, row.seq, row.wall_ns, row.mono_ns) for row in rows] == [
        (1, 0, 5, clock.mono + 1),
        (2, 0, 5, clock.mono + 1),
    ]
    clock.mono += 1
    assert envelope.packet(rows[0]).expiry_s == 100
    assert envelope.packet(rows[1]).user == (("schema", "udmi"), ("boot", "0" * 8), ("seq", "2"))
    clock.mono += 1000 * NS
    assert envelope.packet(rows[0]).expiry_s == 1
    own = envelope.row(SUMMARY, "x/mimicry/summary", {}, (5, clock.mono))
    assert (own.n, own.seq) == (3, 1)
    assert envelope.packet(own).user[2] == ("seq", "1")
