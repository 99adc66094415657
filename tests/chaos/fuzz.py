"""Requests of a hostile building: mutated, nested, oversized, mistyped; only refusals may come of them."""

import json
import random

from edge.config.sections import PublishSection
from edge.errors import EdgeError
from edge.publish.desk import Desk
from edge.publish.device import Device
from edge.publish.link import Inbound
from edge.publish.topics import topics_of
from edge.publish.udmi_config import UdmiConfig

SEEDS = (
    b"ON",
    b'{"on":true,"by":"x","until":null}',
    b'{"on":false,"by":"x","until":"2030-01-01T00:00:00Z"}',
    b'{"id":"a","start":"2030-01-01T00:00:00Z","end":"2030-01-01T01:00:00+02:00","consent":true}',
    b'{"version":"1.5.7","timestamp":"2030-01-01T00:00:00Z","system":{"min_loglevel":300,"metrics_rate_sec":60}}',
    b'{"version":1,"timestamp":"2030-01-01T00:00:00Z","pointset":{"set_value_expiry":"2030-01-02T00:00:00Z"}}',
    b'{"version":1,"timestamp":"2030-01-01T00:00:00Z","pointset":{"points":{"privacy_mode":{"set_value":true}}}}',
    b'{"id":"7","args":{"a":[1,2]}}',
    b"online",
)
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


class Sink:
    """Stands where courier and UDMI stand, and takes everything."""

    config = UdmiConfig()

    def do(self, action):
        """Take an action."""

    def later(self, *_):
        """Take a timer."""

    resend = configure = refuse = do

    def fits(self, _etag):
        """Accept every tag."""
        return True


def fuzz(count, seed=6):
    """Send so many mutated requests to every topic; return how many were taken and refused."""
    rng, taken, sink = random.Random(seed), [], Sink()
    refused = longest = 0
    section = PublishSection(host="x", device_id="dev-1")
    topics = topics_of(section, "dev-1")
    desk = Desk(
        section=section,
        topics=topics,
        device=Device(device_id="dev-1", serial="1", make="m", model="m"),
        clock=None,
        courier=sink,
        envelope=None,
        on_command=taken.append,
        udmi=sink,
    )
    names = [topics.of(name) for name in ("privacy/set", "config", "cmd/reload/req", "cmd/../req", "cmd/")]
    names += [f"{topics.room}/privacy", f"{topics.room}/booking", "homeassistant/status", "stranger"]
    for _ in range(count):
        message = Inbound(
            topic=rng.choice(names), payload=_mutant(rng), qos=1, mid=1, retained=rng.random() < 0.3
        )
        before = len(taken)
        try:
            desk.serve(message)
        except EdgeError as error:
            refused += 1
            assert len(taken) == before, f"{message} was refused and had an effect"
            longest = max(longest, len(str(error)))
    assert longest < 400
    for command in taken:
        _check(command)
    return {"inputs": count, "taken": len(taken), "refused": refused}


def _check(command):
    """Every request that passed has exactly the form that the privacy room relies on."""
    body = command.body
    if command.kind in {"privacy", "room_privacy"}:
        assert type(body["on"]) is bool
        assert isinstance(body["by"], str)
        assert body["until_s"] is None or isinstance(body["until_s"], float)
        assert not (command.kind == "privacy" and command.retained and body["by"] != "udmi")
    elif command.kind == "booking":
        assert type(body["consent"]) is bool
        assert body["end_s"] >= body["start_s"]
    else:
        assert isinstance(body["args"], dict)


def _mutant(rng):
    """Return a seed with bytes changed, values swapped or pieces put in."""
    raw = rng.choice(SEEDS)
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
