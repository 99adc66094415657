"""Retained topics that earlier settings have left on the broker: remembered on the disk, emptied once.

A device that was renamed or moved, or that no longer announces itself, would else stay in every dashboard.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from edge.files import write_whole
from edge.publish.orders import Send
from edge.publish.packet import Packet

_MOST = 256  # topics remembered
_log = logging.getLogger(__name__)


class Ghosts:
    """Knows what was retained by this device: `present` now, and what is left of before."""

    def __init__(self, file: Path, present: frozenset[str]) -> None:
        self._file, self._present = file, present
        self._left = set(remembered(file) - present)
        self._write()

    def emptied(self) -> Iterator[Send]:
        """Yield the orders that empty what is left; it goes out again on every connect until it arrives."""
        for topic in sorted(self._left):
            yield Send(Packet(topic=topic, payload=b"", retain=True))

    def gone(self, topic: str, *, refused: bool) -> None:
        """Take the broker's answer; one that does not let this device empty a topic is named, once."""
        if topic in self._left:
            self._left.discard(topic)
            self._write()
            if refused:
                _log.warning("the hub does not let this device empty %s: `mimicry-edge decommission`", topic)

    def _write(self) -> None:
        with suppress(OSError):  # on a full disk the topics stay where they are
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, json.dumps(sorted(self._present | self._left)[:_MOST]))


def remembered(file: Path) -> frozenset[str]:
    """Return the topics that the device knows to have retained; nothing where the file is no list."""
    try:
        topics = json.loads(file.read_bytes())
        return frozenset(one for one in topics if isinstance(one, str) and one)
    except (OSError, ValueError, TypeError):
        return frozenset()
