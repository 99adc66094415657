"""Brokers that refuse: a topic by ACL, a result nobody subscribed, a quota, MQTT 5 itself."""

import json
import sqlite3
import time
from contextlib import closing

from edge.publish import Publisher
from edge.publish.delivery.pace import Pace
from tests.chaos.kills import compared
from tests.publish.broker import Broker, Listener, OldBroker, until
from tests.publish.conftest import section
from tests.publish.fake_broker import FakeBroker

BODY = {"profile": "workplace", "type": "update", "t_s": 0.0}
SHORT = Pace(first_hold_s=0.2, longest_hold_s=1.0)  # the device's own are 5 s and 300 s


def refused(folder, *, count):
    """Let an ACL forbid the events (0x87): each is put aside and counted, everything else goes on."""
    folder.mkdir(parents=True, exist_ok=True)
    acl = folder / "acl"
    acl.write_text("topic readwrite #\ntopic deny site/devices/dev-1/mimicry/event\n")
    with Broker(folder / "broker", extra=f"acl_file {acl}") as broker, Listener(broker.port, "#") as hub:
        publisher = Publisher(section(broker.port), folder / "state", muted=False)
        publisher.start()
        _say(publisher, count)
        publisher.publish_summary({"profile": "workplace", "t_s": 0.0, "people": 3})
        assert publisher.drain(60)
        with closing(sqlite3.connect(folder / "state" / "spool.sqlite")) as database:
            (parked,) = database.execute("SELECT count(*) FROM dead").fetchone()
        hub.wait_for("mimicry/summary")
        until(lambda: any(b"0x87" in m.payload for m in hub.on("events/system")))
        publisher.close()
    return {
        "results": count,
        "missing": count - parked,
        "counted": publisher.counters.refused,
        "told": sum(b"0x87" in m.payload for m in hub.on("events/system")),
    }


def unmatched(folder, *, count):
    """Nobody subscribes the events (0x10) for a while: they wait, then come, in order."""
    with Broker(folder / "broker") as broker:
        publisher = Publisher(section(broker.port), folder / "state", muted=False, pace=SHORT)
        publisher.start()
        _say(publisher, count)
        until(lambda: publisher.counters.no_subscribers > 1)
        with Listener(broker.port) as hub:
            assert publisher.drain(60)
            publisher.close()
            until(lambda: len(hub.on("mimicry/event")) >= count)
            return compared([json.loads(m.payload)["id"] for m in hub.on("mimicry/event")], count)


def quota(folder, *, count):
    """Let a scripted broker take nothing at first (0x97), then everything."""
    fake = FakeBroker([0x97] * 19)
    publisher = Publisher(section(fake.port), folder / "state", muted=False, pace=SHORT)
    publisher.start()
    _say(publisher, count)
    assert publisher.drain(60)
    publisher.close()
    fake.close()
    return compared([json.loads(body)["id"] for code, body in fake.published if code == 0], count)


def fallback(folder):
    """Return the seconds until the device is connected to brokers that know MQTT 3.1.1 only."""
    figures = {}
    for name, refusal in (
        ("refuses_in_3_1_1_s", b"\x20\x02\x00\x01"),
        ("refuses_in_5_s", b"\x20\x03\x00\x84\x00"),
        ("hangs_up_s", b""),
        ("silent_s", None),
    ):
        fake = FakeBroker(refusal=refusal)
        figures[name] = _connect_s(fake.port, folder / name)
        fake.close()
    with OldBroker(folder / "broker") as old:
        figures["amqtt_s"] = _connect_s(old.port, folder / "amqtt")
    return figures


def _connect_s(port, folder):
    publisher, start_s = Publisher(section(port), folder, muted=False), time.monotonic()
    publisher.start()
    until(lambda: publisher.connected)
    took_s = time.monotonic() - start_s
    publisher.close()
    return round(took_s, 2)


def _say(publisher, count):
    for number in range(count):
        publisher.publish_event(BODY | {"id": f"{number:08d}"})
        until(lambda: publisher.queued < 512)
