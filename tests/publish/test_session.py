"""The session against a real broker: first contact, outages, twins, goodbyes."""

import json
import signal

import pytest

from tests.publish.broker import Broker, Listener, OldBroker, free_port, until
from tests.publish.fake_broker import FakeBroker

BASE = "site/devices/dev-1"


def test_connect_announces_everything(broker, listener, publisher):
    """A connect publishes availability, discovery and UDMI state, all retained, and durable events arrive."""
    one = publisher(broker.port)
    one.publish_event({"type": "start", "id": "1", "t_s": 1.0, "start_s": 1.0, "end_s": None})
    listener.wait_for("mimicry/event")
    listener.wait_for(f"{BASE}/state")
    with Listener(broker.port) as late:
        late.wait_for("/availability")
        late.wait_for(f"{BASE}/state")
        late.wait_for("dev-1/config")
        assert {m.topic for m in late.heard if m.retain} >= {
            f"{BASE}/availability",
            f"{BASE}/state",
            "homeassistant/device/dev-1/config",
        }
        assert late.on("/availability")[0].payload == b"online"


def test_identity_travels_in_properties_and_body(broker, listener, publisher):
    """Boot and number stand in the JSON, for MQTT 3.1.1, and in the MQTT 5 user properties."""
    one = publisher(broker.port)
    one.publish_event({"type": "start", "id": "1", "t_s": 1.0, "start_s": 1.0, "end_s": None})
    (message,) = listener.wait_for("mimicry/event")
    body = json.loads(message.payload)
    expected = {"schema": "mimicry.event/1", "boot": body["boot"], "seq": str(body["seq"])}
    assert expected == dict(message.properties.UserProperty)
    assert (one.boot, 1) == (body["boot"], body["seq"])
    assert body["historical"] is False


def test_starts_without_a_broker(tmp_path, publisher):
    """Without a broker the start succeeds, results wait in the spool and arrive in order when one comes."""
    late = Broker(tmp_path / "late")
    one = publisher(late.port)
    for number in range(50):
        one.publish_event({"type": "start", "id": str(number), "t_s": 1.0, "start_s": 1.0, "end_s": None})
    assert one.connected is False
    with late, Listener(late.port) as listener:
        heard = listener.wait_for("mimicry/event", 50)
        assert [str(n) for n in range(50)] == [json.loads(m.payload)["id"] for m in heard]


def test_clean_stop_says_stopped(broker, listener, publisher):
    """A clean stop leaves `stopped`, and no will follows."""
    one = publisher(broker.port)
    listener.wait_for("/availability")
    one.close()
    assert listener.wait_for("/availability", 2)[1].payload == b"stopped"


def test_lost_retained_store_is_filled_again(tmp_path, publisher):
    """A broker that comes back without its memory gets every retained value again, and that is said."""
    forgetful = Broker(tmp_path / "forgetful", persistent=False)
    with forgetful:
        one = publisher(forgetful.port)
        until(lambda: one.connected)
        forgetful.signal(signal.SIGKILL)
        until(lambda: not one.connected)
        forgetful.start()
        with Listener(forgetful.port) as listener:
            listener.wait_for("/availability")
            listener.wait_for("dev-1/config")
            entries = listener.wait_for("events/system")
            until(lambda: any(b"lost its memory" in m.payload for m in listener.on("events/system")))
            assert entries


def test_two_devices_of_one_name_are_noticed(broker, publisher):
    """Twins throw each other out; soon one says so and keeps away for a minute or more."""
    first = publisher(broker.port, state="first")
    until(lambda: first.connected)
    second = publisher(broker.port, state="second")
    until(lambda: second.connected and not first.connected)
    until(lambda: max(first.session.delay_s, second.session.delay_s) >= 60.0)
    named = [one for one in (first, second) if any("a new /etc/machine-id" in text for text in one.troubles)]
    assert named
    until(lambda: first.connected != second.connected)


@pytest.mark.parametrize("refusal", [b"\x20\x02\x00\x01", b"\x20\x03\x00\x84\x00", b"", None])
def test_an_older_broker_is_spoken_to_in_its_tongue(publisher, refusal):
    """Refused in either tongue, hung up on, or met with silence: 3.1.1 without a rest between, same JSON."""
    fake = FakeBroker(refusal=refusal)
    one = publisher(fake.port)
    until(lambda: one.connected)
    assert (one.session.delay_s, fake.levels) == (0.0, [5, 4])
    one.publish_event({"type": "start", "id": "1", "t_s": 1.0, "start_s": 1.0, "end_s": None})
    assert one.drain(5)
    ((_, body),) = fake.published
    assert {"v", "boot", "seq", "time", "clock", "mono_ns", "historical"} <= set(json.loads(body))
    fake.close()


def test_a_broker_of_3_1_1_only(tmp_path, publisher):
    """A real broker that knows nothing of MQTT 5: the device connects there without a rest between."""
    with OldBroker(tmp_path / "old") as old:
        one = publisher(old.port)
        until(lambda: one.connected)
        assert one.session.delay_s == 0.0
        one.publish_event({"type": "start", "id": "1", "t_s": 1.0, "start_s": 1.0, "end_s": None})
        assert one.drain(5)


def test_a_frozen_broker_loses_nothing(broker, listener, publisher):
    """SIGSTOP of the broker beyond the keep-alive: a new client, and everything arrives in the end."""
    one = publisher(broker.port, keepalive_s=5)
    until(lambda: one.connected)
    broker.signal(signal.SIGSTOP)
    for number in range(20):
        one.publish_event({"type": "start", "id": str(number), "t_s": 1.0, "start_s": 1.0, "end_s": None})
    until(lambda: not one.connected)
    broker.signal(signal.SIGCONT)
    until(lambda: len({m.payload for m in listener.on("mimicry/event")}) >= 20)
    ids = list(dict.fromkeys(json.loads(m.payload)["id"] for m in listener.on("mimicry/event")))
    assert [str(n) for n in range(20)] == ids


def test_nothing_listens(publisher):
    """A dead port is tried again and again with growing, jittered rests."""
    one = publisher(free_port())
    until(lambda: one.session.attempts >= 2)
    assert 0.5 <= one.session.delay_s <= 4.0
