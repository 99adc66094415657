"""What the courier's thread is asked to do: small frozen values, obeyed one after the other."""

import threading
from dataclasses import dataclass

from edge.plain import Json
from edge.publish.encode import encode
from edge.publish.packet import Packet

_ANSWER_EXPIRY_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Publish a message of this device's own schemas, durably."""

    kind: int
    """Its class, see `durable.row`."""
    topic: str
    body: Json
    at: tuple[int, int]
    """When it was made: wall clock and monotonic clock, ns."""
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Publish a system entry of somebody else's schema, durably."""

    topic: str
    body: Json


@dataclass(frozen=True, slots=True)
class Send:
    """Publish as soon as possible, and only the topic's newest version."""

    packet: Packet
    keep: bool = True
    """Whether it goes out again on every connect."""
    measure: bool = False
    """Whether it says something of the room: a mute takes it back."""


@dataclass(frozen=True, slots=True)
class Resend:
    """Publish every kept value again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Publish results once more that the broker had taken, and answer."""

    spans: tuple[tuple[str, int, int], ...]
    """Run, first and last number."""
    topic: str
    """Of the answer."""
    id: str
    correlation: bytes


@dataclass(frozen=True, slots=True)
class Mute:
    """Publish the privacy state and obey it."""

    packet: Packet | None
    """None: obey it only."""
    on: bool
    number: int
    """Which change of the state this is, see `Gate.ask`."""


@dataclass(frozen=True, slots=True)
class Health:
    """Publish the health of the pipeline, to which the publisher adds its own."""

    body: Json


@dataclass(frozen=True, slots=True)
class Heard:
    """A probe of the device's hearing has come back through the broker."""

    name: str
    """Topic below the device's base."""
    nonce: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Make durable what only memory holds, and probe no more: the device is about to leave."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Set `over` once everything has arrived; whoever asked sets it to give up."""

    leaving: bool
    """Whether what cannot be sent now may wait for the next start."""
    over: threading.Event


def answer(topic: str, name: str, body: Json, correlation: bytes) -> Send:
    """Return the answer to the request called `name`."""
    payload = encode({"v": 1, "id": name} | body)
    packet = Packet(topic=topic, payload=payload, expiry_s=_ANSWER_EXPIRY_S, correlation=correlation)
    return Send(packet, keep=False)
