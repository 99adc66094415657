"""Messages over MQTT, acknowledged by hand: the broker holds back more than a window without it."""

import queue
from collections.abc import Sequence

from paho.mqtt.client import MQTTMessage

from edge.campus.message import NAMES, SOFTWARE, Message
from edge.campus.source import BATCH, Delivery
from edge.hub.line import Line
from edge.hub.login import Login
from edge.topic import site_root


class MqttSource:
    """Reads every device of a site; with `share`, together with other consumers of that name."""

    def __init__(self, login: Login, *, site: str = "+", topic_prefix: str = "", share: str = "") -> None:
        root = site_root(topic_prefix.strip("/"), site)
        topics = [f"{root}/devices/+/{name}" for name in NAMES] + [f"{root}/{SOFTWARE}"]
        self._come: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        before = f"$share/{share}/" if share else ""
        self._line = Line(login, [before + topic for topic in topics], self._on_message, by_hand=True)

    @property
    def trouble(self) -> str:
        """Why nothing comes; empty where no reason is known."""
        return self._line.trouble

    @property
    def connected(self) -> bool:
        """Whether a request would be sent now."""
        return self._line.connected

    @property
    def certificate_until_s(self) -> float | None:
        """When the hub's certificate ends, seconds since 1970; None without TLS."""
        return self._line.certificate_until_s

    def take(self, timeout_s: float) -> list[Delivery]:
        """Return what has come, in order; nothing after the timeout."""
        found: list[Delivery] = []
        try:
            found.append(self._come.get(timeout=timeout_s))
            while len(found) < BATCH:
                found.append(self._come.get_nowait())
        except queue.Empty:
            pass
        return found

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge to the broker: these are durable now."""
        for one in deliveries:
            self._line.accept(*one.mark)

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a request to a device; while the broker is away it is dropped."""
        self._line.publish(topic, payload)

    def close(self) -> None:
        """Disconnect; idempotent."""
        self._line.close()

    def _on_message(self, message: MQTTMessage) -> None:
        mark = (self._line.connections, message.mid if message.qos else 0)
        self._come.put(Delivery(Message(message.topic, bytes(message.payload)), mark))
