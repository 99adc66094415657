"""A device that cannot be heard of a mute: it notices, tells, connects again, and hears as soon as it can."""

import random
import signal
import threading

import pytest

from edge.errors import PrivacyError
from edge.publish.delivery.counters import Counters
from edge.publish.delivery.hearing import Hearing
from edge.publish.delivery.pace import Pace
from edge.publish.mqtt.inbox import Inbox
from edge.publish.mqtt.link import CaughtUp, Request
from edge.publish.orders import Heard
from edge.publish.packet import Inbound
from tests.publish.broker import Broker, Listener, until
from tests.publish.clocks import SetClock
from tests.publish.fake_broker import FakeBroker

BASE, ROOM = "site/devices/dev-1", "site/rooms/room"
SOON = Pace(probe_s=0.2, patience_s=2.0)


def _heard(commands, kind="privacy"):
    return [command.body["on"] for command in list(commands) if command.kind == kind]


def _asked(listener, commands, name):
    """Ask again, as whoever is refused because too much waits does; return whether it was served."""
    listener.send(f"{BASE}/cmd/{name}/req", b"{}")
    return any(command.body.get("name") == name for command in list(commands))


@pytest.mark.parametrize("count", [1, 15, 16, 64])
def test_a_mute_comes_behind_large_messages(broker, listener, publisher, count):
    """However many messages of more than 64 KiB a topic carries, each is refused, and the mute is heard."""
    commands = []
    one = publisher(broker.port, on_command=commands.append)
    listener.wait_for("/availability")
    for _ in range(count):
        listener.send(f"{ROOM}/booking", b"x" * 70_000)
    listener.send(f"{BASE}/privacy/set", b"ON")
    until(lambda: _heard(commands) == [True])
    assert one.own_health()["mqtt"]["requests_refused"] == count
    assert (one.session.connects, one.deaf) == (1, "")


def test_an_access_list_without_read_is_noticed(tmp_path, publisher):
    """Mosquitto accepts the subscriptions and passes nothing on: deaf, until the list allows it."""
    acl = tmp_path / "acl"
    commands = []
    acl.write_text(f"topic write {BASE}/#\n")
    with Broker(tmp_path / "b", extra=f"acl_file {acl}") as broker:
        one = publisher(broker.port, pace=SOON, on_command=commands.append)
        until(lambda: one.deaf)
        assert f"nothing sent to {BASE}/cmd/hear/req arrives" in one.deaf
        assert one.own_health()["mqtt"]["troubles"][0] == one.deaf
        acl.write_text("topic readwrite #\n")
        broker.signal(signal.SIGHUP)
        until(lambda: not one.deaf)
        with Listener(broker.port) as listener:
            until(lambda: [m.payload for m in listener.on("/availability")][-1:] == [b"online"])
            listener.send(f"{BASE}/privacy/set", b"ON")
            until(lambda: _heard(commands) == [True])


def test_an_access_list_that_hides_the_mute_alone_is_noticed(tmp_path, publisher):
    """Other requests arrive, `privacy/set` does not: that is deaf too, and named."""
    acl = tmp_path / "acl"
    acl.write_text(f"topic write {BASE}/#\ntopic read {BASE}/cmd/+/req\ntopic read site/rooms/#\n")
    with Broker(tmp_path / "b", extra=f"acl_file {acl}") as broker:
        one = publisher(broker.port, pace=SOON)
        until(lambda: one.deaf)
        assert f"nothing sent to {BASE}/privacy/set arrives" in one.deaf


def test_a_broker_that_passes_nothing_on_gets_new_connections_ever_rarer(publisher):
    """Acknowledged but never forwarded: deaf after 6 s, a new connection at once and half a minute later."""
    fake, clock = FakeBroker(topic="/availability", silent=2), SetClock()
    one = publisher(fake.port, clock=clock)
    until(lambda: one.connected and not one.own_health()["mqtt"]["inflight"])
    clock.step(5.9)
    _turns(one, 2)
    assert (one.deaf, fake.connects) == ("", 1)
    clock.step(0.2)
    until(lambda: one.deaf)
    until(lambda: fake.connects == 2 and one.connected)
    for _ in range(4):
        clock.step(6.0)
        _turns(one, 2)
    assert fake.connects == 2
    until(lambda: clock.step(6.0) or _turns(one, 2) or fake.connects == 3)
    until(lambda: not one.deaf)
    until(lambda: [body for _, body in fake.published][-1:] == [b"online"])
    assert [body for _, body in fake.published][:2] == [b"online", b"deaf"]
    fake.close()


