"""A hub that dies with what it had acknowledged: the gap is seen, asked for, and closed by the devices."""

import signal

import pytest

from edge.campus.collector import Collector
from edge.campus.mqtt import MqttSource
from edge.hub.login import login_of
from edge.publish import Publisher
from edge.publish.delivery.pace import Pace
from tests.campus.conftest import Running, health, rows, summary, write
from tests.publish.broker import Broker, Listener, until
from tests.publish.conftest import section

PACE = Pace(tidy_s=0.1)
ROOMS, EACH = 5, 40


@pytest.fixture
def devices(tmp_path):
    """Return a factory of rooms, the device's own publisher each, closed at the end."""
    made = []

    def make(port, keep_h):
        for number in range(ROOMS):
            name = f"dev-{number}"
            own = section(port, device_id=name, keep_h=keep_h, udmi=False, homeassistant=False)
            made.append(Publisher(own, tmp_path / name, muted=False, profile="research", pace=PACE))
            made[-1].start()
        return made

    yield make
    for one in made:
        one.close()


def _send(devices, first, last):
    """Publish results and wait until the hub has acknowledged all that there ever were."""
    for one in devices:
        for number in range(first, last + 1):
            one.publish_event({"type": "update", "id": str(number), "t_s": 0.0})
    until(lambda: all(one.counters.acked >= last for one in devices))


def _lost(broker, devices, tmp_path):
    """Let the hub acknowledge results while the line upwards is cut, and die; return the store's address."""
    url = f"sqlite:///{tmp_path}/campus.sqlite"
    with Running(broker.port, url) as uplink:
        until(lambda: uplink.source.trouble == "" and all(one.connected for one in devices))
        _send(devices, 1, 3)
        until(lambda: uplink.counters.new == 3 * ROOMS)
    _send(devices, 4, EACH)
    broker.signal(signal.SIGKILL)
    broker.start()
    until(lambda: all(one.connected for one in devices))
    return url


def test_what_a_dead_hub_had_acknowledged_comes_back(tmp_path, devices):
    """The hub dies by kill -9, its uplink cut, with 185 acknowledged results: 0 are lost, 0 come twice."""
    with Broker(tmp_path / "broker", persistent=False) as broker:
        rooms = devices(broker.port, keep_h=1.0)
        url = _lost(broker, rooms, tmp_path)
        with Running(broker.port, url) as uplink:
            until(lambda: _say(rooms) or uplink.counters.new == (EACH - 3) * ROOMS)
            assert uplink.counters.asked >= ROOMS
            found = rows(uplink.store, "SELECT device, seq, historical FROM event ORDER BY device, seq")
            assert [pair[:2] for pair in found] == [
                (k + 1, seq) for k in range(ROOMS) for seq in range(1, EACH + 1)
            ]
            assert rows(uplink.store, "SELECT * FROM gap") == []


def test_without_keeping_the_gap_is_named(tmp_path, devices):
    """A device that keeps nothing cannot help: the gap stays, and says that nobody can close it."""
    with Broker(tmp_path / "broker", persistent=False) as broker:
        rooms = devices(broker.port, keep_h=0.0)
        url = _lost(broker, rooms, tmp_path)
        with Running(broker.port, url) as uplink:
            until(lambda: uplink.source.trouble == "")
            _send(rooms, EACH + 1, EACH + 1)
            until(lambda: uplink.counters.new == ROOMS)
            gap = (4, EACH, 0)
            assert rows(uplink.store, "SELECT first, last, still_kept FROM gap") == [gap] * ROOMS


def test_nothing_is_asked_while_the_broker_is_away(store, tmp_path):
    """A request that cannot be sent is not made, so that the pause to the next one does not grow."""
    write(store, summary(1), summary(4), health(kept=[("0000000a", 1, 4)]))
    broker = Broker(tmp_path / "broker")
    source = MqttSource(
        login_of(f"mqtt://127.0.0.1:{broker.port}", password="", password_file="", client_id="c")
    )
    one = Collector(source, store, patience_s=0.0, look_s=0.0)
    one.step()
    assert rows(store, "SELECT asks FROM run") == [(0,)]
    with broker, Listener(broker.port, "site/devices/dev-1/cmd/#") as device:
        until(lambda: one.step() or device.heard)
        assert rows(store, "SELECT asks FROM run") == [(1,)]
    source.close()


def _say(rooms):
    """Let every room publish its health, as it does every 30 s."""
    for one in rooms:
        one.publish_health({})
