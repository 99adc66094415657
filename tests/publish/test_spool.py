"""The store and the spool without a network: order, caps, disks that refuse, files that break."""

import os
import sqlite3
import subprocess
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.publish.durable.row import EVENT, SUMMARY, SYSTEM, Row, carve, unpack
from edge.publish.durable.spool import Spool
from edge.publish.durable.store import Store
from tests.chaos import crash
from tests.chaos.power import corruption, power_cut, row

BIG = 1 << 30


def of(kind, n, size=250):
    """Return a row of a class."""
    return Row(
        n=n,
        kind=kind,
        topic="t",
        body=b"{%s}" % (b"x" * size),
        boot="0" * 8,
        seq=n,
        wall_ns=n,
        mono_ns=n,
        synced=True,
    )


@given(
    st.binary(max_size=300),
    st.text(max_size=20),
    st.integers(0, 2),
    st.integers(1, 1 << 40),
    st.binary(max_size=60),
)
@settings(max_examples=200, deadline=None)
def test_a_row_survives_its_bytes(body, topic, kind, n, noise):
    """A row is read back from its bytes, also from the middle of noise, and from nothing less."""
    one = Row(
        n=n,
        kind=kind,
        topic=topic,
        body=body,
        boot="0" * 8,
        seq=1,
        wall_ns=-5,
        mono_ns=7,
        synced=True,
        retain=True,
    )
    assert one == unpack(one.pack())
    assert one in list(carve(noise + one.pack() + noise))
    assert unpack(one.pack()[:-1]) is None


def test_rows_come_out_in_order_over_restarts(tmp_path):
    """Rows leave oldest first within and over classes, staged and stored, before and after a restart."""
    store = Store(tmp_path / "s", BIG)
    for n, kind in enumerate([EVENT, SYSTEM, SUMMARY, EVENT, SYSTEM], 1):
        store.add(of(kind, n))
        if n == 3:
            store.commit()
    assert [one.n for one in store.next((0, 1, 2), (), 10)] == [1, 2, 3, 4, 5]
    store.close()
    again = Store(tmp_path / "s", BIG)
    assert again.last_n == 5
    assert [one.n for one in again.next((EVENT,), (), 10)] == [1, 4]
    again.close()


def test_quick_acknowledgement_never_touches_the_disk(tmp_path):
    """A row delivered before its batch is due is not written."""
    store = Store(tmp_path / "s", BIG)
    before = (tmp_path / "s-wal").read_bytes() if (tmp_path / "s-wal").exists() else b""
    store.add(of(EVENT, 1))
    store.done(of(EVENT, 1))
    store.commit()
    assert store.rows == 0
    assert before == ((tmp_path / "s-wal").read_bytes() if (tmp_path / "s-wal").exists() else b"")
    store.close()


def test_caps_evict_the_lowest_class_first(tmp_path):
    """Above the cap the oldest of the lowest class go, are counted, and events stay."""
    store = Store(tmp_path / "s", 20_000)
    for n in range(1, 101):
        store.add(of((SYSTEM, SUMMARY, EVENT)[n % 3], n))
    store.commit()
    gone = store.evict(lambda _: False)
    assert store.size <= 20_000
    assert gone == store.evicted == 100 - store.rows
    left = [one.kind for one in store.next((0, 1, 2), (), 200)]
    assert SYSTEM not in left
    assert left.count(EVENT) == 33
    assert store.evict(lambda one: one.kind == EVENT) == 33
    store.close()


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to mount")
def test_full_disk_falls_back_to_memory(tmp_path):
    """On a full disk rows stay in memory and are said to; with room again all are durable and in order."""
    mount = tmp_path / "small"
    mount.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(mount)], check=False
    ).returncode:
        pytest.skip("needs a container that may mount")
    try:
        store = Store(mount / "s", BIG)
        filler = mount / "filler"
        filler.write_bytes(b"x" * 200_000)
        for n in range(1, 2001):
            store.add(of(EVENT, n))
            if n % 50 == 0:
                store.commit()
        assert store.mode == "memory"
        assert [one.n for one in store.next((EVENT,), (), 3)] == [1, 2, 3]
        kept = store.rows
        assert kept + store.evicted == 2000
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=20m", str(mount)], check=True)
        assert store.commit() is True
        assert store.mode == "disk"
        store.close()
        again = Store(mount / "s", BIG)
        assert kept == again.rows
        assert list(range(1, 2001)) == [one.n for one in again.next((EVENT,), (), 3000)]
        again.close()
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_power_cuts_lose_no_synced_row(tmp_path):
    """The log cut at many offsets and torn into sectors always opens with every synced row."""
    figures = power_cut(tmp_path, commits=20, last=2, step=1499)
    assert figures["cuts"] > 20
    assert figures["lost_synced_rows"] == 0


def test_power_cuts_on_the_real_calls(tmp_path):
    """Any cut in what strace saw: unsynced sectors in any order, and still every synced row and mute."""
    figures = crash.cuts(tmp_path, commits=8, each=1, step=2)
    if "skipped" in figures:
        pytest.skip(figures["skipped"])
    assert figures["cuts"] > 50
    assert (figures["lost_synced_rows"], figures["out_of_order"], figures["lost_mutes"]) == (0, 0, 0)


def test_damaged_files_give_back_every_whole_row(tmp_path):
    """Random bytes and a cut end: the file is moved aside and every row left whole is saved."""
    figures = corruption(tmp_path, rows=500, hits=20)
    assert figures["destroyed"] > 10
    assert figures["untouched_lost"] == 0
    assert list((tmp_path / "hit").glob("*.corrupt"))


def test_a_salvage_that_was_cut_short_goes_on(tmp_path):
    """What a process moved aside and died over is carved out at the next start; one damaged file stays."""
    for n in (1, 2):
        store = Store(tmp_path / "s", BIG)
        store.add(of(EVENT, n))
        store.close()
        (tmp_path / "s").rename(tmp_path / "s.damaged")
        store = Store(tmp_path / "s", BIG)
        assert (store.rows, store.salvaged) == (1, 1)
        assert sorted(path.name for path in tmp_path.glob("*.*")) == ["s.corrupt"]
        store.done(store.next((EVENT,), (), 1)[0])
        store.close()


def test_damage_under_way_is_healed(tmp_path):
    """A file that breaks while it is in use is replaced by what can be saved of it."""
    store = Store(tmp_path / "s", BIG)
    for n in range(1, 301):
        store.add(of(EVENT, n))
    store.commit()
    with closing(sqlite3.connect(tmp_path / "s")) as other:
        other.execute("PRAGMA user_version = 1")  # a write of another connection empties the store's cache
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    image = bytearray((tmp_path / "s").read_bytes())
    image[4096:4196] = b"\xff" * 100
    with (tmp_path / "s").open("r+b") as raw:
        raw.write(image)
    store.add(of(EVENT, 301))
    for _ in range(3):
        store.next((EVENT,), (), 400)
        store.commit()
    assert store.salvaged == 300
    assert 301 in [one.n for one in store.next((EVENT,), (), 400)]
    store.close()


def test_a_newer_layout_is_left_alone(tmp_path):
    """A spool of a later version is not touched: results stay in memory and the trouble is said."""
    spool = Spool(tmp_path / "s")
    spool.commit([row(1)], [])
    spool.close()
    with closing(sqlite3.connect(tmp_path / "s")) as later:
        later.execute("PRAGMA user_version = 99")
    store = Store(tmp_path / "s", BIG)
    store.add(of(EVENT, 2))
    assert store.commit() is False
    assert "99" in store.trouble
    assert [one.n for one in store.next((EVENT,), (), 5)] == [2]
