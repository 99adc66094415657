"""One connection attempt to the broker and what becomes of it, around one paho client used once.

A client is never reconnected: paho then forgets its own window, does not say why a handshake failed, and may
hide a dead network thread. Its callbacks only hand values on; nothing here blocks or raises inside them.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.config.sections import PublishSection
from edge.credentials import NO_ANSWER
from edge.opening import PromptClient
from edge.publish.mqtt.client import (
    CONNECT_TIMEOUT_S,
    V5,
    Protocol,
    connect,
    make_client,
    properties,
)
from edge.publish.packet import WINDOW, Inbound, Packet

WILL_DELAY_S = 10
UNSUPPORTED_VERSION = 0x84
_GOODBYE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What every connection of one client has in common."""

    section: PublishSection
    client_id: str
    will: Packet | None = None
    topics: tuple[tuple[str, int], ...] = ()
    """What it subscribes to, each with its QoS."""
    keep_session: bool = True
    """Whether the broker keeps messages for it between two connections."""
    password: str = field(default="", repr=False)
    """Empty: read from the file that the configuration names."""


@dataclass(frozen=True, slots=True)
class Up:
    """The broker accepted the connection."""

    link: "Link"


@dataclass(frozen=True, slots=True)
class Down:
    """The connection is gone."""

    link: "Link"


@dataclass(frozen=True, slots=True)
class Ack:
    """The broker acknowledged a publication."""

    link: "Link"
    mid: int
    """Message id."""
    reason: int
    """MQTT 5 reason code."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The broker answered the subscription."""

    link: "Link"
    refused: tuple[str, ...]
    """Topics that it does not let the device hear."""


