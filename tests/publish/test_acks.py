"""What becomes of a result by the broker's reason code."""

import json
import threading

import pytest

from edge.publish.mqtt import courier as courier_module
from edge.publish.mqtt import pace
from tests.publish.broker import Broker, Listener, until
from tests.publish.fake_broker import FakeBroker

EVENT = {"profile": "research", "type": "start", "t_s": 1.0, "start_s": 1.0, "end_s": None}


def _say(publisher, count):
    for number in range(count):
        publisher.publish_event(EVENT | {"id": str(number)})


def test_refused_results_are_parked_and_told(tmp_path, publisher):
    """0x87: an ACL that forbids the topic; the row goes to the dead ones, is counted and never loops."""
    acl = tmp_path / "acl"
    acl.write_text("topic readwrite #\ntopic deny site/devices/dev-1/mimicry/event\n")
    with Broker(tmp_path / "strict", extra=f"acl_file {acl}") as broker, Listener(broker.port) as listener:
        one = publisher(broker.port)
        _say(one, 3)
        until(lambda: one._courier.counters.refused == 3)
        entries = listener.wait_for("events/system", 1)
        until(lambda: any(b"0x87" in m.payload for m in listener.on("events/system")))
        assert entries
        assert one.drain(5)
        assert one._courier.store._spool.dead() == 3


def test_events_nobody_hears_wait(broker, publisher, monkeypatch):
    """0x10: an event waits for a subscriber while summaries go on; then all arrive, in order."""
    monkeypatch.setattr(pace, "HOLD_S", (0.5, 1.0))
    one = publisher(broker.port)
    until(lambda: one.connected)
    _say(one, 5)
    until(lambda: one._courier.counters.no_subscribers >= 1)
    one.publish_summary({"profile": "research", "t_s": 1.0, "people": 3})
    until(lambda: one._courier.store.rows == 5)
    with Listener(broker.port) as listener:
        heard = listener.wait_for("mimicry/event", 5, timeout_s=20)
        assert [json.loads(m.payload)["id"] for m in heard] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("reason", [0x97, 0x80, 0x83])
def test_quota_backs_off_and_loses_nothing(publisher, monkeypatch, reason):
    """0x97 and other passing refusals: the class pauses, the same rows go out again."""
    monkeypatch.setattr(pace, "HOLD_S", (0.3, 1.0))
    fake = FakeBroker([reason] * 2)
    one = publisher(fake.port)
    until(lambda: one.connected)
    _say(one, 3)
    assert one.drain(15)
    accepted = [json.loads(body)["id"] for code, body in fake.published if code == 0]
    assert {"0", "1", "2"} == set(accepted)
    assert len(accepted) == 3
    fake.close()


def test_after_a_pause_one_row_asks_for_all(publisher, monkeypatch):
    """A broker over its quota is asked with one row, not with a window; then all come, in order."""
    monkeypatch.setattr(pace, "HOLD_S", (0.2, 1.0))
    fake = FakeBroker([0x97] * 18)
    one = publisher(fake.port)
    until(lambda: one.connected)
    _say(one, 20)
    assert one.drain(15)
    ids = [json.loads(body)["id"] for _, body in fake.published]
    assert ids[16:18] == ["0", "0"]
    accepted = [json.loads(body)["id"] for code, body in fake.published if code == 0]
    assert [str(n) for n in range(20)] == accepted
    fake.close()


def test_a_mute_over_quota_is_told_in_the_end(publisher, monkeypatch):
    """A state that the broker refuses for now is sent again in its newest version."""
    monkeypatch.setattr(courier_module, "HOLD_S", (0.2, 1.0))
    fake = FakeBroker([0x97], topic="privacy/state")
    one = publisher(fake.port)
    until(lambda: one.connected)
    one.publish_privacy(_state("ON"))
    until(lambda: len(fake.published) == 2)
    assert [code for code, _ in fake.published] == [0x97, 0]
    assert b'"ON"' in fake.published[1][1]
    fake.close()


