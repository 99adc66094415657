"""What becomes of a result by the broker's reason code."""

import json
import sqlite3
import threading
from contextlib import closing

import pytest

from edge.publish.delivery.pace import Pace
from tests.publish.broker import Broker, Listener, until
from tests.publish.clocks import GatedClock, SetClock
from tests.publish.fake_broker import FakeBroker

CALM = Pace(probe_s=3600.0, patience_s=3600.0)
SHORT = Pace(first_hold_s=0.2, longest_hold_s=1.0)
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
        until(lambda: one.counters.refused == 3)
        entries = listener.wait_for("events/system", 1)
        until(lambda: any(b"0x87" in m.payload for m in listener.on("events/system")))
        assert entries
        assert one.drain(5)
        with closing(sqlite3.connect(tmp_path / "state" / "spool.sqlite")) as database:
            assert database.execute("SELECT reason FROM dead").fetchall() == [(0x87,)] * 3


def test_events_nobody_hears_wait(broker, publisher):
    """0x10: an event waits for a subscriber while summaries go on; then all arrive, in order."""
    one = publisher(broker.port, pace=SHORT)
    until(lambda: one.connected)
    _say(one, 5)
    until(lambda: one.counters.no_subscribers >= 1)
    one.publish_summary({"profile": "research", "t_s": 1.0, "people": 3})
    until(lambda: one.own_health()["spool"]["rows"] == 5)
    with Listener(broker.port) as listener:
        heard = listener.wait_for("mimicry/event", 5)
        assert [json.loads(m.payload)["id"] for m in heard] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("reason", [0x97, 0x80, 0x83])
def test_quota_backs_off_and_loses_nothing(publisher, reason):
    """0x97 and other passing refusals: the class pauses, the same rows go out again."""
    fake = FakeBroker([reason] * 2)
    one = publisher(fake.port, pace=SHORT)
    until(lambda: one.connected)
    _say(one, 3)
    assert one.drain(60)
    accepted = [json.loads(body)["id"] for code, body in fake.published if code == 0]
    assert {"0", "1", "2"} == set(accepted)
    assert len(accepted) == 3
    fake.close()


def test_after_a_pause_one_row_asks_for_all(publisher):
    """A broker over its quota is asked with one row, not with a window; then all come, in order."""
    fake = FakeBroker([0x97] * 18)
    one = publisher(fake.port, pace=SHORT)
    until(lambda: one.connected)
    _say(one, 20)
    assert one.drain(60)
    ids = [json.loads(body)["id"] for _, body in fake.published]
    assert ids[16:18] == ["0", "0"]
    accepted = [json.loads(body)["id"] for code, body in fake.published if code == 0]
    assert [str(n) for n in range(20)] == accepted
    fake.close()


def test_a_mute_over_quota_is_told_in_the_end(publisher):
    """A state that the broker refuses for now is sent again in its newest version."""
    fake = FakeBroker([0x97], topic="privacy/state")
    one = publisher(fake.port, pace=SHORT)
    until(lambda: one.connected)
    one.publish_privacy(_state("ON"))
    until(lambda: len(fake.published) == 2)
    assert [code for code, _ in fake.published] == [0x97, 0]
    assert b'"ON"' in fake.published[1][1]
    fake.close()


def test_a_long_silence_is_no_stuck_client(publisher):
    """A device that had nothing to say for an hour is not taken for stuck when it speaks again."""
    fake, clock = FakeBroker(), SetClock()
    one = publisher(fake.port, keepalive_s=10, udmi=False, clock=clock)
    until(lambda: one.connected and not one.own_health()["mqtt"]["inflight"])
    clock.step(3600)
    _say(one, 1)
    assert one.drain(60)
    assert (one.counters.rebuilt, fake.connects) == (0, 1)
    fake.close()


def test_a_narrow_broker_gets_no_more_than_it_takes(publisher):
    """A broker that says Receive Maximum 4 never has more than four unacknowledged messages."""
    fake = FakeBroker(receive_maximum=4)
    fake.held = []
    one = publisher(fake.port)
    _say(one, 20)
    until(lambda: len(fake.held) == 4)
    _turns(one, 6)
    assert len(fake.held) == 4
    fake.release()
    assert one.drain(60)
    assert [str(n) for n in range(20)] == [json.loads(body)["id"] for _, body in fake.published]
    fake.close()


def test_taken_over_keeps_away(publisher):
    """DISCONNECT 0x8E: another client of the same id; the next attempt waits a minute or more."""
    fake = FakeBroker()
    one = publisher(fake.port)
    until(lambda: one.connected)
    fake.disconnect(0x8E)
    until(lambda: one.session.delay_s >= 60.0)
    assert fake.connects == 1
    fake.close()


def test_a_silent_client_is_rebuilt(publisher):
    """After three keep-alives without an acknowledgement, and not sooner, a new client takes over."""
    fake, clock = FakeBroker(deaf=1), SetClock()
    one = publisher(fake.port, keepalive_s=5, clock=clock, pace=CALM)
    until(lambda: one.connected and one.own_health()["mqtt"]["inflight"])
    _say(one, 3)
    clock.step(14.9)
    _turns(one)
    assert (one.counters.rebuilt, fake.connects) == (0, 1)
    clock.step(0.2)
    until(lambda: fake.connects >= 2)
    assert one.drain(60)
    assert one.counters.rebuilt == 1
    fake.close()


