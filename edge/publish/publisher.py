"""The publisher as the pipeline sees it: hand it messages, it sees to the rest."""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from edge.config.sections import PublishSection
from edge.errors import PublishError
from edge.plain import Json
from edge.publish.building.desk import Desk
from edge.publish.building.identity import Identity, this_device
from edge.publish.building.metrics import Metrics
from edge.publish.building.notices import Notice, Notices
from edge.publish.building.topics import topics_of
from edge.publish.building.udmi import Room, Udmi
from edge.publish.clock import Clock, SystemClock
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.row import EVENT, SUMMARY
from edge.publish.durable.store import Store
from edge.publish.encode import encode
from edge.publish.mqtt.courier import Courier
from edge.publish.mqtt.inbox import Inbox
from edge.publish.mqtt.link import Hooks, Link, Protocol
from edge.publish.mqtt.session import Session
from edge.publish.packet import Inbound, Packet
from edge.records import Command, Message

_log = logging.getLogger(__name__)

SPOOL_FILE = "spool.sqlite"
MAX_QUEUED = 1024  # results between two turns of the courier
_LIVE_EXPIRY_S = 5
_RESPONSE_EXPIRY_S = 30
_NS, _MIB, _DAY_NS = 1_000_000_000, 1 << 20, 86_400_000_000_000


