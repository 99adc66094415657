"""The collector with a real broker: nothing is acknowledged before it is kept, whatever dies."""

import signal
import sqlite3
import subprocess
import sys

import pytest

from tests.campus.conftest import Running, rows, summary
from tests.publish.broker import Broker, Listener, until


def _send(listener, *messages):
    for message in messages:
        listener.client.publish(message.topic, message.payload, 1)


@pytest.fixture
def busy(tmp_path):
    """Return a broker as the hub's files have it, and somebody who sends."""
    extra = "max_queued_messages 10000"
    with Broker(tmp_path / "broker", extra=extra) as broker, Listener(broker.port, "nothing") as devices:
        yield broker, devices


def test_poison_is_parked_and_everything_else_kept(busy, tmp_path):
    """A message that is none of a device is put aside with its reason, and holds up nobody."""
    broker, devices = busy
    with Running(broker.port, f"sqlite:///{tmp_path}/c") as one:
        until(lambda: one.source.trouble == "")
        until(lambda: devices.send("site/software", "1") or rows(one.store, "SELECT * FROM site"))
        _send(devices, summary(1), summary(2, index="high"), summary(3))
        until(lambda: one.counters.new == 2 and one.counters.parked == 1)
        assert rows(one.store, "SELECT topic, payload FROM parked") == [
            (b"site/devices/dev-1/mimicry/summary", summary(2, index="high").payload)
        ]


def test_a_store_that_is_away_loses_nothing(busy, tmp_path):
    """While the store takes nothing, nothing is acknowledged; afterwards everything is there once."""
    broker, devices = busy
    with Running(broker.port, f"sqlite:///{tmp_path}/c?timeout=0.1") as one:
        until(lambda: devices.send("site/software", "1") or rows(one.store, "SELECT * FROM site"))
        holder = sqlite3.connect(tmp_path / "c", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        _send(devices, *(summary(seq, device=f"d{device}") for seq in range(1, 51) for device in range(10)))
        until(lambda: one.counters.retries)
        assert one.counters.new == 0
        holder.execute("ROLLBACK")
        holder.close()
        until(lambda: one.counters.new == 500)
        assert rows(one.store, "SELECT count(*) FROM gap") == [(0,)]


def test_a_consumer_that_is_killed_loses_nothing(busy, tmp_path):
    """A collector killed with kill -9 amid 2000 results gets the rest when it is started again."""
    broker, devices = busy
    url = f"sqlite:///{tmp_path}/c"
    command = [sys.executable, "-m", "edge", "collect", "--broker", f"mqtt://127.0.0.1:{broker.port}"]
    log = (tmp_path / "log").open("wb")
    first = subprocess.Popen([*command, "--store", url], stdout=log, stderr=log)
    file = tmp_path / "c"
    until(lambda: devices.send("site/software", "1") or (file.exists() and _count(file, "site")))
    _send(devices, *(summary(seq, device=f"d{device}") for seq in range(1, 201) for device in range(10)))
    until(lambda: _count(file, "summary"))
    first.kill()
    first.wait()
    second = subprocess.Popen([*command, "--store", url], stdout=log, stderr=log)
    until(lambda: _count(file, "summary") >= 2000)
    second.send_signal(signal.SIGTERM)
    assert second.wait(60) == 0, (tmp_path / "log").read_text()
    log.close()
    assert (_count(file, "summary"), _count(file, "gap")) == (2000, 0)


def _count(file, table):
    """Count rows while somebody else may be making the file."""
    database = sqlite3.connect(file)
    try:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        database.close()
