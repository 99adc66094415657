"""What must arrive: young rows in memory, older ones in the spool, all in memory while the disk refuses.

A row acknowledged before its batch is due never touches the disk, which is what spares an SD card. Counts
every row that is deliberately dropped.
"""

import logging
import secrets
import shutil
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from threading import RLock
from typing import TypeVar

from edge.errors import PublishError
from edge.publish.durable.row import CLASSES, Row
from edge.publish.durable.spool import Spool, SpoolDamagedError

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

MIN_FREE_SHARE = 0.05  # below this share of free disk nothing more is written
RING_BYTES = 4 << 20  # rows kept in memory while the disk refuses
UNREAD_N = 1 << 46  # from here on rows are numbered whose spool could not be read at the start


class Store:
    """Rows not yet delivered, in order within their class. Knows neither threads nor clocks."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._path, self._max_bytes = path, max_bytes
        self._staged: dict[int, Row] = {}
        self._done: set[int] = set()
        self._using = RLock()  # whoever asks for the health reads the spool beside its own thread
        self._spool: Spool | None = None
        self.evicted = 0
        self.trouble = ""
        self.salvaged: int | None = None
        self._open()
        self.last_n = self._spool.last_n if self._spool else UNREAD_N + secrets.randbelow(UNREAD_N)
        """Number after which new rows go on; far from those in a file that may be readable later."""

    @property
    def mode(self) -> str:
        """`disk`, or `memory` while the disk refuses."""
        return "memory" if self.trouble else "disk"

    @property
    def rows(self) -> int:
        """Rows waiting, on disk and in memory."""
        return (self._spool.rows - len(self._done) if self._spool else 0) + len(self._staged)

    @property
    def size(self) -> int:
        """Bytes waiting on disk."""
        return self._spool.size if self._spool else 0

    @property
    def staged(self) -> int:
        """Rows that only memory holds."""
        return len(self._staged)

    @property
    def staged_since_ns(self) -> int:
        """Monotonic time when the oldest row that only memory holds was made."""
        return next(iter(self._staged.values())).mono_ns

    @property
    def undeleted(self) -> int:
        """Delivered rows that the disk would send again after a crash."""
        return len(self._done)

    def add(self, row: Row) -> None:
        """Take a row; the next `commit` makes it durable."""
        self._staged[row.key] = row

    def next(self, kinds: Collection[int], busy: Collection[int], limit: int) -> list[Row]:
        """Return up to `limit` waiting rows of the classes, oldest first, leaving out the keys in `busy`."""
        skip = self._done.union(busy)
        rows = [row for row in list(self._staged.values()) if row.kind in kinds and row.key not in skip]
        on_disk = self._spool is not None and self._spool.rows > len(self._done)
        for kind in kinds if on_disk else ():
            head = partial(Spool.head, kind=kind, limit=limit + len(skip))
            rows += [row for row in self._guard(head) or () if row.key not in skip]
        return sorted(rows, key=lambda row: row.n)[:limit]

    def done(self, row: Row) -> None:
        """Forget a delivered row."""
        if self._staged.pop(row.key, None) is None:
            self._done.add(row.key)

    def park(self, row: Row, reason: int) -> None:
        """Put a row that the broker refuses for good aside."""
        self._guard(lambda spool: spool.park(row, reason))
        self.done(row)

    def commit(self) -> bool:
        """Make everything durable; False while the disk refuses."""
        if self._spool is None:
            self._open()
        full = self._full()
        new = [] if full else list(self._staged.values())
        if self._spool is None or ((new or self._done) and not self._write(new)):
            self._trim_ring()
            return False
        for row in new:
            del self._staged[row.key]
        self.trouble = "less than 5 % of the disk is free" if full else ""
        self._trim_ring()
        return not full

    def evict(self, expired: Callable[[Row], bool]) -> int:
        """Drop expired rows, then the oldest of the lowest class above the cap; return how many."""
        gone = self._guard(lambda spool: spool.evict(self._max_bytes, expired)) or 0
        self.evicted += gone
        return gone

    def oldest(self) -> Row | None:
        """Return the row that waits longest, None without rows."""
        rows = self.next(CLASSES, (), 1)
        return rows[0] if rows else None

    def close(self) -> None:
        """Make everything durable and close the file."""
        if self._staged or self._done:
            self.commit()
        if self._spool is not None:
            self._spool.close()
            self._spool = None

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._spool = Spool(self._path)
        except (PublishError, OSError) as error:
            self.trouble = str(error)
            return
        if self._spool.salvaged is not None:
            self.salvaged = (self.salvaged or 0) + self._spool.salvaged

    def _full(self) -> bool:
        try:
            usage = shutil.disk_usage(self._path.parent)
        except OSError:
            return True
        return usage.free < MIN_FREE_SHARE * usage.total

    def _write(self, new: list[Row]) -> bool:
        done = set(self._done)

        def write(spool: Spool) -> bool:
            spool.commit(new, done)
            return True

        written = bool(self._guard(write))
        if written:
            self._done -= done
        return written

    def _guard(self, use: Callable[[Spool], _T]) -> _T | None:
        """Use the spool; None where it refused. A damaged file is replaced by what can be saved of it."""
        with self._using:
            if self._spool is None:
                return None
            try:
                return use(self._spool)
            except SpoolDamagedError as error:
                _log.warning("%s", error)
                self._spool.close()
                self._spool = None
                self._open()
            except PublishError as error:
                self.trouble = str(error)
            return None

    def _trim_ring(self) -> None:
        """Hold the rows that only memory has to their cap, oldest of the lowest class first."""
        size = sum(len(row.body) + len(row.topic) for row in self._staged.values())
        for key in sorted(self._staged):
            if size <= RING_BYTES:
                return
            row = self._staged.pop(key)
            size -= len(row.body) + len(row.topic)
            self.evicted += 1
