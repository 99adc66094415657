"""A connection to the hub, for ever, MQTT 5 first; it knows at any time why nothing comes."""

import secrets
import ssl
import threading
from collections.abc import Callable, Sequence
from random import SystemRandom

from paho.mqtt.client import (
    MQTT_CLEAN_START_FIRST_ONLY,
    MQTT_ERR_SUCCESS,
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.credentials import NO_ANSWER, client_context, refusal
from edge.hub.login import Login
from edge.opening import PromptClient

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
_KEEPALIVE_S, _TIMEOUT_S = 15, 4.0
_DELAYS_S = (1.0, 30.0)
_NAMED_S, _UNNAMED_S = 86_400, 300  # how long the hub keeps what comes meanwhile
_UNSUPPORTED_VERSION = 0x84
_WINDOW = 1000  # messages without an acknowledgement


class Line:
    """Subscribes `topics` and hands every message to `take`, on a thread of its own.

    The hub keeps the session over a cut: what devices send meanwhile comes afterwards. Only a hub of MQTT
    3.1.1 keeps none for a client without a name, for it would keep it for ever. With `by_hand` a message
    counts as taken only once it was accepted.
    """

    def __init__(
        self,
        login: Login,
        topics: Sequence[str],
        take: Callable[[MQTTMessage], None],
        *,
        by_hand: bool = False,
    ) -> None:
        self._login, self._topics, self._take = login, topics, take
        self._name = login.client_id or f"mimicry-hub-{secrets.token_hex(6)}"
        self._tls = client_context(login.ca_file, login.cert_file, login.key_file) if login.tls else None
        self._greeted = self._older = self._refuses_v5 = self._known = False
        self._attempts, self._by_hand = 0, by_hand
        self.connections = 0
        """How many there were: message ids are those of one connection."""
        self.certificate_until_s: float | None = None
        """When the hub's certificate ends, seconds since 1970; None without TLS."""
        self._stop, self._random = threading.Event(), SystemRandom()
        self.connected = False
        self.trouble = f"no answer yet at {login.where}"
        """Why nothing can come; empty while the hub lets everything be read."""
        self.refused = ""
        """Why the hub did not take what was sent last; empty: it took it, has not answered, or cannot say."""
        self._client = self._make(V5)
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self._thread.start()

    def send(self, topic: str, payload: str) -> bool:
        """Publish with QoS 1; False without a connection: a request is not sent late."""
        self.refused = ""
        return self.connected and self._client.publish(topic, payload, 1).rc == MQTT_ERR_SUCCESS

    def close(self) -> None:
        """Disconnect; idempotent."""
        self._stop.set()
        if self.connected:
            self._client.disconnect()
        else:
            self._client.hang_up()
        self._thread.join(_TIMEOUT_S)

    def accept(self, connection: int, mid: int) -> None:
        """Acknowledge a message by hand; one of an earlier connection comes again, under another id."""
        if mid and connection == self.connections:
            self._client.ack(mid, 1)

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a message, or drop it while there is no connection."""
        if self.connected:
            self._client.publish(topic, payload, 1)

    def retain(self, topic: str, payload: bytes, keep_s: int) -> None:
        """Let the hub keep a message for `keep_s`; a hub of MQTT 3.1.1 keeps it until it is emptied."""
        if self.connected:
            v5 = self._client.protocol == V5
            self._client.publish(topic, payload, 1, retain=True, properties=_expiring(keep_s) if v5 else None)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._attempts += 1
            self._attempt(self._client)
            v5 = self._client.protocol == V5
            if v5 and self._older:  # at once: an older hub says no, or just hangs up
                self._client = self._make(V311)
                continue
            if not (v5 or self._refuses_v5):
                self._client = self._make(V5)
            ceiling = min(_DELAYS_S[0] * 2 ** min(self._attempts - 1, 10), _DELAYS_S[1])
            self._stop.wait(self._random.uniform(ceiling / 2, ceiling))

    def _attempt(self, client: Client) -> None:
        """Connect, and stay until the connection is gone."""
        self._greeted = self._older = False
        v5, named = client.protocol == V5, bool(self._login.client_id)
        try:
            client.connect(
                self._login.host,
                self._login.port,
                _KEEPALIVE_S,
                clean_start=not (named or self._known) if v5 else MQTT_CLEAN_START_FIRST_ONLY,
                properties=_lasting(_NAMED_S if named else _UNNAMED_S) if v5 else None,
            )
            self.trouble = f"no answer to CONNECT at {self._login.where}"
            client.loop_forever()
        except (OSError, ValueError, IndexError) as error:
            self.trouble = f"{refusal(error)} at {self._login.where}"

    def _make(self, protocol: MQTTProtocolVersion) -> PromptClient:
        client = PromptClient(
            CallbackAPIVersion.VERSION2,
            client_id=self._name,
            protocol=protocol,
            clean_session=None if protocol == V5 else not self._login.client_id,
            transport="websockets" if self._login.path else "tcp",
            reconnect_on_failure=False,
            manual_ack=self._by_hand,
        )
        client.ws_set_options(self._login.path)
        client.suppress_exceptions = True
        client.connect_timeout = _TIMEOUT_S
        if self._login.username:
            client.username_pw_set(self._login.username, self._login.password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_subscribe, client.on_publish = self._on_subscribe, self._on_publish
        client.on_message = lambda _client, _data, message: self._take(message)
        return client

    def _on_connect(
        self,
        client: Client,
        _data: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _props: Properties | None,
    ) -> None:
        self._greeted, self._older = True, reason.value == _UNSUPPORTED_VERSION
        self._refuses_v5 |= self._older
        if reason.is_failure:
            self.trouble = f"the hub refuses {self._login.username or 'a client without a user'}: {reason}"
            return
        self._attempts, self._known, self.connected, self.trouble = 0, True, True, ""
        self.connections += 1
        self.certificate_until_s = _until_s(client.socket())
        client.subscribe([(topic, 1) for topic in self._topics])

    def _on_subscribe(
        self, _client: Client, _data: object, _mid: int, reasons: list[ReasonCode], _props: Properties | None
    ) -> None:
        refused = [topic for topic, one in zip(self._topics, reasons, strict=False) if one.is_failure]
        if refused:
            self.trouble = f"the hub refuses to let {', '.join(refused)} be read"

    def _on_publish(
        self, _client: Client, _data: object, _mid: int, reason: ReasonCode, _props: Properties | None
    ) -> None:
        if reason.is_failure:
            self.refused = str(reason)

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _props: Properties | None,
    ) -> None:
        if self.connected:
            self.trouble = f"the hub hung up: {reason}"
        elif not self._greeted:
            self._older, self.trouble = True, f"{NO_ANSWER} ({self._login.where})"
        self.connected = False


def _lasting(seconds: int) -> Properties:
    found = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    found.SessionExpiryInterval = seconds
    found.ReceiveMaximum = _WINDOW
    return found


def _expiring(seconds: int) -> Properties:
    found = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    found.MessageExpiryInterval = max(1, seconds)
    return found


def _until_s(line: object) -> float | None:
    """Return when the certificate at the other end of a socket ends."""
    certificate = line.getpeercert() if isinstance(line, ssl.SSLSocket) else None
    until = certificate.get("notAfter") if certificate else None
    return float(ssl.cert_time_to_seconds(until)) if isinstance(until, str) else None
