"""Whether what the building sends arrives: the device sends itself a probe through the broker, and waits.

A broker may accept the subscriptions and pass nothing on: a full window, an access list, a dead line. Only
a message that comes back proves the opposite. Lives on the courier's thread.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from edge.publish.clock import Clock
from edge.publish.delivery.counters import Counters
from edge.publish.delivery.pace import Pace
from edge.publish.encode import encode
from edge.publish.mqtt.link import Link, Subscribed
from edge.publish.notices import Note
from edge.publish.orders import Heard, Send
from edge.publish.packet import Packet

_EXPIRY_S = 10
_FIRST_REST_S = 30.0  # between the first new connection that did not help and the second
REFUSES_READ = "the broker refuses to let the device read {}: allow it in the broker's access list"
_SILENT = "nothing sent to {} arrives: let the broker's access list allow the device to write and read it"
_NS = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Hearing:
    """Probes `names` below `base`: the first all the time, the others after a connect and while deaf."""

    base: str
    names: tuple[str, ...]
    needed: frozenset[str]
    """Topics that the broker must let the device read."""
    boot: str
    clock: Clock
    pace: Pace
    counters: Counters
    rebuild: Callable[[], None]
    """Replaces the client."""
    note: Note
    deaf: str = ""
    """Why no request arrives; empty when they do, or while nothing is known."""
    refused: tuple[str, ...] = ()
    """Topics that the broker does not let the device read."""
    _link: Link | None = None
    _awaited: set[str] = field(default_factory=set)
    _sent_ns: int = 0
    _judged: bool = True
    _all: bool = True
    _number: int = 0
    _next_ns: int = 0
    _rebuild_ns: int = 0
    _rest_s: float = 0.0
    _told: bool = False

    def up(self, link: Link) -> None:
        """Take a new link: nothing is proved there yet."""
        self._link, self._all, self._judged = link, True, True
        self._next_ns = self.clock.mono_ns()

    def down(self, link: Link) -> None:
        """Let a lost link go."""
        if link is self._link:
            self.leave()

    def leave(self) -> None:
        """Probe no more."""
        self._link, self._judged, self._told = None, True, bool(self.deaf)

    def subscribed(self, answer: Subscribed) -> None:
        """Take the broker's answer to the subscription."""
        self.refused = answer.refused
        if self.refused:
            self.note(500, "device.session.subscription", REFUSES_READ.format(", ".join(self.refused)))
        if blocked := [topic for topic in self.refused if topic in self.needed]:
            self._deafen(REFUSES_READ.format(", ".join(blocked)))

    def heard(self, probe: Heard) -> None:
        """Take a probe that came back; those of an earlier time or an earlier run prove nothing."""
        if probe.nonce == self._nonce and self._link is not None:
            self._awaited.discard(probe.name)
            if not self._awaited and self.needed.isdisjoint(self.refused):
                self._recover()

    def due(self) -> Iterator[Send]:
        """Yield the probes to send now, and the availability when it changed."""
        now_ns = self.clock.mono_ns()
        if self._link is not None:
            if not self._judged and now_ns - self._sent_ns >= self.pace.patience_s * _NS:
                self._judge(now_ns, self._link)
            if now_ns >= self._next_ns and (self._judged or not self._awaited):
                yield from self._probes(now_ns)
            if bool(self.deaf) != self._told:
                self._told = bool(self.deaf)
                word = b"deaf" if self.deaf else b"online"
                yield Send(Packet(topic=f"{self.base}/availability", payload=word, retain=True))

    @property
    def _nonce(self) -> str:
        return f"{self.boot}-{self._number:x}"

    def _probes(self, now_ns: int) -> Iterator[Send]:
        self._number += 1
        self._sent_ns, self._next_ns = now_ns, now_ns + int(self.pace.probe_s * _NS)
        names = self.names if self._all or self.deaf else self.names[:1]
        self._awaited, self._judged, self._all = set(names), False, False
        payload = encode({"v": 1, "hear": self._nonce})
        for name in names:
            packet = Packet(topic=f"{self.base}/{name}", payload=payload, expiry_s=_EXPIRY_S)
            yield Send(packet, keep=False)

    def _judge(self, now_ns: int, link: Link) -> None:
        """Look once whether a probe came back in time; if not, try a new connection, rarely, or subscribe."""
        self._judged = True
        if self._awaited:
            self._deafen(_SILENT.format(f"{self.base}/{min(self._awaited)}"))
        if self._awaited and now_ns >= self._rebuild_ns:
            self._rest_s = min(2 * self._rest_s or _FIRST_REST_S, self.pace.longest_hold_s)
            self._rebuild_ns = now_ns + int(self._rest_s * _NS)
            self.counters.rebuilt += 1
            self.rebuild()
        elif self.deaf:
            link.subscribe()

    def _deafen(self, reason: str) -> None:
        if reason != self.deaf:
            self.deaf = reason
            self.note(500, "device.session.deaf", reason)

    def _recover(self) -> None:
        self._rest_s, self._rebuild_ns = 0.0, 0
        if self.deaf:
            self.deaf = ""
            self.note(300, "device.session.heard", "the device hears the broker again")
