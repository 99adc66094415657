"""What was delivered can be asked for again: kept by run and number, within hours and bytes."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace

import jsonschema
import pytest

from edge.errors import PublishError
from edge.publish.building.inbound import parse_spans
from edge.publish.delivery.pace import Pace
from edge.publish.delivery.resending import Resending
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.kept import RUNS_MOST, Kept, forget
from edge.publish.durable.row import EVENT, SUMMARY
from edge.publish.durable.store import RING_BYTES, Store
from tests.publish.broker import until
from tests.publish.clocks import SetClock
from tests.publish.conftest import BASE
from tests.publish.contract import SCHEMAS
from tests.publish.test_spool import BIG, of

RUN, OTHER = "0000000a", "0000000b"
PACE = Pace(tidy_s=0.1)


def row(seq, *, boot=RUN, kind=EVENT, size=50):
    """Return a row of a run."""
    return replace(of(kind, seq, size=size), boot=boot, seq=seq)


def filled(path, rows):
    """Return what keeps these rows."""
    kept = Kept(path)
    for one in rows:
        kept.add(one)
    return kept


def never(_row):
    """Nothing is expired."""
    return False


def test_rows_are_found_by_run_and_number(tmp_path):
    """A span of a run comes back in order, from memory and from the disk, and nothing of another run."""
    rows = [row(seq) for seq in (3, 1, 2)] + [row(2, boot=OTHER, kind=SUMMARY)]
    kept = filled(tmp_path / "k", rows)
    kept.close()
    kept = filled(tmp_path / "k", [row(5), row(2, size=1)])  # a second copy changes nothing
    assert kept.find((RUN, 2, 9), 10) == [row(2), row(3), row(5)]
    assert kept.find((RUN, 1, 9), 2) == [row(1), row(2)]
    assert (kept.count((RUN, 2, 9)), kept.count((OTHER, 1, 1)), kept.count((OTHER, 2, 2))) == (3, 0, 1)
    assert kept.runs() == [(RUN, 1, 5), (OTHER, 2, 2)]


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to mount")
def test_a_disk_that_became_read_only_costs_nothing_else(tmp_path):
    """On a disk that the kernel made read-only, what was kept is still found and nothing raises."""
    mount = tmp_path / "card"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "none", str(mount)], check=False).returncode:
        pytest.skip("needs a container that may mount")
    try:
        kept = filled(mount / "k", [row(1)])
        kept.close()
        subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
        assert kept.find((RUN, 1, 9), 9) == [row(1)]
        kept.add(row(2))
        kept.evict(0, never)
        assert kept.runs() == []
        subprocess.run(["mount", "-o", "remount,rw", str(mount)], check=True)
        assert kept.find((RUN, 1, 9), 9) == [row(1), row(2)]
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_a_row_without_a_number_is_not_kept(tmp_path):
    """System entries have no number by which anybody could ask."""
    kept = filled(tmp_path / "k", [row(0)])
    assert kept.runs() == []


def test_only_the_newest_runs_are_told(tmp_path):
    """Sixteen runs are told of, those that were heard last."""
    runs = [f"{number:08x}" for number in range(RUNS_MOST + 4)]
    kept = filled(tmp_path / "k", [row(1, boot=run) for run in runs])
    assert [run for run, _, _ in kept.runs()] == runs[:3:-1]


def test_the_oldest_are_forgotten(tmp_path):
    """Expired rows go, then the oldest above the cap, and no more than must."""
    kept = filled(tmp_path / "k", [row(seq, size=4000) for seq in range(1, 101)])
    kept.evict(BIG, lambda one: one.seq <= 20)
    assert kept.runs() == [(RUN, 21, 100)]
    kept.evict(BIG, never)
    assert kept.runs() == [(RUN, 21, 100)]
    kept.evict(50 * len(row(21, size=4000).pack()), never)
    assert kept.runs() == [(RUN, 51, 100)]
    kept.evict(0, never)
    assert kept.runs() == []


def test_while_the_disk_refuses_the_newest_wait_in_memory(tmp_path):
    """Four megabytes wait; once the disk takes again they are found, and a warning was said once."""
    (tmp_path / "k").mkdir()
    half = 1 << 19
    kept = filled(tmp_path / "k", [row(seq, size=half) for seq in range(1, 13)])
    assert kept.find((RUN, 1, 99), 99) == []
    assert (kept.count((RUN, 1, 99)), kept.runs()) == (0, [])
    (tmp_path / "k").rmdir()
    found = [one.seq for one in kept.find((RUN, 1, 99), 99)]
    assert found == list(range(13 - RING_BYTES // (half + 2), 13))


def test_a_damaged_file_is_begun_again(tmp_path):
    """What was kept in a broken file is gone, what is delivered from then on is kept."""
    filled(tmp_path / "k", [row(seq) for seq in range(1, 50)]).close()
    (tmp_path / "k").write_bytes(b"nonsense" * 1000)
    kept = filled(tmp_path / "k", [row(60)])
    assert kept.runs() == []
    assert kept.runs() == [(RUN, 60, 60)]


def test_forgetting_leaves_nothing(tmp_path):
    """No byte of what was kept stays."""
    filled(tmp_path / "k", [row(1)]).close()
    assert oct((tmp_path / "k").stat().st_mode)[-3:] == "600"
    forget(tmp_path / "k")
    assert list(tmp_path.iterdir()) == []


def test_after_its_hours_a_row_is_forgotten(tmp_path):
    """A row goes when it is older than it is kept, and stays while a clock that was not set cannot tell."""
    clock = SetClock()
    envelope = Envelope(clock, RUN, max_age_ns=1)
    store = Store(tmp_path / "s", BIG)
    kept = Kept(tmp_path / "k")
    own = Resending(kept=kept, store=store, envelope=envelope, max_bytes=BIG, keep_ns=3600 * 10**9)
    now = (clock.wall_ns(), clock.mono_ns())
    own.took(envelope.row(EVENT, "a/b", {}, now))
    own.took(replace(row(7, boot=OTHER), synced=False))
    clock.step(3599)
    own.tidy()
    assert own.runs == [(OTHER, 7, 7), (RUN, 1, 1)]
    clock.step(2)
    own.tidy()
    assert own.runs == [(OTHER, 7, 7)]
    store.close()


def test_what_waits_to_come_again_is_counted_once(tmp_path):
    """A span that waits is not asked for twice; a long one comes a window at a time, behind the new."""
    store = Store(tmp_path / "s", BIG)
    envelope = Envelope(SetClock(), OTHER, max_age_ns=1, n=500)
    kept = filled(tmp_path / "k", [row(seq) for seq in range(1, 41)])
    own = Resending(kept=kept, store=store, envelope=envelope, max_bytes=BIG, keep_ns=1)
    assert own.ask([(RUN, 1, 40), (RUN, 90, 99)]) == {"ok": True, "rows": 40}
    assert own.ask([(RUN, 1, 40)]) == {"ok": True, "rows": 0}
    sizes = []
    while store.rows not in sizes:
        sizes.append(store.rows)
        own.turn()
        own.turn()  # the store has enough to do
    assert sizes == [0, 16]
    waiting = store.next((EVENT,), (), 99)
    assert [(one.n, one.boot, one.seq) for one in waiting] == [(500 + k, RUN, k) for k in range(1, 17)]
    for one in waiting:
        store.done(one)
    own.turn()
    assert [one.seq for one in store.next((EVENT,), (), 99)] == list(range(17, 33))
    store.close()


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"boot": "x", "ranges": [[1, 2]]},
        {"boot": RUN, "ranges": []},
        {"boot": RUN, "ranges": [[1, 1]] * 101},
        {"boot": RUN, "ranges": [[2, 1]]},
        {"boot": RUN, "ranges": [[0, 1]]},
        {"boot": RUN, "ranges": [[1, 1 << 31]]},
        {"boot": RUN, "ranges": [[True, 2]]},
        {"boot": RUN, "ranges": [[1]]},
        {"boot": RUN, "ranges": "1-2"},
    ],
)
def test_a_malformed_request_is_refused(args):
    """A request that names no run or no numbers is refused, and so does its schema."""
    with pytest.raises(PublishError, match="expected"):
        parse_spans(args)


def test_what_was_delivered_comes_again(broker, listener, publisher):
    """A request brings back exactly its numbers, once, with the same identity, as history; others stay."""
    device = publisher(broker.port, keep_h=1.0, pace=PACE)
    for number in range(40):
        device.publish_event({"type": "update", "id": str(number), "t_s": 0.0})
    listener.wait_for("mimicry/event", 40)
    until(lambda: device.counters.acked >= 40)
    request = {"id": "7", "args": {"boot": device.boot, "ranges": [[3, 25], [40, 99]]}}
    jsonschema.validate(request, SCHEMAS["resend"])
    listener.send(f"{BASE}/cmd/resend/req", json.dumps(request))
    (answer,) = listener.wait_for("cmd/resend/res")
    assert json.loads(answer.payload) == {"v": 1, "id": "7", "ok": True, "rows": 24}
    jsonschema.validate(json.loads(answer.payload), SCHEMAS["response"])
    listener.wait_for("mimicry/event", 64)
    assert device.drain(60)
    seqs = [json.loads(one.payload)["seq"] for one in listener.on("mimicry/event")]
    assert seqs == [*range(1, 41), *range(3, 26), 40]
    until(lambda: device.own_health()["spool"].get("kept") == [{"boot": device.boot, "first": 1, "last": 40}])


def test_a_muted_device_sends_nothing_again(broker, listener, publisher):
    """While muted what was asked for waits; it goes out when the mute is over."""
    device = publisher(broker.port, keep_h=1.0, pace=PACE)
    device.publish_event({"type": "update", "id": "1", "t_s": 0.0})
    listener.wait_for("mimicry/event")
    until(lambda: device.counters.acked)
    device.publish_privacy({"state": "ON"})
    listener.wait_for("privacy/state")
    listener.send(f"{BASE}/cmd/resend/req", json.dumps({"args": {"boot": device.boot, "ranges": [[1, 1]]}}))
    listener.wait_for("cmd/resend/res")
    turns = device.turns
    until(lambda: device.turns > turns + 3)
    assert len(listener.on("mimicry/event")) == 1
    device.publish_privacy({"state": "OFF"})
    listener.wait_for("mimicry/event", 2)


def test_by_default_nothing_is_kept(broker, listener, publisher, tmp_path):
    """Without keep_h a request is answered with the reason, and what an earlier setting kept is removed."""
    (tmp_path / "state").mkdir()
    with closing(sqlite3.connect(tmp_path / "state" / "kept.sqlite")) as database:
        database.execute("CREATE TABLE kept (id)")
    device = publisher(broker.port)
    until(lambda: device.connected)
    listener.send(f"{BASE}/cmd/resend/req", json.dumps({"args": {"boot": RUN, "ranges": [[1, 1]]}}))
    (answer,) = listener.wait_for("cmd/resend/res")
    assert json.loads(answer.payload)["ok"] is False
    assert not (tmp_path / "state" / "kept.sqlite").exists()
    assert "kept" not in device.own_health()["spool"]