def test_a_long_silence_is_no_stuck_client(publisher, monkeypatch):
    """A device that had nothing to say for long is not taken for stuck when it speaks again."""
    monkeypatch.setattr(courier_module, "_STUCK_KEEPALIVES", 0.1)
    fake = FakeBroker()
    one = publisher(fake.port, keepalive_s=10, udmi=False)
    until(lambda: one.connected and not one._courier.inflight)
    one._courier.do(lambda: setattr(one._courier, "_progress_ns", 0))
    _say(one, 1)
    assert one.drain(10)
    assert (one._courier.counters.rebuilt, fake.connects) == (0, 1)
    fake.close()


def test_a_narrow_broker_gets_no_more_than_it_takes(publisher):
    """A broker that says Receive Maximum 4 never has more than four unacknowledged messages."""
    fake = FakeBroker(receive_maximum=4)
    fake.held = []
    one = publisher(fake.port)
    _say(one, 20)
    until(lambda: len(fake.held) == 4)
    turns = one.turns
    until(lambda: one.turns > turns + 5)
    assert len(fake.held) == 4
    fake.release()
    assert one.drain(10)
    assert [str(n) for n in range(20)] == [json.loads(body)["id"] for _, body in fake.published]
    fake.close()


def test_taken_over_keeps_away(publisher):
    """DISCONNECT 0x8E: another client of the same id; the next attempt waits a minute or more."""
    fake = FakeBroker()
    one = publisher(fake.port)
    until(lambda: one.connected)
    fake.disconnect(0x8E)
    until(lambda: one._session.delay_s >= 60.0)
    assert fake.connects == 1
    fake.close()


def test_a_silent_client_is_rebuilt(publisher, monkeypatch):
    """A connection on which no acknowledgement comes is given up and a new client takes over."""
    monkeypatch.setattr(courier_module, "_STUCK_KEEPALIVES", 0.2)
    fake = FakeBroker()
    silent = fake._publish
    fake._publish = lambda head, body: None if not fake.connects > 1 else silent(head, body)
    one = publisher(fake.port, keepalive_s=5)
    until(lambda: one.connected)
    _say(one, 3)
    until(lambda: fake.connects >= 2, timeout_s=15)
    assert one.drain(10)
    assert one._courier.counters.rebuilt == 1
    fake.close()


def test_muted_results_wait(broker, listener, publisher):
    """While muted nothing measured leaves, from memory or from the spool; afterwards it goes on."""
    one = publisher(broker.port, muted=True)
    until(lambda: one.connected)
    one._courier.do(
        lambda: one._courier.store.add(
            one._envelope.row(2, one.topics.of("mimicry/event"), EVENT | {"id": "kept"}, (0, 0))
        )
    )
    one.publish_live({"t_s": 1.0, "count": 3})
    one.publish_event(EVENT | {"id": "refused"})
    one.publish_privacy(_state("ON"))
    listener.wait_for("privacy/state")
    until(lambda: one._courier.store.size > 0)
    assert listener.on("mimicry/event") + listener.on("mimicry/live") == []
    one.publish_privacy(_state("OFF"))
    (heard,) = listener.wait_for("mimicry/event")
    assert json.loads(heard.payload)["id"] == "kept"


def test_an_unmute_counts_when_it_is_told(broker, listener, publisher):
    """However late the spool's thread is, no live value overtakes the state that says it may be said."""
    one, gate = publisher(broker.port, muted=True, live_hz=10), threading.Event()
    one.publish_privacy(_state("ON"))
    listener.wait_for("privacy/state")
    one._courier.do(lambda: gate.wait(10))
    one.publish_privacy(_state("OFF"))
    one.publish_live({"t_s": 1.0, "count": 3})
    gate.set()
    until(lambda: one.publish_live({"t_s": 2.0, "count": 3}) or listener.on("mimicry/live"))
    told = [m.topic for m in listener.heard if m.topic.endswith(("live", "privacy/state"))]
    assert [topic.rpartition("/")[2] for topic in told[:3]] == ["state", "state", "live"]
    assert json.loads(listener.on("mimicry/live")[0].payload)["t_s"] == 2.0


def _state(word):
    return {"state": word, "sources": {}, "profile": "workplace"}