class Publisher:
    """Publishes what the privacy room let through, durably, and hands requests to `on_command`.

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
    ) -> None:
        if not section.host:
            raise PublishError("expected a broker host, got '' at publish.host")
        self.section, self.profile = section, profile
        self.clock = clock or SystemClock()
        self.device = device or this_device(section.device_id)
        self.topics = topics_of(section, self.device.device_id)
        self.boot = secrets.token_hex(4)
        self._notices = Notices(self.clock.mono_ns, self._hear)
        self._inbox = Inbox(self._serve, self._refused)
        self._session = Session(self._make_link, self.clock.mono_ns, self._notices.note)
        self._envelope = Envelope(self.clock, self.boot, int(section.spool_days * _DAY_NS))
        self._started_ns = self.clock.mono_ns()
        self._live_ns: int | None = None
        self._muted = self._mute_wanted = muted
        self._mute_lock = threading.Lock()
        self._metrics = Metrics(section.metrics_port) if section.metrics_port else None
        self._courier = self._make_courier(Store(state_dir / SPOOL_FILE, int(section.spool_mib * _MIB)))
        self._desk = Desk(
            section=section,
            topics=self.topics,
            device=self.device,
            clock=self.clock,
            courier=self._courier,
            envelope=self._envelope,
            on_command=on_command or _ignore,
            udmi=Udmi(self.device, self.clock, state_dir) if section.udmi else None,
        )

    def start(self) -> None:
        """Begin to connect and to deliver what the last run left; returns at once."""
        self._latest("availability", b"online")
        self._courier.do(self._desk.open)
        self._inbox.start()
        self._courier.start()
        self._session.start()

    def publish(self, message: Message) -> None:
        """Publish one message of the privacy room; those for the lines only are passed over."""
        if message.local:
            return
        if message.kind == "live":
            self.publish_live(message.body)
        elif message.kind == "event":
            self.publish_event(message.body)
        elif message.kind == "summary":
            self.publish_summary(message.body)

    def publish_live(self, body: Json) -> None:
        """Send at most `live_hz` times a second, or not at all: QoS 0, never kept."""
        if self._muted:
            return
        room = Room(body.get("count"), body.get("index"), body.get("active_pairs"), muted=False)
        self._courier.do(partial(self._desk.observe, room))
        now_ns, link = self.clock.mono_ns(), self._courier.live if self.connected else None
        if self._live_ns is not None and now_ns - self._live_ns < 0.95e9 / self.section.live_hz:
            return
        self._live_ns = now_ns
        packet = Packet(
            topic=self.topics.of("mimicry/live"),
            payload=encode(self._envelope.stamp() | body),
            qos=0,
            expiry_s=_LIVE_EXPIRY_S,
        )
        with self._mute_lock:  # a live value may not overtake the mute that is being published
            sent = not self._muted and link is not None and link.publish(packet) is not None
        self._courier.counters.live_sent += sent
        self._courier.counters.live_dropped += not sent

    def publish_event(self, body: Json) -> None:
        """Publish the start, update or end of an episode, durably."""
        self._enqueue(EVENT, "mimicry/event", body)

    def publish_summary(self, body: Json) -> None:
        """Publish the roll-up of a minute, durably; the broker keeps the last one."""
        self._enqueue(SUMMARY, "mimicry/summary", body, retain=True)

    def publish_health(self, body: Json) -> None:
        """Publish the health of the pipeline; the publisher adds its own."""
        self._courier.do(lambda: self._health(body))

    def publish_privacy(self, body: Json, *, since_ns: int | None = None) -> None:
        """Publish the effective state, after the camera followed; `since_ns` is the request's arrival."""
        took_ms = None if since_ns is None else (self.clock.mono_ns() - since_ns) / 1e6
        content = encode(self._envelope.stamp() | body | {"took_ms": took_ms})
        packet = Packet(topic=self.topics.of("privacy/state"), payload=content, retain=True)
        on = body["state"] != "OFF"
        with self._mute_lock:
            self._mute_wanted = on
            self._muted = self._muted or on  # an un-mute counts when it has been told
        self._courier.do(partial(self._follow_mute, packet, on=on))

    def respond(self, command: Command, body: Json) -> None:
        """Answer a command request."""
        name, answer = command.body["name"], {"v": 1, "id": command.body["id"]} | body
        packet = Packet(
            topic=self.topics.of(f"cmd/{name}/res"),
            payload=encode(answer),
            expiry_s=_RESPONSE_EXPIRY_S,
            correlation=bytes.fromhex(command.body["correlation"]),
        )
        self._courier.do(lambda: self._courier.latest(packet, keep=False))

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
        return self._session.link is not None

    @property
    def turns(self) -> int:
        """Turns of the spool's thread since the start; a standstill is a hang."""
        return self._courier.turns

    def own_health(self) -> Json:
        """Return the publisher's part of the health message."""
        counters, store = self._courier.counters, self._courier.store
        oldest = store.oldest()
        age_ns = self._envelope.age_ns(oldest) if oldest else 0
        return {
            "mqtt": {
                "connected": self.connected,
                "reconnects": max(0, self._session.connects - 1),
                "inflight": self._courier.inflight,
                "acked": counters.acked,
                "nosub": counters.no_subscribers,
                "refused": counters.refused,
                "rebuilt": counters.rebuilt,
                "live_sent": counters.live_sent,
                "live_dropped": counters.live_dropped,
            },
            "spool": {
                "rows": store.rows,
                "bytes": store.size,
                "oldest_s": None if age_ns is None else age_ns // _NS,
                "dropped": store.evicted + counters.overflowed,
                "mode": store.mode,
            },
        }

    def close(self) -> None:
        """Commit, wait shortly for acknowledgements, say `stopped`, disconnect; idempotent."""
        self._inbox.close()
        self._courier.stop(Packet(topic=self.topics.of("availability"), payload=b"stopped", retain=True))
        self._session.close()
        if self._metrics is not None:
            self._metrics.close()

    def _make_courier(self, store: Store) -> Courier:
        self._envelope.n = store.last_n
        return Courier(
            store=store,
            session=self._session,
            clock=self.clock,
            envelope=self._envelope,
            keepalive_s=self.section.keepalive_s,
            notice=self._notices.note,
            on_up=self._on_up,
            muted=self._muted,
            on_turn=self._turn,
        )

    def _serve(self, message: Inbound) -> None:
        self._desk.serve(message)

    def _refused(self, topic: str, reason: str) -> None:
        self._notices.note(400, "device.request.refused", f"{topic}: {reason}")

    def _hear(self, notice: Notice) -> None:
        self._courier.do(partial(self._desk.notice, notice))

    def _turn(self) -> None:
        self._desk.turn()

    def _make_link(self, protocol: Protocol) -> Link:
        hooks = Hooks(
            up=self._up,
            ack=lambda link, mid, reason: self._courier.do(lambda: self._courier.ack(link, mid, reason)),
            inbound=self._inbox.put,
            down=lambda link: self._courier.do(lambda: self._courier.down(link)),
        )
        will = Packet(topic=self.topics.of("availability"), payload=b"offline", retain=True)
        return Link(self.section, self.device.device_id, will, protocol, hooks)

    def _up(self, link: Link) -> None:
        self._session.up(link)
        self._courier.do(lambda: self._courier.up(link))

    def _on_up(self, link: Link) -> None:
        link.subscribe(self.topics.subscriptions(self.section))
        if not link.outcome.session_present and self._session.connects > 1:
            self._notices.note(
                300, "device.session.forgotten", "the broker lost its memory, everything goes out again"
            )

    def _follow_mute(self, packet: Packet, *, on: bool) -> None:
        self._courier.mute(on=on)
        self._desk.observe(Room(muted=on))
        self._courier.latest(packet)
        with self._mute_lock:
            self._muted = self._mute_wanted

    def _enqueue(self, kind: int, name: str, body: Json, *, retain: bool = False) -> None:
        if self._muted or self._courier.queued >= MAX_QUEUED:
            self._courier.counters.overflowed += 1
            return
        at, topic = (self.clock.wall_ns(), self.clock.mono_ns()), self.topics.of(name)
        self._courier.do(
            lambda: self._courier.store.add(self._envelope.row(kind, topic, body, at, retain=retain))
        )

    def _latest(self, name: str, payload: bytes) -> None:
        packet = Packet(topic=self.topics.of(name), payload=payload, retain=True)
        self._courier.do(lambda: self._courier.latest(packet))

    def _health(self, body: Json) -> None:
        head = self._envelope.stamp() | {"profile": self.profile}
        head["uptime_s"] = (self.clock.mono_ns() - self._started_ns) // _NS
        head["clock"] = "synced" if self.clock.synced() else "unsynced"
        content = head | body | self.own_health()
        if self._metrics is not None:
            self._metrics.health = content
        self._courier.latest(Packet(topic=self.topics.of("health"), payload=encode(content), retain=True))


def _ignore(_command: Command) -> None:
    """Take a request and do nothing about it."""