def test_a_backlog_goes_out_at_its_pace(publisher):
    """A window at once, then ten results for every tenth of a second, by the device's own clock."""
    fake, clock = FakeBroker(), SetClock()
    one = publisher(fake.port, udmi=False, clock=clock)
    _say(one, 40)
    for sent in (16, 26, 36, 40):
        until(lambda sent=sent: len(fake.published) >= sent)
        _turns(one)
        assert len(fake.published) == sent
        clock.step(0.1)
    assert one.drain(60)
    fake.close()


def test_muted_results_wait(broker, listener, publisher):
    """While muted nothing measured leaves, from memory or from the spool; afterwards it goes on."""
    one = publisher(broker.port, start=False)
    one.publish_event(EVENT | {"id": "kept"})
    one.publish_privacy(_state("ON"))
    one.start()
    one.publish_live({"t_s": 1.0, "count": 3})
    one.publish_event(EVENT | {"id": "refused"})
    listener.wait_for("privacy/state")
    until(lambda: one.own_health()["spool"]["bytes"] > 0)
    assert listener.on("mimicry/event") + listener.on("mimicry/live") == []
    one.publish_privacy(_state("OFF"))
    (heard,) = listener.wait_for("mimicry/event")
    assert json.loads(heard.payload)["id"] == "kept"


def test_what_is_withheld_waits_without_a_word(broker, listener, publisher):
    """A device that cannot close its camera lets no measure leave, and does not claim to be muted."""
    one = publisher(broker.port, start=False)
    _say(one, 1)
    one.withhold()
    one.start()
    listener.wait_for("/availability")
    one.publish_event(EVENT | {"id": "later"})
    one.publish_live({"t_s": 1.0, "count": 3})
    until(lambda: one.own_health()["spool"]["bytes"] > 0)
    one.close()
    until(lambda: [m.payload for m in listener.on("/availability")][-1:] == [b"stopped"])
    said = [m.topic for m in listener.heard if m.topic.endswith(("event", "live", "privacy/state"))]
    assert said == []


@pytest.mark.parametrize("refused_first", [True, False])
def test_a_refused_pointset_does_not_outlive_a_mute(publisher, refused_first):
    """Values of the room that a broker refused for now are not sent again once the device is muted."""
    fake, clock = FakeBroker([0x97] * 9, topic="events/pointset"), SetClock()
    fake.held = []
    one = publisher(fake.port, clock=clock)
    until(lambda: one.connected)
    one.publish_live({"t_s": 1.0, "count": 3})
    _turns(one)
    clock.step(1.0)
    until(lambda: fake.published)
    if refused_first:
        fake.release()
        until(lambda: not one.own_health()["mqtt"]["inflight"])
    one.publish_privacy(_state("ON"))
    if not refused_first:
        fake.release()
    until(lambda: not one.queued)
    _turns(one)
    clock.step(10.0)
    _turns(one)
    assert sum(b"zone_occupancy_count" in body for _, body in fake.published) == 1
    fake.close()


def test_measures_wait_for_the_requests_of_the_broker(tmp_path, publisher):
    """After a start nothing measured leaves before the requests that waited at the broker are served."""
    gate = threading.Event()

    def mute(_command):
        gate.wait(60)
        one.publish_privacy(_state("ON"))

    with Broker(tmp_path / "b") as broker, Listener(broker.port) as listener:
        listener.send("site/rooms/room/privacy", b"ON", retain=True)
        one = publisher(broker.port, on_command=mute, start=False, live_hz=10)
        _say(one, 3)
        one.start()
        listener.wait_for("/availability")
        until(lambda: one.publish_live({"t_s": 1.0, "count": 3}) or one.counters.live_dropped > 3)
        gate.set()
        listener.wait_for("privacy/state")
        assert one.counters.live_sent == 0
        one.publish_privacy(_state("OFF"))
        listener.wait_for("mimicry/event", 3)
        told = [m.topic for m in listener.heard if m.topic.endswith(("privacy/state", "mimicry/event"))]
        assert [topic.rpartition("/")[2] for topic in told] == ["state", "state", "event", "event", "event"]


def test_an_unmute_counts_when_it_is_told(broker, listener, publisher):
    """However late the spool's thread is, no live value overtakes the state that says it may be said."""
    clock = GatedClock("mqtt-spool")
    one = publisher(broker.port, muted=True, live_hz=10, clock=clock)
    one.publish_privacy(_state("ON"))
    listener.wait_for("privacy/state")
    with clock.closed():
        one.publish_privacy(_state("OFF"))
        one.publish_live({"t_s": 1.0, "count": 3})
    until(lambda: one.publish_live({"t_s": 2.0, "count": 3}) or listener.on("mimicry/live"))
    told = [m.topic for m in listener.heard if m.topic.endswith(("live", "privacy/state"))]
    assert [topic.rpartition("/")[2] for topic in told[:3]] == ["state", "state", "live"]
    assert json.loads(listener.on("mimicry/live")[0].payload)["t_s"] == 2.0


def _turns(publisher, count=3):
    """Wait until the spool's thread has turned a few times."""
    turns = publisher.turns
    until(lambda: publisher.turns >= turns + count)


def _state(word):
    return {"state": word, "sources": {}, "profile": "workplace"}
