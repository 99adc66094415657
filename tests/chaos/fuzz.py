"""Requests of a hostile building: mutated, nested, oversized, mistyped; only refusals may come of them."""

import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from edge.config.sections import PrivacySection
from edge.privacy import PrivacyState
from edge.privacy.file import load
from edge.publish import SystemClock
from edge.publish.building.announcer import Announcer
from edge.publish.building.desk import Desk
from edge.publish.building.identity import this_device
from edge.publish.building.topics import topics_of
from edge.publish.building.udmi import Udmi
from edge.publish.encode import encode
from edge.publish.gate import Gate
from edge.publish.mqtt.inbox import Inbox
from edge.publish.orders import Resend, Send
from edge.publish.packet import Inbound
from tests.publish.conftest import section

_CONFIG = b'{"version":"1.5.7","timestamp":"2030-01-01T00:00:00Z",'
PRIVACY = (
    b"ON",
    b'{"on":true,"by":"x","until":null}',
    b'{"on":false,"by":"x","until":"2030-01-01T00:00:00Z"}',
)
BOOKING = (b'{"id":"a","start":"2026-01-01T00:00:00Z","end":"2030-01-01T01:00:00+02:00","consent":true}',)
CONFIG = (
    _CONFIG + b'"system":{"min_loglevel":300,"metrics_rate_sec":60}}',
    _CONFIG + b'"pointset":{"set_value_expiry":"2030-01-02T00:00:00Z"}}',
    _CONFIG + b'"pointset":{"points":{"privacy_mode":{"set_value":true}}}}',
    _CONFIG + b'"pointset":{"state_etag":"x","points":{"mimicry_index":{"set_value":1,"cov_increment":1}}}}',
)
COMMAND = (b'{"id":"7","args":{"a":[1,2]}}',)
VALUES = (None, True, 0, -1, 1e308, "", "x" * 300, [], {}, [[]], "2030-01-01", "\ud800", 10**30, "NaN")
SPECIAL = (
    b"NaN",
    b"1e999",
    b"-0",
    b"\x00",
    b"\xff\xfe",
    b"[" * 5000,
    b'{"a":' * 5000,
    b"9" * 5000,
    b"{}" * 40000,
)


SEEDS = {
    "site/devices/dev-1/privacy/set": PRIVACY,
    "site/devices/dev-1/config": CONFIG,
    "site/devices/dev-1/cmd/reload/req": COMMAND,
    "site/devices/dev-1/cmd/../req": COMMAND,
    "site/devices/dev-1/cmd/": COMMAND,
    "site/rooms/room/privacy": PRIVACY,
    "site/rooms/room/booking": BOOKING,
    "homeassistant/status": (b"online",),
    "stranger": PRIVACY,
}
TOPICS = tuple(SEEDS)


class Target:
    """The inbox, desk, UDMI and privacy state of a device, without network and threads: fed one by one."""

    def __init__(self, folder):
        self.taken, self.refusals = Counter(), 0
        self.privacy, self._folder = PrivacyState(PrivacySection(), folder, time.time()), folder
        clock, device, topics = SystemClock(), this_device("dev-1"), topics_of(section(1), "dev-1")
        self.udmi = Udmi(device, clock, folder)
        self.announcer = Announcer(topics=topics, clock=clock, udmi=self.udmi)
        desk = Desk(
            topics=topics,
            clock=clock,
            gate=Gate(muted=False),
            udmi=self.udmi,
            on_command=self._obey,
            post=self.announcer.hear,
        )
        self.inbox = Inbox(desk.serve, lambda _: None, self._refused)

    def feed(self, topic, payload, *, retained):
        """Serve one message as the inbox's thread does, then say what is due as the courier's does."""
        before, refusals = self._state(), self.refusals
        message = Inbound(topic=topic, payload=payload, qos=1, mid=1, retained=retained)
        assert self.inbox.serve(message) != "later"
        for order in self.announcer.due():
            assert isinstance(order, Send | Resend) or encode(order.body)
        assert refusals == self.refusals or before == self._state(), f"{message} refused and had an effect"

    def _state(self):
        return load(self._folder), self.udmi.config

    def _refused(self, _level, _category, reason):
        assert "the request failed" not in reason, "a handler raised"
        assert len(reason) < 400
        self.refusals += 1

    def _obey(self, command):
        _check(command)
        self.taken[command.kind] += 1
        self.privacy.handle(command, time.time())


def fuzz(count, seed=6):
    """Send this many mutated requests to every topic; return how many were taken and refused."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        target = Target(Path(folder))
        for _ in range(count):
            topic = rng.choice(TOPICS)
            seeds = SEEDS[topic if rng.random() < 0.9 else rng.choice(TOPICS)]
            target.feed(topic, _mutant(rng, rng.choice(seeds)), retained=rng.random() < 0.3)
    return {"inputs": count, "taken": sum(target.taken.values()), "refused": target.refusals}


def _check(command):
    """Every request that passed has exactly the form that `privacy` relies on."""
    body = command.body
    if command.kind in {"privacy", "room_privacy"}:
        assert type(body["on"]) is bool
        assert isinstance(body["by"], str)
        assert body["until_s"] is None or isinstance(body["until_s"], float)
        assert not (command.kind == "privacy" and command.retained)
    elif command.kind == "booking":
        assert type(body["consent"]) is bool
        assert body["end_s"] >= body["start_s"]
    else:
        assert isinstance(body["args"], dict)
        assert not command.retained


def _mutant(rng, raw):
    """Return a seed with bytes changed, values swapped or pieces put in; one in ten as it is."""
    if rng.random() < 0.1:
        return raw
    kind = rng.random()
    if kind < 0.45:
        return _swapped(rng, raw)
    data = bytearray(raw)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(data) + 1)
        if kind < 0.75:
            data[at : at + rng.randrange(3)] = bytes([rng.randrange(256)])
        elif kind < 0.99:
            data[at : at + rng.randrange(9)] = raw[: rng.randrange(len(raw))]
        else:
            data[at:at] = rng.choice(SPECIAL)
    return bytes(data)


def _swapped(rng, raw):
    """Return the seed with one value of another type."""
    try:
        body = json.loads(raw)
    except ValueError:
        return raw
    place = body
    while True:
        key = rng.choice(list(place))
        if isinstance(place[key], dict) and place[key] and rng.random() < 0.7:
            place = place[key]
            continue
        place[key] = rng.choice(VALUES)
        return json.dumps(body).encode()
