"""The one thread that owns store, message ids and what the building is told: it obeys orders in turn."""

import queue
import threading
from dataclasses import dataclass, field
from itertools import chain

from edge.publish.building.announcer import Announcer, Birth
from edge.publish.building.udmi import Room
from edge.publish.building.udmi_config import Configured, Misconfigured
from edge.publish.delivery.delivery import Delivery
from edge.publish.delivery.hearing import Hearing
from edge.publish.gate import Gate
from edge.publish.health import HealthReport
from edge.publish.mqtt.link import Ack, CaughtUp, Down, Subscribed, Up
from edge.publish.notices import Notice
from edge.publish.orders import Again, Entry, Health, Heard, Leave, Mute, Quiet, Resend, Result, Send, answer
from edge.publish.packet import Packet

Order = Result | Entry | Send | Resend | Again | Mute | Health | Heard | Leave | Quiet
News = Up | Down | Ack | CaughtUp | Subscribed | Birth | Notice | Room | Configured | Misconfigured
Orders = queue.SimpleQueue[Order | News]

_TURN_ORDERS = 64  # most of them in one turn
_POLL_S, _IDLE_S = 0.05, 0.5  # looks at the clock with and without rows waiting
_STOP_S, _GOODBYE_S = 5.0, 1.0


@dataclass(slots=True, kw_only=True)
class Courier:
    """Turns until it is stopped; everything that changes what is here comes as an order."""

    orders: Orders
    gate: Gate
    delivery: Delivery
    announcer: Announcer
    hearing: Hearing
    health: HealthReport
    turns: int = 0
    """For the watchdog: they go on with and without a broker."""
    _waits: list[Quiet] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="mqtt-spool", daemon=True)
        self._thread.start()

    def stop(self, goodbye: Packet) -> None:
        """Commit, wait shortly for acknowledgements, send the goodbye, stop; idempotent."""
        if self._thread is not None:
            self.orders.put(Leave())
            self._wait_quiet(_STOP_S, leaving=True)
            self.orders.put(Send(goodbye))
            self._wait_quiet(_GOODBYE_S, leaving=True)
            self._stop.set()
            self._thread.join(timeout=_STOP_S)
            self._thread = None
        elif not self._stop.is_set():
            self._stop.set()
            self.delivery.close()

    def drain(self, timeout_s: float) -> bool:
        """Wait until every row has arrived; False after the timeout."""
        return self._wait_quiet(timeout_s, leaving=False)

    def _wait_quiet(self, timeout_s: float, *, leaving: bool) -> bool:
        over = threading.Event()
        self.orders.put(Quiet(leaving, over))
        came = over.wait(timeout_s)
        over.set()
        return came

    def _run(self) -> None:
        while not self._stop.is_set():
            self._turn()
        self.delivery.close()

    def _turn(self) -> None:
        self.turns += 1
        self._take()
        for order in chain(self.hearing.due(), self.announcer.due()):
            self._obey(order)
        self.delivery.turn()
        self._answer()

    def _take(self) -> None:
        """Wait shortly for orders and obey them."""
        rest_s = _POLL_S if self.delivery.store.rows or self._waits else _IDLE_S
        try:
            self._obey(self.orders.get(timeout=rest_s))
            for _ in range(_TURN_ORDERS):
                self._obey(self.orders.get_nowait())
        except queue.Empty:
            return

    def _obey(self, order: Order | News) -> None:
        match order:
            case Result():
                self.delivery.add(order)
            case Entry():
                self.delivery.enter(order)
            case Send():
                self.delivery.sender.take(order)
            case Resend() | Again():
                self._send_again(order)
            case Mute():
                self._mute(order)
            case Health(body):
                self.delivery.sender.latest.put(self.health.packet(body), keep=True)
            case Leave():
                self.delivery.batch.commit()
                self.hearing.leave()
            case Quiet():
                self._waits.append(order)
            case Up() | Down() | Ack() | CaughtUp() | Subscribed() | Heard():
                self._follow_link(order)
            case _:
                self.announcer.hear(order)

    def _follow_link(self, news: Up | Down | Ack | CaughtUp | Subscribed | Heard) -> None:
        match news:
            case Up(link):
                self.delivery.sender.up(link)
                self.hearing.up(link)
            case Down(link):
                self.delivery.sender.down(link)
                self.hearing.down(link)
            case Ack():
                self.delivery.sender.acked(news)
            case CaughtUp(link):
                self.delivery.sender.caught_up(link)
            case Subscribed():
                self.hearing.subscribed(news)
            case Heard():
                self.hearing.heard(news)

    def _send_again(self, order: Resend | Again) -> None:
        """Send every kept value, or results that the broker had taken; of those tell how many will come."""
        if isinstance(order, Resend):
            self.delivery.sender.latest.resend()
            return
        body = self.delivery.resending.ask(order.spans)
        self.delivery.sender.take(answer(order.topic, order.id, body, order.correlation))

    def _mute(self, order: Mute) -> None:
        """Keep measures here or let them go on: an un-mute counts when its state is in the queue."""
        self.delivery.sender.mute(order.packet, on=order.on)
        self.announcer.hear(Room(muted=order.on))
        self.gate.told(order.number, on=order.on)

    def _answer(self) -> None:
        """Tell those who wait for quiet; whoever gave up is forgotten."""
        for wait in self._waits:
            if self.delivery.sender.quiet(leaving=wait.leaving):
                wait.over.set()
        self._waits = [wait for wait in self._waits if not wait.over.is_set()]