def test_a_lost_probe_is_asked_again_in_time(publisher):
    """A connection that was heard and goes silent is replaced within 13 s of the last proof."""
    fake, clock = FakeBroker(), SetClock()
    one = publisher(fake.port, clock=clock)
    until(lambda: one.connected and not one.own_health()["mqtt"]["inflight"])
    _turns(one, 2)
    fake.silent = 1
    for _ in range(2):
        clock.step(6.5)
        _turns(one, 2)
    until(lambda: fake.connects == 2)
    until(lambda: not one.deaf)
    fake.close()


@pytest.mark.parametrize("topic", [f"{BASE}/privacy/set", f"{ROOM}/privacy", f"{ROOM}/booking"])
def test_a_refused_subscription_is_named_and_asked_again(publisher, topic):
    """SUBACK 0x87 for a topic of the mute: deaf at once, subscribed again without a new connection."""
    fake = FakeBroker()
    fake.refused = (topic,)
    one = publisher(fake.port, pace=Pace(probe_s=0.1, patience_s=0.05))
    until(lambda: one.deaf)
    assert f"refuses to let the device read {topic}" in one.deaf
    until(lambda: fake.subscribed > 2)
    fake.refused = ()
    until(lambda: not one.deaf)
    fake.close()


def test_a_refused_birth_topic_is_told_and_no_deafness(publisher):
    """A subscription that no mute comes by is named in health only."""
    fake = FakeBroker()
    fake.refused = ("homeassistant/status",)
    one = publisher(fake.port, pace=SOON)
    until(lambda: one.own_health()["mqtt"]["troubles"])
    assert one.own_health()["mqtt"]["troubles"] == [
        "the broker refuses to let the device read homeassistant/status: allow it in the broker's access list"
    ]
    assert one.deaf == ""
    fake.close()


def test_refused_publications_and_the_will_are_told(tmp_path, publisher, caplog):
    """An access list without availability and events: both are named with the remedy, health says so too."""
    acl = tmp_path / "acl"
    denied = (f"{BASE}/availability", f"{BASE}/mimicry/event")
    acl.write_text("topic readwrite #\n" + "".join(f"topic deny {topic}\n" for topic in denied))
    with Broker(tmp_path / "broker", extra=f"acl_file {acl}") as broker:
        one = publisher(broker.port)
        one.publish_event({"type": "start", "id": "1", "t_s": 1.0, "start_s": 1.0, "end_s": None})
        until(lambda: len(one.troubles) == 2)
        told = sorted(one.own_health()["mqtt"]["troubles"])
    remedy = "with 0x87: let the broker's access list allow the device to write it"
    assert told[0].startswith(f"the broker refuses {denied[0]} {remedy}; the last will goes there too")
    assert told[1] == f"the broker refuses {denied[1]} {remedy}"
    assert told[0] in caplog.text


def test_requests_the_disk_refuses_do_not_use_up_the_window(broker, listener, publisher):
    """Forty mutes that could not be made durable leave room for others, and are tried until they are."""
    served, broken = [], threading.Event()
    broken.set()

    def obey(command):
        served.append(command)
        if command.kind == "privacy" and broken.is_set():
            raise PrivacyError("expected a disk that writes, got none")

    one = publisher(broker.port, on_command=obey, pace=Pace(retry_s=0.1))
    listener.wait_for("/availability")
    for _ in range(40):
        listener.send(f"{BASE}/privacy/set", b"ON")
    listener.send(f"{BASE}/cmd/reload/req", b"{}")
    until(lambda: any(command.kind == "command" for command in served))
    asked = len(served)
    until(lambda: len(served) > asked + 2)
    broken.clear()
    until(lambda: _quiet(served))
    one.close()


