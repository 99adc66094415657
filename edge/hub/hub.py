"""The consumer itself: what comes over the line becomes items, each once, gaps named."""

import json
import queue
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from paho.mqtt.client import MQTTMessage

from edge.errors import PublishError
from edge.hub.ledger import Ledger
from edge.hub.line import Line
from edge.hub.login import login_of
from edge.plain import Json
from edge.topic import DEVICE, HISTORY, LEVEL, LEVELS, site_root

NAMES = {
    "mimicry/live": "live",
    "mimicry/event": "event",
    "mimicry/summary": "summary",
    f"mimicry/{HISTORY}": "summary",
    "health": "health",
    "privacy/state": "privacy",
    "availability": "availability",
}
KINDS = tuple(sorted({*NAMES.values()}))
"""What a device sends, see `edge.hub`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One message of a device."""

    device: str
    """Last level of the device's base topic."""
    kind: str
    """See `edge.hub`."""
    body: Json
    retained: bool = False
    """Whether the broker had kept it from before."""
    base: str = ""
    """The device's base topic."""


def _base(prefix: str, site: str, device: str) -> str:
    """Return the base topic of the devices; PublishError names a level that no topic of theirs has."""
    levels = (
        ("topic_prefix", prefix, LEVELS),
        ("site", site, rf"\+|{LEVEL}"),
        ("device", device, rf"\+|{DEVICE}"),
    )
    for name, value, form in levels:
        if not re.fullmatch(form, value):
            raise PublishError(f"expected letters, digits, '-' and '_', got {value!r} at {name}")
    return f"{site_root(prefix, site)}/devices/{device}"


class Hub:
    """Connects for ever and yields items of these kinds; without `device` of every device of the site."""

    def __init__(
        self,
        url: str,
        *,
        device: str = "+",
        site: str = "+",
        topic_prefix: str = "",
        password: str = "",
        password_file: str = "",
        ca_file: str = "",
        cert_file: str = "",
        key_file: str = "",
        client_id: str = "",
        kinds: Collection[str] = KINDS,
    ) -> None:
        login = login_of(
            url,
            password=password,
            password_file=password_file,
            client_id=client_id,
            ca_file=ca_file,
            cert_file=cert_file,
            key_file=key_file,
        )
        base = _base(topic_prefix.strip("/"), site, device)
        if isinstance(kinds, str) or not set(kinds) <= set(KINDS):
            raise PublishError(f"expected kinds of {', '.join(KINDS)}, got {kinds!r} at kinds")
        self._items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._ledger = Ledger()
        topics = [f"{base}/{name}" for name, kind in NAMES.items() if kind in kinds]
        self._line = Line(login, topics, self._on_message)

    @property
    def connected(self) -> bool:
        """Whether the hub is there."""
        return self._line.connected

    @property
    def trouble(self) -> str:
        """Why nothing can come: no connection, or a refusal; empty when there is no reason known."""
        return self._line.trouble

    def poll(self, timeout_s: float | None = None) -> Item | None:
        """Return the next item, or None after the timeout."""
        try:
            return self._items.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def mute(self, base: str, *, on: bool, by: str) -> bool:
        """Ask the device of this base topic to mute or un-mute; return whether the request left."""
        return self._line.send(f"{base}/privacy/set", json.dumps({"on": on, "by": by}))

    @property
    def refused(self) -> str:
        """Why the hub did not pass on the last request; empty: it did, or an older hub cannot say."""
        return self._line.refused

    def close(self) -> None:
        """Disconnect; idempotent."""
        self._line.close()

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

    def _on_message(self, message: MQTTMessage) -> None:
        before, _, tail = message.topic.partition("/devices/")
        device, _, name = tail.partition("/")
        kind = NAMES.get(name)
        if not before or kind is None or not re.fullmatch(DEVICE, device):
            return
        if kind == "availability":
            body = {"state": message.payload.decode("ascii", "replace")}
        else:
            try:
                body = json.loads(message.payload)
            except (ValueError, RecursionError):
                return
        if isinstance(body, dict):
            self._take(Item(device, kind, body, message.retain, f"{before}/devices/{device}"))

    def _take(self, item: Item) -> None:
        """Queue an item unless it is a second copy; report a gap first."""
        boot, seq = item.body.get("boot"), item.body.get("seq")
        if isinstance(boot, str) and isinstance(seq, int):
            new, missing = self._ledger.take(item.device, boot, seq)
            if missing:
                self._items.put(Item(item.device, "gap", {"boot": boot, "missing": missing}, base=item.base))
            if not new:
                return
        self._items.put(item)
