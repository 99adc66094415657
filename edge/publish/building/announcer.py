"""What the building is told in its own schemas: UDMI messages when due, everything again for Home Assistant.

Lives on the courier's thread: `hear` takes news, `due` says what is to be published.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from edge.plain import Json
from edge.publish.building.topics import Topics
from edge.publish.building.udmi import Room, Udmi
from edge.publish.building.udmi_config import Configured, Misconfigured
from edge.publish.clock import Clock
from edge.publish.encode import encode
from edge.publish.notices import Notice
from edge.publish.orders import Entry, Resend, Send
from edge.publish.packet import Packet

_POINTSET_EXPIRY_S = 900
_BIRTH_DELAY_S = 5  # every device of a building answers the birth: spread them
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Birth:
    """Home Assistant has started and knows nothing."""


@dataclass(slots=True, kw_only=True)
class Announcer:
    """Keeps UDMI and Home Assistant informed."""

    topics: Topics
    clock: Clock
    udmi: Udmi | None
    _entries: list[Json] = field(default_factory=list)
    _birth_ns: int | None = None
    """When to answer a birth; births that come before count as one."""

    def hear(self, news: Birth | Notice | Room | Configured | Misconfigured) -> None:
        """Take news of the device, the room or the building."""
        if isinstance(news, Birth):
            if self._birth_ns is None:
                self._birth_ns = self.clock.mono_ns() + secrets.randbelow(_BIRTH_DELAY_S * _NS)
        elif self.udmi is not None:
            self._tell(self.udmi, news)

    def due(self) -> Iterator[Send | Entry | Resend]:
        """Yield what is to be published now."""
        if self._birth_ns is not None and self.clock.mono_ns() >= self._birth_ns:
            self._birth_ns = None
            yield Resend()
        topic, entries, self._entries = self.topics.of("events/system"), self._entries, []
        yield from (Entry(topic, entry) for entry in entries)
        for name, content in () if self.udmi is None else self.udmi.due():
            yield Entry(topic, content) if name == "events/system" else self._send(name, content)

    def _tell(self, udmi: Udmi, news: Notice | Room | Configured | Misconfigured) -> None:
        match news:
            case Room():
                udmi.observe(news)
            case Configured(config, value_state, wanted):
                udmi.configure(config, value_state, wanted=wanted)
            case Misconfigured(reason):
                udmi.refuse(reason)
            case Notice():
                udmi.report(news)
                event = udmi.system_event(news)
                self._entries += [] if event is None else [event]

    def _send(self, name: str, content: Json) -> Send:
        state = name == "state"
        packet = Packet(
            topic=self.topics.of(name),
            payload=encode(content),
            retain=state,
            expiry_s=None if state else _POINTSET_EXPIRY_S,
        )
        return Send(packet, keep=state)
