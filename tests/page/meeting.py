"""Every view with something on it: a room that measures, one in trouble, a muted one, a past in a store."""

import json
import time
from contextlib import closing, contextmanager

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from edge.campus.message import Message
from edge.campus.store import Store
from tests.campus.conftest import health, summary, write
from tests.page.house import Device, page_process
from tests.publish.broker import Broker, until
from tests.view import scenes

VIEWS = {
    "rooms": ("/", "dev-3"),
    "alerts": ("/alerts", "no camera"),
    "room": ("/room/dev-1", "7 follows 3"),
    "notice": ("/notice/dev-1", "Kamera"),
    "history": ("/history/dev-1?day={day}", "by the hour"),
    "week": ("/history/dev-1?day={day}&span=week", "at chance"),
}
"""Path of each view, and a word by which it is there."""
STATES = ("at_chance", "above", "insufficient", "at_chance", "below")
MINUTES = 300
DEVICES = "site/devices"
NOON_S = time.time() // 86_400 * 86_400 - 43_200
"""Yesterday's noon, UTC."""
FOUND = {"leader": 3, "evidence": 1.6, "lag_low_s": 0.5, "lag_high_s": 0.9}
"""What a live value has of a pair in which one was found to follow."""


class Meeting:
    """A page at `address`, its `process`, and the people of the room `dev-1`, who talk through `client`."""

    def __init__(self, address, process, client):
        self.address, self.process, self._client = address, process, client
        self._second = 0

    def show(self, browser, view):
        """Show a view; a room's with a minute of live values."""
        path, word = VIEWS[view]
        browser.open(self.address + path.format(day=stamp(NOON_S)[:10]))
        if view == "room":
            browser.wait("Who follows whom")
            until(lambda: self._talked(browser))
        browser.wait(word)

    def talk(self, seconds=60, rate_hz=5, ids=(3, 7, 12)):
        """Publish live values of three people who go on talking, faster than a device does."""
        for turn in range(self._second * rate_hz, (self._second + seconds) * rate_hz):
            t_s = turn / rate_hz
            moves = [scenes.movement(ids[1], "AU12", t_s - 1.2, t_s)] if turn % 45 == 20 else []
            body = scenes.live(t_s, ids, movements=moves, time=stamp(NOON_S + t_s), evidence=1.6)
            body["pairs"][0] |= FOUND | {"leader": ids[0], "state": "above", "lag_s": 0.7}
            sent = self._client.publish(f"{DEVICES}/dev-1/mimicry/live", json.dumps(body), 1)
        self._second += seconds
        curved = scenes.curved(body["pairs"]) | {"t_s": t_s, "time": body["time"]}
        sent = self._client.publish(f"{DEVICES}/dev-1/mimicry/summary", json.dumps(curved), 1)
        sent.wait_for_publish(60)

    def _talked(self, browser):
        if VIEWS["room"][1] not in browser.text():
            self.talk()
        return VIEWS["room"][1] in browser.text()


def stamp(at_s):
    """Return a time as devices write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at_s))


def past(url):
    """Fill a store with five hours of yesterday in the first room: every verdict, and missing results."""

    def one(k):
        state, index = STATES[k * len(STATES) // MINUTES], 0.5 + 0.3 * (k % 60 - 30) / 60
        usual = {"window_s": 60.0, "profile": "research"}
        return summary(k + 1, time=stamp(NOON_S + 60 * k), state=state, index=index, **usual)

    online = Message(f"{DEVICES}/dev-1/availability", b"online")
    kept = [one(k) for k in range(MINUTES) if not 150 <= k < 170]
    with closing(Store(url)) as store:
        write(store, *kept, online, health(time=stamp(time.time())))


@contextmanager
def talking(port):
    """Yield a client of the hub."""
    client = Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


@contextmanager
def meeting(folder):
    """Run a hub, three devices, a store and the page; yield it all as a `Meeting`."""
    url = f"sqlite:///{folder}/campus.sqlite"
    past(url)
    with Broker(folder / "hub") as broker, talking(broker.port) as client:
        devices = [Device(broker.port, folder / f"state-{k}", name=f"dev-{k}") for k in (1, 2, 3)]
        devices[1].say(mode="degraded", condition="degraded", why="no camera")
        devices[2].mute()
        with page_process(broker.port, "--store", url, folder=folder) as (address, process):
            yield Meeting(address, process, client)
        for device in devices:
            device.close()