@dataclass(frozen=True, slots=True)
class Request:
    """The broker passed a message on."""

    link: "Link"
    message: Inbound


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The broker acknowledged what was sent after the subscription: the requests that waited came before."""

    link: "Link"


News = Up | Down | Ack | Subscribed


@dataclass(slots=True, kw_only=True)
class Outcome:
    """How a link ended."""

    reason: str = ""
    code: int = 0
    """MQTT reason code, 0 where there was none."""
    opened: bool = False
    """Whether there was a socket."""
    greeted: bool = False
    """Whether the broker answered the CONNECT at all."""
    connected: bool = False
    let_go: bool = False
    """Whether the device itself gave a connection up that was there."""
    session_present: bool = False
    """Whether the broker still had the session."""

    @property
    def older(self) -> bool:
        """Whether a broker that does not know the version would answer like this."""
        return self.opened and not self.connected and (not self.greeted or self.code == UNSUPPORTED_VERSION)


@dataclass(slots=True)
class Link:
    """One connection; `open` blocks until the socket is connected, `wait` until it is gone."""

    account: Account
    protocol: Protocol
    news: Callable[[News], None]
    """Called on paho's thread, like `requests`; both must return at once."""
    requests: Callable[[Request | CaughtUp], None]
    outcome: Outcome = field(default_factory=Outcome)
    window: int = WINDOW
    """Maximum of unacknowledged messages; a broker of MQTT 5 may ask for fewer, which paho ignores."""
    _client: PromptClient = field(init=False)
    _caught_up: bool = False
    _answered: threading.Event = field(default_factory=threading.Event)
    _gone: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Build the client; PublishError names a credential file that cannot be read."""
        own = self.account
        client = make_client(
            own.section, own.client_id, self.protocol, own.password, keep_session=own.keep_session
        )
        if own.will is not None:
            client.will_set(
                own.will.topic, own.will.payload, 1, retain=True, properties=self._will_properties()
            )
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_publish, client.on_message = self._on_publish, self._on_message
        client.on_subscribe = self._on_subscribe
        self._client = client

    def open(self) -> None:
        """Connect the socket and start paho's thread; PublishError says why it failed."""
        connect(self._client, self.account.section, keep_session=self.account.keep_session)
        self.outcome.opened = True
        self._client.loop_start()

    def greeting(self) -> Outcome:
        """Wait for the answer to the CONNECT; a broker that does not answer is let go."""
        if not self._answered.wait(CONNECT_TIMEOUT_S):
            self.abandon(f"no answer to CONNECT within {CONNECT_TIMEOUT_S:g} s")
        return self.outcome

    def wait(self) -> None:
        """Block until the connection is gone."""
        self.greeting()
        self._gone.wait()

    def close(self) -> None:
        """Say goodbye, wait shortly until it is on the wire, let go; idempotent."""
        if self.outcome.opened:
            self._client.disconnect()
            self._gone.wait(_GOODBYE_S)
        self.abandon()

    def abandon(self, reason: str = "") -> None:
        """Let go without a word, as when the client is stuck: the will speaks."""
        self.outcome.reason = self.outcome.reason or reason
        self.outcome.let_go |= self.outcome.connected and not self._gone.is_set()
        self._release()
        self._client.hang_up()

    def subscribe(self) -> None:
        """Ask for the topics, once more where the broker refused some; `Subscribed` is the answer."""
        if self.account.topics:
            self._client.subscribe(list(self.account.topics))

    def publish(self, packet: Packet) -> int | None:
        """Hand a packet to the client; return its message id, None where the client did not take it."""
        if packet.qos == 0 and (self._gone.is_set() or self._client.want_write()):
            return None
        info = self._client.publish(
            packet.topic, packet.payload, packet.qos, packet.retain, self._publish_properties(packet)
        )
        taken = info.rc in {MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN}
        return info.mid if taken else None

    def accept(self, message: Inbound) -> None:
        """Acknowledge a message to the broker: whatever it asked for is durable now."""
        self._client.ack(message.mid, message.qos)

    def _release(self) -> None:
        """Let go of whoever waits."""
        self._answered.set()
        self._gone.set()

    def _will_properties(self) -> Properties | None:
        if self.protocol != V5:
            return None
        found = properties(PacketTypes.WILLMESSAGE)
        found.WillDelayInterval = WILL_DELAY_S
        return found

    def _publish_properties(self, packet: Packet) -> Properties | None:
        if self.protocol != V5:
            return None
        found = properties(PacketTypes.PUBLISH)
        if packet.expiry_s is not None:
            found.MessageExpiryInterval = packet.expiry_s
        if packet.user:
            found.UserProperty = list(packet.user)
        if packet.correlation:
            found.CorrelationData = packet.correlation
        return found

    def _on_connect(
        self,
        _client: Client,
        _data: object,
        flags: ConnectFlags,
        reason: ReasonCode,
        props: Properties | None,
    ) -> None:
        self.outcome.greeted = True
        if reason.is_failure:
            self.outcome.code, self.outcome.reason = reason.value, str(reason)
            self._release()
            return
        self.window = min(WINDOW, getattr(props, "ReceiveMaximum", WINDOW))
        self.outcome.connected = True
        self.outcome.session_present = flags.session_present
        self._answered.set()
        self.subscribe()
        self.news(Up(self))

    def _on_subscribe(
        self, _client: Client, _data: object, _mid: int, reasons: list[ReasonCode], _props: Properties | None
    ) -> None:
        answers = zip(self.account.topics, reasons, strict=False)
        self.news(Subscribed(self, tuple(topic for (topic, _), reason in answers if reason.is_failure)))

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        _props: Properties | None,
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self.outcome.code = reason.value
        greeted = self.outcome.greeted
        words = str(reason) if flags.is_disconnect_packet_from_server else "the broker hung up"
        self.outcome.reason = self.outcome.reason or (words if greeted else NO_ANSWER)
        self._release()
        self.news(Down(self))

    def _on_publish(
        self, _client: Client, _data: object, mid: int, reason: ReasonCode, _props: Properties | None
    ) -> None:
        if not self._caught_up:
            self._caught_up = True
            self.requests(CaughtUp(self))
        self.news(Ack(self, mid, reason.value))

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        inbound = Inbound(
            topic=message.topic,
            payload=bytes(message.payload),
            qos=message.qos,
            mid=message.mid,
            retained=message.retain,
            correlation=getattr(message.properties, "CorrelationData", b""),
            received_ns=time.monotonic_ns(),
        )
        self.requests(Request(self, inbound))
