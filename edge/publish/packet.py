"""What crosses between the wings and the MQTT client: publications out, messages in, and their limits."""

from dataclasses import dataclass

MAX_INBOUND_BYTES = 65536  # a larger request is refused
MAX_PACKET_BYTES = 1 << 24  # announced to the broker, as far above as memory allows: see `mqtt.client`
WINDOW = 16  # below Mosquitto's default of 20 in flight


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One publication as MQTT sees it."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    expiry_s: int | None = None
    """MQTT 5 only: how long the broker keeps it for an absent subscriber."""
    user: tuple[tuple[str, str], ...] = ()
    """MQTT 5 user properties."""
    correlation: bytes = b""
    """MQTT 5 correlation data of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One message from the broker, not yet looked at."""

    topic: str
    payload: bytes
    qos: int
    mid: int
    retained: bool
    correlation: bytes = b""
    received_ns: int = 0
    """Monotonic time of arrival, ns."""
