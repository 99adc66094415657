"""Where the building's requests arrive and its dialects are spoken: privacy, bookings, UDMI, Home Assistant.

`serve` runs on the inbox thread, everything else on the courier's.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from edge.config.sections import PublishSection
from edge.errors import PublishError
from edge.plain import Json
from edge.publish.building.homeassistant import discovery
from edge.publish.building.identity import Identity
from edge.publish.building.inbound import parse_booking, parse_command, parse_privacy
from edge.publish.building.notices import Notice
from edge.publish.building.topics import HA_STATUS, Topics
from edge.publish.building.udmi import Room, Udmi
from edge.publish.building.udmi_config import WRITABLE, Wish, parse_config
from edge.publish.clock import Clock
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.row import SYSTEM
from edge.publish.encode import encode
from edge.publish.mqtt.courier import Courier
from edge.publish.packet import Inbound, Packet
from edge.records import Command

_POINTSET_EXPIRY_S = 900
_BIRTH_DELAY_S = 5  # every device of a building answers the birth: spread them
_NS = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Desk:
    """Checks requests and hands them on; keeps UDMI and Home Assistant informed."""

    section: PublishSection
    topics: Topics
    device: Identity
    clock: Clock
    courier: Courier
    envelope: Envelope
    on_command: Callable[[Command], None]
    udmi: Udmi | None
    _birth: bool = False

    def open(self) -> None:
        """Announce the device."""
        if self.section.homeassistant:
            content = encode(discovery(self.section, self.device, self.topics))
            self.courier.latest(Packet(topic=self.topics.discovery, payload=content, retain=True))

    def serve(self, message: Inbound) -> None:
        """Check one message and hand it on; PublishError refuses it."""
        own = message.topic.removeprefix(f"{self.topics.base}/")
        if own == "privacy/set":
            if message.retained:
                raise PublishError("expected a fresh request, got a retained one at privacy/set")
            self._command("privacy", parse_privacy(message.payload), message)
        elif message.topic == f"{self.topics.room}/privacy":
            self._command("room_privacy", parse_privacy(message.payload), message)
        elif message.topic == f"{self.topics.room}/booking":
            self._command("booking", parse_booking(message.payload), message)
        elif own == "config" and self.udmi is not None:
            self._configure(self.udmi, message)
        elif own.startswith("cmd/") and message.retained:
            raise PublishError("expected a fresh request, got a retained one at cmd")
        elif own.startswith("cmd/"):
            body = parse_command(own.split("/")[1], message.payload)
            self._command("command", body | {"correlation": message.correlation.hex()}, message)
        elif message.topic == HA_STATUS and message.payload == b"online":
            self.courier.do(self._greet)

    def notice(self, notice: Notice) -> None:
        """Send an entry to the building as a UDMI system event; worse ones go into the state too."""
        if self.udmi is None:
            return
        self.udmi.report(notice)
        event = self.udmi.system_event(notice)
        if event is not None:
            self._add_system(event)

    def observe(self, room: Room) -> None:
        """Take the room's values of one hop."""
        if self.udmi is not None:
            self.udmi.observe(room)

    def turn(self) -> None:
        """Send what UDMI has due."""
        for name, content in () if self.udmi is None else self.udmi.due():
            if name == "events/system":
                self._add_system(content)
            else:
                self._send(name, content)

    def _greet(self) -> None:
        """Send everything again soon; births that come before count as one."""
        if not self._birth:
            self._birth = True
            self.courier.later(secrets.randbelow(_BIRTH_DELAY_S * _NS), self._introduce)

    def _introduce(self) -> None:
        self._birth = False
        self.courier.resend()

    def _send(self, name: str, content: Json) -> None:
        state = name == "state"
        packet = Packet(
            topic=self.topics.of(name),
            payload=encode(content),
            retain=state,
            expiry_s=None if state else _POINTSET_EXPIRY_S,
        )
        self.courier.latest(packet, keep=state)

    def _add_system(self, event: Json) -> None:
        at = (self.clock.wall_ns(), self.clock.mono_ns())
        topic = self.topics.of("events/system")
        self.courier.store.add(self.envelope.foreign_row(SYSTEM, topic, event, at))

    def _command(
        self, kind: Literal["privacy", "room_privacy", "booking", "command"], body: Json, message: Inbound
    ) -> None:
        self.on_command(
            Command(kind=kind, body=body, retained=message.retained, received_ns=message.received_ns)
        )

    def _configure(self, udmi: Udmi, message: Inbound) -> None:
        """Take a UDMI configuration; its wish for the mute goes the way of every request."""
        try:
            config = parse_config(message.payload, udmi.config)
        except PublishError as error:
            self.courier.do(partial(udmi.refuse, str(error)))
            raise
        wish = config.wishes.get(WRITABLE)
        value_state = "" if wish is None else self._grant(udmi, wish, message)
        wanted = bool(wish.value) if wish is not None and value_state == "updating" else None
        self.courier.do(partial(udmi.configure, config, value_state, wanted=wanted))

    def _grant(self, udmi: Udmi, wish: Wish, message: Inbound) -> str:
        """Try to fulfil a wish for the mute; a kept message lifts none, neither now nor when it ends."""
        if not isinstance(wish.value, bool) or not udmi.fits(wish.etag):
            return "invalid"
        if wish.expiry_s is not None and wish.expiry_s * _NS <= self.clock.wall_ns():
            return ""
        if message.retained and not wish.value:
            return "overridden"
        if not message.retained or not self.courier.muted:
            body = {"on": wish.value, "by": "udmi", "until_s": wish.expiry_s}
            self.on_command(Command(kind="privacy", body=body, received_ns=message.received_ns))
        return "updating"
