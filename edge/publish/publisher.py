"""The publisher as the pipeline sees it: hand it messages, it sees to the rest."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

from edge.config.sections import PublishSection
from edge.errors import PublishError
from edge.plain import Json
from edge.publish.assembly import Parts, make_courier
from edge.publish.building.desk import Desk
from edge.publish.building.ghosts import Ghosts
from edge.publish.building.homeassistant import discovery
from edge.publish.building.identity import Identity, this_device
from edge.publish.building.metrics import served
from edge.publish.building.topics import EPISODE, Topics, topics_of
from edge.publish.building.udmi import Room, Udmi
from edge.publish.clock import Clock, SystemClock
from edge.publish.courier import Orders
from edge.publish.delivery.counters import Counters
from edge.publish.delivery.live import Live
from edge.publish.delivery.pace import Pace
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.kept import Kept, forget
from edge.publish.durable.row import EVENT, SUMMARY
from edge.publish.durable.store import Store
from edge.publish.encode import encode
from edge.publish.gate import Gate
from edge.publish.mqtt.inbox import Inbox
from edge.publish.mqtt.link import Account
from edge.publish.mqtt.session import Session
from edge.publish.notices import Notices
from edge.publish.orders import Health, Mute, Result, Send, answer
from edge.publish.packet import Packet
from edge.records import Command, Message

SPOOL_FILE, GHOSTS_FILE, KEPT_FILE = "spool.sqlite", "retained.json", "kept.sqlite"
MAX_QUEUED = 1024  # results between two turns of the courier
_LIVE_EXPIRY_S = 5
_MIB, _DAY_NS = 1 << 20, 86_400_000_000_000


class Publisher:
    """Publishes what `privacy` let through, durably, and hands requests to `on_command`.

    `on_command` runs on a thread of its own, one request at a time; the request is acknowledged to the broker
    when it returns, so it must have made durable what it wants to survive. PrivacyError means: not durable,
    let the broker send it again.

    While muted not one measure leaves, neither live nor from the spool, where it waits; `muted` is the state
    to begin with, `publish_privacy` changes it.
    """

    def __init__(
        self,
        section: PublishSection,
        state_dir: Path,
        *,
        muted: bool,
        profile: str = "workplace",
        on_command: Callable[[Command], None] | None = None,
        clock: Clock | None = None,
        device: Identity | None = None,
        pace: Pace | None = None,
    ) -> None:
        if not section.host:
            raise PublishError("expected a broker host, got '' at publish.host")
        self.section, self.clock = section, clock or SystemClock()
        self.device = device or this_device(section.device_id)
        self.topics = topics_of(section, self.device.device_id)
        self.boot, self.counters = secrets.token_hex(4), Counters()
        self._orders: Orders = SimpleQueue()
        self._gate, pace = Gate(muted=muted), pace or Pace()
        self._live = Live(self._gate, self.clock, self.counters)
        note = Notices(self.clock.mono_ns, self._orders.put).note
        self._metrics = served(section, self.device.device_id, note)
        self._ghosts = Ghosts(state_dir / GHOSTS_FILE, self.topics.retained(section))
        desk = Desk(
            topics=self.topics,
            clock=self.clock,
            gate=self._gate,
            udmi=Udmi(self.device, self.clock, state_dir) if section.udmi else None,
            on_command=on_command or _ignore,
            post=self._orders.put,
        )
        self._inbox = Inbox(
            desk.serve, self._orders.put, note, urgent=self.topics.urgent, retry_s=pace.retry_s
        )
        account = _account(section, self.topics)
        self.session = Session(account, self._orders.put, self._inbox.put, self.clock.mono_ns, note)
        store = Store(state_dir / SPOOL_FILE, int(section.spool_mib * _MIB))
        self._envelope = Envelope(self.clock, self.boot, int(section.spool_days * _DAY_NS), store.last_n)
        self._courier = make_courier(
            Parts(
                section=section,
                topics=self.topics,
                clock=self.clock,
                pace=pace,
                counters=self.counters,
                note=note,
                orders=self._orders,
                gate=self._gate,
                live=self._live,
                envelope=self._envelope,
                store=store,
                kept=_kept(section, state_dir / KEPT_FILE),
                session=self.session,
                received=self._inbox.received,
                udmi=desk.udmi,
                metrics=self._metrics,
                ghosts=self._ghosts,
                profile=profile,
                software=self.device.software,
            )
        )

    def start(self) -> None:
        """Begin to connect and to deliver what the last run left; returns at once."""
        self._orders.put(Send(Packet(topic=self.topics.of("availability"), payload=b"online", retain=True)))
        if self.section.homeassistant:
            content = encode(discovery(self.section, self.device, self.topics))
            self._orders.put(Send(Packet(topic=self.topics.discovery, payload=content, retain=True)))
        for order in self._ghosts.emptied():
            self._orders.put(order)
        self._inbox.start()
        self._courier.start()
        self.session.start()

    def publish(self, message: Message) -> None:
        """Publish one message of `privacy`; those for the lines only are passed over."""
        takers = {"live": self.publish_live, "event": self.publish_event, "summary": self.publish_summary}
        if not message.local and message.kind in takers:
            takers[message.kind](message.body)

    def publish_live(self, body: Json) -> None:
        """Send at most `live_hz` times a second, or not at all: QoS 0, never kept."""
        if self._gate.muted:
            return
        values = {name: body.get(name) for name in ("count", "index", "evidence", "active_pairs")}
        self._orders.put(Room(**values, muted=False))
        if self._live.due(self.section.live_hz):
            content = encode(self._envelope.stamp() | body)
            topic = self.topics.of("mimicry/live")
            self._live.send(Packet(topic=topic, payload=content, qos=0, expiry_s=_LIVE_EXPIRY_S))

    def publish_event(self, body: Json) -> None:
        """Publish the start, update or end of an episode, durably."""
        self._enqueue(EVENT, "mimicry/event", body)
        word = str(body.get("type"))
        if self.section.homeassistant and word in {"start", "end"} and not self._gate.muted:
            packet = Packet(topic=self.topics.of(EPISODE), payload=word.encode(), expiry_s=_LIVE_EXPIRY_S)
            self._orders.put(Send(packet, keep=False, measure=True))

    def publish_summary(self, body: Json) -> None:
        """Publish the roll-up of a minute, durably; the broker keeps the last one."""
        self._enqueue(SUMMARY, "mimicry/summary", body, retain=True)

    def publish_health(self, body: Json) -> None:
        """Publish the health of the pipeline; the publisher adds its own."""
        self._orders.put(Health(body))

    def publish_privacy(self, body: Json, *, since_ns: int | None = None) -> None:
        """Publish the effective state, after the camera followed; `since_ns` is the request's arrival."""
        took_ms = None if since_ns is None else (self.clock.mono_ns() - since_ns) / 1e6
        content = encode(self._envelope.stamp() | body | {"took_ms": took_ms})
        packet = Packet(topic=self.topics.of("privacy/state"), payload=content, retain=True)
        on = body["state"] != "OFF"
        self._orders.put(Mute(packet, on, self._gate.ask(on=on)))

    def withhold(self) -> None:
        """Let no measure leave any more, without a word about it."""
        self._orders.put(Mute(None, on=True, number=self._gate.ask(on=True)))

    def respond(self, command: Command, body: Json) -> None:
        """Answer a command request."""
        topic = self.topics.of(f"cmd/{command.body['name']}/res")
        correlation = bytes.fromhex(command.body["correlation"])
        self._orders.put(answer(topic, command.body["id"], body, correlation))

    def reconfigure(self, section: PublishSection) -> None:
        """Take the rates of a reloaded configuration; everything else waits for a restart."""
        self.section = replace(
            self.section,
            live_hz=section.live_hz,
            summary_s=section.summary_s,
            health_s=section.health_s,
        )

    def drain(self, timeout_s: float) -> bool:
        """Wait until everything has arrived; False when it did not in time."""
        return self._courier.drain(timeout_s)

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        return self.session.link is not None

    @property
    def deaf(self) -> str:
        """Why requests of the building do not arrive although the broker is there; empty when they do."""
        return self._courier.hearing.deaf

    @property
    def troubles(self) -> list[str]:
        """What the broker keeps from the device or refuses it, in words, each with its remedy."""
        return self._courier.health.troubles()

    @property
    def turns(self) -> int:
        """Turns of the spool's thread since the start; a standstill is a hang."""
        return self._courier.turns

    @property
    def queued(self) -> int:
        """Orders that the spool's thread has not yet taken."""
        return self._orders.qsize()

    def own_health(self) -> Json:
        """Return the publisher's part of the health message."""
        return self._courier.health.own()

    def close(self) -> None:
        """Commit, wait shortly for acknowledgements, say `stopped`, disconnect; idempotent."""
        self._inbox.close()
        self._courier.stop(Packet(topic=self.topics.of("availability"), payload=b"stopped", retain=True))
        self.session.close()
        if self._metrics is not None:
            self._metrics.close()

    def _enqueue(self, kind: int, name: str, body: Json, *, retain: bool = False) -> None:
        if self._gate.muted or self.queued >= MAX_QUEUED:
            self.counters.overflowed += 1
            return
        at = (self.clock.wall_ns(), self.clock.mono_ns())
        self._orders.put(Result(kind=kind, topic=self.topics.of(name), body=body, at=at, retain=retain))


def _kept(section: PublishSection, path: Path) -> Kept | None:
    """Return where delivered results are kept; None where none are, and what was kept before is removed."""
    if section.keep_h:
        return Kept(path)
    forget(path)
    return None


def _account(section: PublishSection, topics: Topics) -> Account:
    """Return what every connection of the device has in common."""
    return Account(
        section=section,
        client_id=topics.device_id,
        will=Packet(topic=topics.of("availability"), payload=b"offline", retain=True),
        topics=topics.subscriptions(section),
    )


def _ignore(_command: Command) -> None:
    """Take a request and do nothing about it."""
