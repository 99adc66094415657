"""Puts the courier and what it owns together."""

from dataclasses import dataclass

from edge.config.sections import PublishSection
from edge.publish.building.announcer import Announcer
from edge.publish.building.ghosts import Ghosts
from edge.publish.building.metrics import Metrics
from edge.publish.building.topics import PROBED, Topics
from edge.publish.building.udmi import Udmi
from edge.publish.clock import Clock
from edge.publish.courier import Courier, Orders
from edge.publish.delivery.batch import Batch
from edge.publish.delivery.counters import Counters
from edge.publish.delivery.delivery import Delivery
from edge.publish.delivery.hearing import Hearing
from edge.publish.delivery.live import Live
from edge.publish.delivery.pace import Pace
from edge.publish.delivery.resending import Resending
from edge.publish.delivery.sender import Sender
from edge.publish.delivery.upkeep import Upkeep
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.kept import Kept
from edge.publish.durable.store import Store
from edge.publish.gate import Gate
from edge.publish.health import HealthReport
from edge.publish.mqtt.inbox import Received
from edge.publish.mqtt.session import Session
from edge.publish.notices import Note

_MIB, _HOUR_NS = 1 << 20, 3_600_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the courier is made of."""

    section: PublishSection
    topics: Topics
    clock: Clock
    pace: Pace
    counters: Counters
    note: Note
    orders: Orders
    gate: Gate
    live: Live
    envelope: Envelope
    store: Store
    kept: Kept | None
    session: Session
    received: Received
    udmi: Udmi | None
    metrics: Metrics | None
    ghosts: Ghosts
    profile: str
    software: str


def make_courier(parts: Parts) -> Courier:
    """Return the courier, not yet started."""
    delivery = _delivery(parts)
    hearing = Hearing(
        base=parts.topics.base,
        names=PROBED,
        needed=parts.topics.needed,
        boot=parts.envelope.boot,
        clock=parts.clock,
        pace=parts.pace,
        counters=parts.counters,
        rebuild=parts.session.rebuild,
        note=parts.note,
    )
    health = HealthReport(
        topic=parts.topics.of("health"),
        profile=parts.profile,
        software=parts.software,
        delivery=delivery,
        hearing=hearing,
        session=parts.session,
        received=parts.received,
        metrics=parts.metrics,
    )
    return Courier(
        orders=parts.orders,
        gate=parts.gate,
        delivery=delivery,
        announcer=Announcer(topics=parts.topics, clock=parts.clock, udmi=parts.udmi),
        hearing=hearing,
        health=health,
    )


def _delivery(parts: Parts) -> Delivery:
    """Return what moves rows on."""
    resending = Resending(
        kept=parts.kept,
        store=parts.store,
        envelope=parts.envelope,
        max_bytes=int(parts.section.spool_mib * _MIB),
        keep_ns=int(parts.section.keep_h * _HOUR_NS),
    )
    sender = Sender(
        store=parts.store,
        envelope=parts.envelope,
        clock=parts.clock,
        pace=parts.pace,
        live=parts.live,
        counters=parts.counters,
        note=parts.note,
        ghosts=parts.ghosts,
        resending=resending,
        muted=parts.gate.muted,
    )
    batch = Batch(parts.store, parts.clock, parts.pace)
    upkeep = Upkeep(
        store=parts.store,
        batch=batch,
        window=sender.window,
        envelope=parts.envelope,
        counters=parts.counters,
        clock=parts.clock,
        pace=parts.pace,
        keepalive_s=parts.section.keepalive_s,
        resending=resending,
        rebuild=parts.session.rebuild,
        note=parts.note,
    )
    return Delivery(
        store=parts.store,
        envelope=parts.envelope,
        clock=parts.clock,
        counters=parts.counters,
        sender=sender,
        batch=batch,
        upkeep=upkeep,
        resending=resending,
    )
