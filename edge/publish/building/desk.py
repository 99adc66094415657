"""Where the building's requests arrive: checked, handed to the device, or to the courier's thread as news.

Lives on the inbox's thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from edge.errors import PublishError
from edge.plain import Json
from edge.publish.building.announcer import Birth
from edge.publish.building.inbound import (
    parse_booking,
    parse_command,
    parse_privacy,
    parse_probe,
    parse_spans,
)
from edge.publish.building.topics import MUTE, PROBED, Topics
from edge.publish.building.udmi import Udmi
from edge.publish.building.udmi_config import WRITABLE, Configured, Misconfigured, Wish, parse_config
from edge.publish.clock import Clock
from edge.publish.gate import Gate
from edge.publish.orders import Again, Heard
from edge.publish.packet import Inbound
from edge.records import Command

RESEND = "resend"  # the command that the publisher serves itself
_NS = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Desk:
    """Checks requests and hands them on; a request for the device is durable when `on_command` returns."""

    topics: Topics
    clock: Clock
    gate: Gate
    udmi: Udmi | None
    on_command: Callable[[Command], None]
    post: Callable[[Birth | Configured | Misconfigured | Heard | Again], None]

    def serve(self, message: Inbound) -> None:
        """Check one message and hand it on; PublishError refuses it."""
        own = message.topic.removeprefix(f"{self.topics.base}/")
        if own in PROBED and (nonce := parse_probe(message.payload)):
            self.post(Heard(own, nonce))
        elif own == MUTE:
            _refuse_retained(message, own)
            self._command("privacy", parse_privacy(message.payload), message)
        elif message.topic == f"{self.topics.room}/privacy":
            self._command("room_privacy", parse_privacy(message.payload), message)
        elif message.topic == f"{self.topics.room}/booking":
            self._command("booking", parse_booking(message.payload), message)
        elif own == "config" and self.udmi is not None:
            self._configure(self.udmi, message)
        elif own.startswith("cmd/"):
            _refuse_retained(message, "cmd")
            body = parse_command(own.split("/")[1], message.payload)
            if body["name"] == RESEND:
                self.post(self._again(body, message))
                return
            self._command("command", body | {"correlation": message.correlation.hex()}, message)
        elif message.topic == self.topics.birth and message.payload == b"online":
            self.post(Birth())

    def _command(
        self, kind: Literal["privacy", "room_privacy", "booking", "command"], body: Json, message: Inbound
    ) -> None:
        self.on_command(
            Command(kind=kind, body=body, retained=message.retained, received_ns=message.received_ns)
        )

    def _again(self, body: Json, message: Inbound) -> Again:
        return Again(
            spans=parse_spans(body["args"]),
            topic=self.topics.of(f"cmd/{RESEND}/res"),
            id=body["id"],
            correlation=message.correlation,
        )

    def _configure(self, udmi: Udmi, message: Inbound) -> None:
        """Take a UDMI configuration; its wish for the mute goes the way of every request."""
        try:
            config = parse_config(message.payload, udmi.config)
        except PublishError as error:
            self.post(Misconfigured(str(error)))
            raise
        wish = config.wishes.get(WRITABLE)
        value_state = "" if wish is None else self._grant(udmi, wish, message)
        wanted = bool(wish.value) if wish is not None and value_state == "updating" else None
        self.post(Configured(config, value_state, wanted))

    def _grant(self, udmi: Udmi, wish: Wish, message: Inbound) -> str:
        """Try to fulfil a wish for the mute; a kept message lifts none, neither now nor when it ends."""
        if not isinstance(wish.value, bool) or not udmi.fits(wish.etag):
            return "invalid"
        if wish.expiry_s is not None and wish.expiry_s * _NS <= self.clock.wall_ns():
            return ""
        if message.retained and not wish.value:
            return "overridden"
        if not message.retained or not self.gate.muted:
            body = {"on": wish.value, "by": "udmi", "until_s": wish.expiry_s}
            self.on_command(Command(kind="privacy", body=body, received_ns=message.received_ns))
        return "updating"


def _refuse_retained(message: Inbound, name: str) -> None:
    """Refuse what the broker kept: it would be obeyed again on every connect."""
    if message.retained:
        raise PublishError(f"expected a fresh request, got a retained one at {name}")
