"""One connection attempt to the broker and what becomes of it, around one paho client used once.

A client is never reconnected: paho then forgets its own window, does not say why a handshake failed, and may
hide a dead network thread. Its callbacks only hand values on; nothing here blocks or raises inside them.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY, Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.config.sections import PublishSection
from edge.errors import PublishError
from edge.publish.packet import MAX_INBOUND_BYTES, WINDOW, Inbound, Packet
from edge.publish.secret import SYSTEMD_CREDENTIAL, read_secret, tls_context

Protocol = MQTTProtocolVersion
V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
CONNECT_TIMEOUT_S = 5.0
WILL_DELAY_S = 10
SESSION_EXPIRY_S = 86400
UNSUPPORTED_VERSION = 0x84
TAKEN_OVER = 0x8E
_GOODBYE_S = 2.0


@dataclass(slots=True, kw_only=True)
class Hooks:
    """Where a link hands its news; called on paho's thread, must return at once."""

    up: Callable[["Link"], None]
    ack: Callable[["Link", int, int], None]
    """Message id and MQTT 5 reason code of an acknowledgement."""
    inbound: Callable[["Link", Inbound], None]
    down: Callable[["Link"], None]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """How a link ended."""

    reason: str = ""
    code: int = 0
    """MQTT reason code, 0 where there was none."""
    greeted: bool = False
    """Whether the broker answered the CONNECT at all."""
    connected: bool = False
    session_present: bool = False
    """Whether the broker still had the session."""
    hung_up: bool = False
    """Whether the broker closed the connection without a word after the CONNECT."""


@dataclass(slots=True)
class Link:
    """One connection; `open` blocks until the socket is connected, `wait` until it is gone."""

    section: PublishSection
    client_id: str
    will: Packet
    protocol: MQTTProtocolVersion
    hooks: Hooks
    outcome: Outcome = field(default_factory=Outcome)
    window: int = WINDOW
    """Most messages without an acknowledgement; a broker of MQTT 5 may want fewer, paho does not heed it."""
    _client: Client = field(init=False)
    _answered: threading.Event = field(default_factory=threading.Event)
    _gone: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Build the client; PublishError names a credential file that cannot be read."""
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.client_id,
            clean_session=None if self.protocol == V5 else False,
            protocol=self.protocol,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.suppress_exceptions = True
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(WINDOW)
        if self.section.username:
            password = read_secret(self.section.password_file or SYSTEMD_CREDENTIAL)
            client.username_pw_set(self.section.username, password)
        if self.section.tls:
            client.tls_set_context(tls_context(self.section))
        client.will_set(
            self.will.topic, self.will.payload, 1, retain=True, properties=self._will_properties()
        )
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_publish, client.on_message = self._on_publish, self._on_message
        self._client = client

    def open(self) -> None:
        """Connect the socket and start paho's thread; PublishError says why it failed."""
        section, v5 = self.section, self.protocol == V5
        try:
            self._client.connect(
                section.host,
                section.port,
                section.keepalive_s,
                clean_start=False if v5 else MQTT_CLEAN_START_FIRST_ONLY,
                properties=_connect_properties() if v5 else None,
            )
        except ssl.SSLError as error:
            raise PublishError(
                f"expected a trusted TLS broker, got '{_tls_reason(error)}' at {self._where}"
            ) from error
        except (OSError, ValueError) as error:
            raise PublishError(f"expected a broker, got '{error}' at {self._where}") from error
        self._client.loop_start()

    def wait(self) -> None:
        """Block until the connection is gone; a broker that does not answer the CONNECT is gone too."""
        if not self._answered.wait(CONNECT_TIMEOUT_S):
            self.abandon()
        self._gone.wait()

    def close(self) -> None:
        """Say goodbye, wait shortly until it is on the wire, let go; idempotent."""
        self._client.disconnect()
        self._gone.wait(_GOODBYE_S)
        self.abandon()

    def abandon(self) -> None:
        """Let go without a word, as when the client is stuck: the will speaks."""
        self._release()
        sock = self._client.socket()
        if sock is not None:
            with suppress(OSError):
                cast("socket.socket", sock).shutdown(socket.SHUT_RDWR)

    def publish(self, packet: Packet) -> int | None:
        """Hand a packet to the client; return its message id, None where the client did not take it."""
        if packet.qos == 0 and self._client.want_write():
            return None
        info = self._client.publish(
            packet.topic, packet.payload, packet.qos, packet.retain, self._publish_properties(packet)
        )
        return (
            info.mid if info.rc in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN) else None
        )

    def accept(self, message: Inbound) -> None:
        """Acknowledge a message to the broker: whatever it asked for is durable now."""
        self._client.ack(message.mid, message.qos)

    def subscribe(self, topics: list[tuple[str, int]]) -> None:
        """Ask for the topics."""
        self._client.subscribe(topics)

    def _release(self) -> None:
        """Let go of whoever waits."""
        self._answered.set()
        self._gone.set()

    @property
    def _where(self) -> str:
        return f"{self.section.host}:{self.section.port}"

    def _will_properties(self) -> Properties | None:
        if self.protocol != V5:
            return None
        properties = _properties(PacketTypes.WILLMESSAGE)
        properties.WillDelayInterval = WILL_DELAY_S
        return properties

    def _publish_properties(self, packet: Packet) -> Properties | None:
        if self.protocol != V5:
            return None
        properties = _properties(PacketTypes.PUBLISH)
        if packet.expiry_s is not None:
            properties.MessageExpiryInterval = packet.expiry_s
        if packet.user:
            properties.UserProperty = list(packet.user)
        if packet.correlation:
            properties.CorrelationData = packet.correlation
        return properties

    def _on_connect(
        self,
        _client: Client,
        _data: object,
        flags: ConnectFlags,
        reason: ReasonCode,
        props: Properties | None,
    ) -> None:
        self.outcome.greeted = True
        self._answered.set()
        if reason.is_failure:
            self.outcome.code, self.outcome.reason = reason.value, str(reason)
            self._release()
            return
        self.window = min(WINDOW, getattr(props, "ReceiveMaximum", WINDOW))
        self.outcome.connected = True
        self.outcome.session_present = flags.session_present
        self.hooks.up(self)

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
        self.outcome.reason = self.outcome.reason or str(reason)
        self._release()
        self.hooks.down(self)

    def _on_publish(
        self, _client: Client, _data: object, mid: int, reason: ReasonCode, _props: Properties | None
    ) -> None:
        self.hooks.ack(self, mid, reason.value)

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        properties = message.properties
        self.hooks.inbound(
            self,
            Inbound(
                topic=message.topic,
                payload=bytes(message.payload),
                qos=message.qos,
                mid=message.mid,
                retained=message.retain,
                correlation=getattr(properties, "CorrelationData", b""),
                received_ns=time.monotonic_ns(),
            ),
        )


def _properties(packet_type: int) -> Properties:
    """Return an empty set; paho's constructor is untyped."""
    return Properties(packet_type)  # type: ignore[no-untyped-call]


def _connect_properties() -> Properties:
    properties = _properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = SESSION_EXPIRY_S
    properties.MaximumPacketSize = MAX_INBOUND_BYTES
    properties.ReceiveMaximum = WINDOW
    return properties


def _tls_reason(error: ssl.SSLError) -> str:
    """Return the one line an installer needs."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    reason = getattr(error, "reason", None)
    return "no TLS at that port" if reason == "WRONG_VERSION_NUMBER" else reason or str(error.args[0])