@pytest.mark.parametrize("behind", [True, False])
def test_a_mute_comes_through_a_flood(broker, listener, publisher, behind):
    """Fifteen hundred mixed messages, QoS 0 and 1, with the mute in their middle or behind: it is heard."""
    commands, rng = [], random.Random(15)
    one = publisher(broker.port, on_command=commands.append)
    listener.wait_for("/availability")
    names = ("privacy/set", "cmd/reload/req", "cmd/x/req", "config", "privacy", "booking")
    junk = (b"", b"{", b"[]", b"null", b"on", b"\xff", b'{"by":"' + b"x" * 200 + b'"}', b"[" * 20_000)
    for number in range(1500):
        if number == (1499 if behind else 750):
            listener.client.publish(f"{BASE}/privacy/set", b"ON", 1)
        name = rng.choice(names)
        base = BASE if "/" in name or name == "config" else ROOM
        listener.client.publish(f"{base}/{name}", rng.choice(junk), rng.randrange(2))
    until(lambda: _heard(commands) == [True])
    until(lambda: _asked(listener, commands, "last"))
    assert (one.session.connects, one.deaf) == (1, "")


def test_the_mute_overtakes_what_waits():
    """What came before a mute is served after it; what is too much is refused, but never a mute."""
    served, notes, link = [], [], AckingLink()

    def serve(message):
        served.append((message.topic, message.payload))

    inbox = Inbox(serve, served.append, lambda *note: notes.append(note), urgent={"mute"})
    for number in range(70):
        inbox.put(link.request("other", number))
    for number in range(70, 140):
        inbox.put(link.request("mute", number))
    inbox.put(CaughtUp(link))
    inbox.start()
    until(lambda: len(link.accepted) == 140)
    inbox.close()
    assert [topic for topic, _ in served[:70]] == ["mute"] * 70
    assert [topic for topic, _ in served[70:-1]] == ["other"] * 64
    assert served[-1] == CaughtUp(link)
    assert link.accepted[:6] == [64, 65, 66, 67, 68, 69]
    assert inbox.received.refused == len(notes) == 6


def test_too_many_mutes_come_again_over_a_new_connection():
    """A mute that finds no room is neither served nor acknowledged: its connection is given up."""
    served, link = [], AckingLink()
    inbox = Inbox(served.append, served.append, lambda *_: None, urgent={"mute"})
    for number in range(1025):
        inbox.put(link.request("mute", number))
    assert link.given_up == ["more requests on mute than can be served"]
    inbox.start()
    until(lambda: len(link.accepted) == 1024)
    inbox.close()
    assert 1024 not in link.accepted
    assert inbox.received.refused == 0


def test_only_the_probe_of_now_proves_hearing():
    """The echo of an earlier probe, or of an earlier run, does not end deafness; that of this one does."""
    clock, cured = SetClock(), []
    hearing = Hearing(
        base="b",
        names=("one", "two"),
        needed=frozenset(),
        boot="0a",
        clock=clock,
        pace=Pace(),
        counters=Counters(),
        rebuild=lambda: cured.append(clock.mono),
        note=lambda *_: None,
    )
    hearing.up(AckingLink())
    assert [order.packet.topic for order in hearing.due()] == ["b/one", "b/two"]
    clock.step(6.0)
    payloads = [order.packet.payload for order in hearing.due()]
    assert payloads == [b'{"v":1,"hear":"0a-2"}'] * 2 + [b"deaf"]
    for nonce, name in (("0a-1", "one"), ("0a-1", "two"), ("0b-2", "two"), ("0a-2", "one")):
        hearing.heard(Heard(name, nonce))
        assert hearing.deaf
    hearing.heard(Heard("two", "0a-2"))
    assert (hearing.deaf, len(cured)) == ("", 1)
    assert [order.packet.payload for order in hearing.due()] == [b"online"]


class AckingLink:
    """A link that keeps what is acknowledged and why it was given up."""

    def __init__(self):
        self.accepted, self.given_up = [], []

    def abandon(self, reason):
        """Take the end of the connection."""
        self.given_up.append(reason)

    def request(self, topic, mid):
        """Return a request that came over this link."""
        return Request(self, Inbound(topic=topic, payload=b"", qos=1, mid=mid, retained=False))

    def accept(self, message):
        """Take an acknowledgement."""
        self.accepted.append(message.mid)


def _quiet(served):
    """Return whether nothing has been served since the last look, for three retries."""
    before = len(served)
    threading.Event().wait(0.5)
    return len(served) == before


def _turns(publisher, count=3):
    """Wait until the spool's thread has turned a few times."""
    turns = publisher.turns
    until(lambda: publisher.turns >= turns + count)
