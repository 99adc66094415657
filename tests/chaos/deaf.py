"""What may keep a mute from a device: how soon it is heard all the same, or reported as not heard."""

import random
import signal
import time
from contextlib import contextmanager

from edge.publish import Publisher
from edge.publish.delivery.pace import Pace
from tests.publish.broker import Broker, Listener, until
from tests.publish.conftest import section
from tests.publish.fake_broker import FakeBroker
from tests.publish.wire import Tap

BASE, ROOM = "site/devices/dev-1", "site/rooms/room"
QUICK = Pace(probe_s=0.5, patience_s=0.5)  # the device's own are 6 s each
RECONNECT_S = 4.0  # most of a rest before a new connection, in the first attempts, and its handshake
JUNK = (b"", b"{", b"[]", b"null", b"on", b"\xff", b'{"by":"' + b"x" * 200 + b'"}', b"[" * 20_000)
NAMES = (f"{BASE}/privacy/set", f"{BASE}/cmd/reload/req", f"{BASE}/cmd/x/req", f"{BASE}/config")
PLACES = (*NAMES, f"{ROOM}/privacy", f"{ROOM}/booking")


class Ears:
    """When a device took each mute first; a broker may bring one twice."""

    def __init__(self):
        self.at_s, self._asked = {}, 0

    def obey(self, command):
        """Take a request."""
        if command.kind == "privacy":
            self.at_s.setdefault(command.body["by"], time.monotonic())

    def mute(self):
        """Return the next mute as a message, and its name."""
        self._asked += 1
        return f'{{"on":true,"by":"{self._asked}"}}', str(self._asked)

    def time(self, listener):
        """Ask for a mute; return the seconds from when the broker had it until the device took it."""
        message, name = self.mute()
        listener.send(f"{BASE}/privacy/set", message)
        start_s = time.monotonic()
        until(lambda: name in self.at_s)
        return max(0.0, self.at_s[name] - start_s)


@contextmanager
def _device(port, folder, pace=None):
    ears = Ears()
    publisher = Publisher(section(port), folder / "state", muted=False, on_command=ears.obey, pace=pace)
    publisher.start()
    try:
        yield publisher, ears
    finally:
        publisher.close()


def floods(folder, *, rounds, large=0, seed=15):
    """Send large, kept and mixed messages before a mute and around it; time the mute.

    `large` messages of 17 MB, above what the device announces, then make the broker strand what follows.
    """
    rng, took_s = random.Random(seed), []
    with (
        Broker(folder / "broker") as broker,
        Listener(broker.port, f"{BASE}/availability") as listener,
        _device(broker.port, folder) as (publisher, ears),
    ):
        until(lambda: publisher.connected)
        for _ in range(rounds):
            for _ in range(rng.choice((1, 15, 16, 64))):
                listener.client.publish(rng.choice(PLACES), bytes(rng.choice((70_000, 100_000))), 1)
            took_s.append(ears.time(listener))
            listener.send(f"{ROOM}/booking", bytes(100_000), retain=True)
            middle = _mixed(rng, listener, ears, 1500 if rounds > 20 else 300)
            took_s.append(ears.time(listener))
            until(lambda name=middle: name in ears.at_s)
        healthy = not publisher.deaf and publisher.session.connects == 1
        for _ in range(large):
            listener.client.publish(f"{ROOM}/booking", bytes(17 << 20), 1).wait_for_publish(60)
        stranded_s = ears.time(listener) if large else 0.0
        refused = publisher.own_health()["mqtt"]["requests_refused"]
    return {
        "mutes": len(took_s),
        "late_mutes": sum(one > 2.0 for one in took_s),
        "longest_s": round(max(took_s), 2),
        "stranded_s": round(stranded_s, 2),
        "refused": refused,
        "quietly_deaf": int(not healthy or stranded_s > 15.0),
    }


def _mixed(rng, listener, ears, count):
    """Send junk at QoS 0 and 1 with a mute in its middle; return the name of the mute."""
    message, name = ears.mute()
    for number in range(count):
        place, qos = rng.choice(PLACES), rng.randrange(2)
        listener.client.publish(place, rng.choice(JUNK), qos)
        if number == count // 2:
            listener.client.publish(f"{BASE}/privacy/set", message, 1)
    return name


def half_open(folder, *, rounds):
    """Cut the line without closing it; time the mute that the broker then has."""
    took_s = []
    with (
        Broker(folder / "broker") as broker,
        Tap(broker.port) as tap,
        Listener(broker.port, f"{BASE}/availability") as listener,
        _device(tap.port, folder, QUICK) as (publisher, ears),
    ):
        until(lambda: publisher.connected)
        for number in range(rounds):
            until(lambda: publisher.connected and not publisher.deaf)
            tap.cut()
            took_s.append(ears.time(listener))
            assert publisher.session.connects > number + 1
    limit_s = QUICK.probe_s + QUICK.patience_s + RECONNECT_S
    late = sum(one > limit_s for one in took_s)
    return {"mutes": rounds, "late_mutes": late, "longest_s": round(max(took_s), 2)}


def access_lists(folder, *, rounds):
    """Take the right to read away and give it back; count when the device did not notice the former."""
    acl, nothing = folder / "acl", f"topic write {BASE}/#\n"
    acl.write_text("topic readwrite #\n")
    quiet, took_s = 0, []
    with (
        Broker(folder / "broker", extra=f"acl_file {acl}") as broker,
        _device(broker.port, folder, QUICK) as (publisher, _),
    ):
        until(lambda: publisher.connected and not publisher.own_health()["mqtt"]["inflight"])
        for _ in range(rounds):
            for text, deaf in ((nothing, True), ("topic readwrite #\n", False)):
                acl.write_text(text)
                broker.signal(signal.SIGHUP)
                start_s = time.monotonic()
                until(lambda deaf=deaf: bool(publisher.deaf) is deaf)
                took_s.append(time.monotonic() - start_s)
            quiet += publisher.own_health()["mqtt"]["deaf"]
    return {"rounds": rounds, "quietly_deaf": quiet, "longest_s": round(max(took_s), 2)}


def strangers(folder, *, rounds):
    """Meet brokers that refuse a subscription, or accept it and pass nothing on; count who went unnoticed."""
    named = 0
    for number in range(rounds):
        fake = FakeBroker(silent=1 - number % 2)
        fake.refused = (PLACES[0],) if number % 2 else ()
        with _device(fake.port, folder / str(number), QUICK) as (publisher, _):
            until(lambda one=publisher: one.deaf)
            named += f"{BASE}/" in publisher.deaf and publisher.own_health()["mqtt"]["deaf"]
            fake.refused = ()
            until(lambda one=publisher: not one.deaf)
        fake.close()
    return {"brokers": rounds, "quietly_deaf": rounds - named}
