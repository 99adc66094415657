"""A small consumer of devices, for integrators to copy: everything once, gaps named.

    with Hub("mqtt://hub.example", site="hq", device="mimicry-2f26") as hub:
        for item in hub:
            print(item.device, item.kind, item.body)

Subscribes exact topics, never `#`. The identity of a durable message is (boot, seq): a second copy is
dropped, a missing number is reported as an item of kind `gap` and, should it still come, is delivered late.

Kinds: `live`, `event`, `summary`, `health`, `privacy` (dicts as published), `availability` ({"state": ...}),
`gap` ({"boot", "missing": [seq, ...]}).
"""

import json
import queue
import ssl
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.errors import PublishError
from edge.plain import Json
from edge.topic import site_root

NAMES = {
    "mimicry/live": "live",
    "mimicry/event": "event",
    "mimicry/summary": "summary",
    "health": "health",
    "privacy/state": "privacy",
    "availability": "availability",
}
_BOOTS_KEPT = 64  # runs remembered for each device
_MAX_GAP = 1000  # longer gaps are reported by their first thousand numbers
_DELAY_S = (1, 30)
_UNSUPPORTED_VERSION = 0x84


@dataclass(frozen=True, slots=True)
class Item:
    """One message of a device."""

    device: str
    """Last level of the device's base topic."""
    kind: str
    """See the module."""
    body: Json
    retained: bool = False
    """Whether the broker had kept it from before."""


@dataclass(slots=True)
class Sequence:
    """What has come of one run of one device."""

    floor: int
    """First number that is expected."""
    last: int = 0
    missing: set[int] = field(default_factory=set)
    early: set[int] = field(default_factory=set)

    def take(self, seq: int) -> tuple[bool, list[int]]:
        """Return whether the number is new, and the numbers newly found missing before it."""
        if seq < self.floor:
            new = seq not in self.early
            self.early.add(seq)
            return new, []
        if seq <= self.last:
            new = seq in self.missing
            self.missing.discard(seq)
            return new, []
        gap = list(range(max(self.last + 1, self.floor), seq))[:_MAX_GAP]
        self.missing.update(gap)
        self.last = seq
        return True, gap


class Ledger:
    """Numbers seen, for every device and run. A run that began under our eyes is expected from 1 on."""

    def __init__(self) -> None:
        self._runs: dict[str, OrderedDict[str, Sequence]] = {}

    def take(self, device: str, boot: str, seq: int) -> tuple[bool, list[int]]:
        """Return whether the message is new, and the numbers found missing before it."""
        runs = self._runs.setdefault(device, OrderedDict())
        if boot not in runs:
            runs[boot] = Sequence(1 if runs else seq)
            while len(runs) > _BOOTS_KEPT:
                runs.popitem(last=False)
        return runs[boot].take(seq)


class Hub:
    """Connects for ever and yields items. Without `device` it finds every device of the site."""

    def __init__(
        self,
        url: str,
        *,
        device: str = "+",
        site: str = "+",
        topic_prefix: str = "",
        password: str = "",
        client_id: str = "",
    ) -> None:
        parts, port = _address(url)
        self._host, self._tls = parts.hostname or "", parts.scheme == "mqtts"
        self._port = port or (8883 if self._tls else 1883)
        self._base = f"{site_root(topic_prefix.strip('/'), site)}/devices/{device}"
        self._login = (parts.username or "", password or parts.password or "")
        self._client_id = client_id
        self._items: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._ledger = Ledger()
        self._greeted = self.connected = False
        self._client = self._start(MQTTProtocolVersion.MQTTv5)

    def poll(self, timeout_s: float | None = None) -> Item | None:
        """Return the next item, or None after the timeout (or earlier)."""
        try:
            item = self._items.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if item is None:  # an older broker hung up on MQTT 5
            self._client.loop_stop()
            self._client = self._start(MQTTProtocolVersion.MQTTv311)
        return item

    def close(self) -> None:
        """Disconnect; idempotent."""
        self._client.disconnect()
        self._client.loop_stop()

    def __iter__(self) -> Iterator[Item]:
        """Yield items for ever."""
        while True:
            if (item := self.poll()) is not None:
                yield item

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        self.close()

    def _start(self, protocol: MQTTProtocolVersion) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=self._client_id, protocol=protocol)
        client.suppress_exceptions = True
        if self._login[0]:
            client.username_pw_set(*self._login)
        if self._tls:
            client.tls_set_context(ssl.create_default_context())
        client.reconnect_delay_set(*_DELAY_S)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_message = self._on_message
        client.connect_async(self._host, self._port, keepalive=15)
        client.loop_start()
        return client

    def _on_connect(
        self,
        client: Client,
        _data: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _props: Properties | None,
    ) -> None:
        self._greeted = reason.value != _UNSUPPORTED_VERSION
        if not reason.is_failure:
            self.connected = True
            client.subscribe([(f"{self._base}/{name}", 1) for name in NAMES])

    def _on_disconnect(
        self,
        client: Client,
        _data: object,
        _flags: DisconnectFlags,
        _reason: ReasonCode,
        _props: Properties | None,
    ) -> None:
        self.connected = False
        if not self._greeted and client.protocol == MQTTProtocolVersion.MQTTv5:
            client.disconnect()
            self._items.put(None)

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        before, _, tail = message.topic.partition("/devices/")
        device, _, name = tail.partition("/")
        kind = NAMES.get(name)
        if not before or kind is None:
            return
        if kind == "availability":
            body = {"state": message.payload.decode("ascii", "replace")}
        else:
            try:
                body = json.loads(message.payload)
            except (ValueError, RecursionError):
                return
        if isinstance(body, dict):
            self._take(Item(device, kind, body, retained=message.retain))

    def _take(self, item: Item) -> None:
        """Queue an item unless it is a second copy; report a gap first."""
        boot, seq = item.body.get("boot"), item.body.get("seq")
        if isinstance(boot, str) and isinstance(seq, int):
            new, missing = self._ledger.take(item.device, boot, seq)
            if missing:
                self._items.put(Item(item.device, "gap", {"boot": boot, "missing": missing}))
            if not new:
                return
        self._items.put(item)


def _address(url: str) -> tuple[SplitResult, int | None]:
    """Take the address of a broker apart."""
    try:
        parts = urlsplit(url if "//" in url else f"mqtt://{url}")
        if parts.scheme in {"mqtt", "mqtts"} and parts.hostname:
            return parts, parts.port
    except ValueError:  # a port that is none
        pass
    raise PublishError(f"expected mqtt://HOST[:PORT] or mqtts://HOST[:PORT], got {url!r} at broker")
