"""Asks the broker what it would do for this device, under another client id and without leaving a session."""

import queue
import secrets
import time
from dataclasses import dataclass

from edge.config.sections import PublishSection
from edge.publish.building.identity import this_device
from edge.publish.building.topics import PROBED, Topics, topics_of
from edge.publish.encode import encode
from edge.publish.mqtt.client import V5, V311, Protocol
from edge.publish.mqtt.link import Account, CaughtUp, Link, News, Outcome, Request, Subscribed
from edge.publish.packet import Packet

_EXPIRY_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """How the broker treats the device."""

    topics: Topics
    outcome: Outcome
    refused: tuple[str, ...] = ()
    """Topics that it does not let the device read."""
    unheard: tuple[str, ...] = ()
    """Topics of the device on which nothing that is sent comes back."""


def probe(section: PublishSection, client_id: str, password: str = "", wait_s: float = 5.0) -> Hello:
    """Connect as the service would, MQTT 5 first, subscribe, and wait for messages to the device itself.

    PublishError says why the broker could not be reached.
    """
    topics = topics_of(section, this_device(section.device_id).device_id)
    account = Account(
        section=section,
        client_id=client_id,
        topics=topics.subscriptions(section),
        keep_session=False,
        password=password,
    )
    hello = _hello(account, topics, V5, wait_s)
    return _hello(account, topics, V311, wait_s) if hello.outcome.older else hello


def _hello(account: Account, topics: Topics, protocol: Protocol, wait_s: float) -> Hello:
    heard: queue.SimpleQueue[News | Request | CaughtUp] = queue.SimpleQueue()
    link = Link(account, protocol, heard.put, heard.put)
    link.open()
    outcome = link.greeting()
    if not outcome.connected:
        link.close()
        return Hello(topics=topics, outcome=outcome)
    payload = encode({"v": 1, "hear": f"{secrets.token_hex(4)}-1"})
    for name in PROBED:
        link.publish(Packet(topic=topics.of(name), payload=payload, expiry_s=_EXPIRY_S))
    refused, unheard = _wait(heard, {topics.of(name): payload for name in PROBED}, wait_s)
    link.close()
    return Hello(topics=topics, outcome=outcome, refused=refused, unheard=tuple(sorted(unheard)))


def _wait(
    heard: "queue.SimpleQueue[News | Request | CaughtUp]", sent: dict[str, bytes], wait_s: float
) -> tuple[tuple[str, ...], set[str]]:
    """Return what the broker refuses to let be read, and what did not come back in time."""
    refused: tuple[str, ...] | None = None
    missing, until_s = set(sent), time.monotonic() + wait_s
    while (missing or refused is None) and (left_s := until_s - time.monotonic()) > 0:
        try:
            news = heard.get(timeout=left_s)
        except queue.Empty:
            break
        if isinstance(news, Subscribed):
            refused = news.refused
        elif isinstance(news, Request):
            news.link.accept(news.message)
            if sent.get(news.message.topic) == news.message.payload:
                missing.discard(news.message.topic)
    return refused or (), missing
