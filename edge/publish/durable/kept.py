"""What the broker has taken, kept for some hours in case it loses it: a second copy, in a file of its own.

Written late and together, for what was delivered needs no hurry. A damaged file is begun again. Owned by one
thread.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from edge.publish.durable.row import Row, unpack
from edge.publish.durable.store import RING_BYTES

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

Run = tuple[str, int, int]
"""A run of the device, a first and a last number."""
RUNS_MOST = 16  # told of, the newest
_LOOK_N = 1000  # rows looked at in one eviction
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept
(id INTEGER PRIMARY KEY, boot TEXT, seq INTEGER, blob BLOB, UNIQUE (boot, seq))
"""


class Kept:
    """Rows by run and number, forgotten in the order in which they were taken.

    While the disk refuses, nothing is found, and the newest four megabytes wait in memory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._young: dict[tuple[str, int], Row] = {}
        self._refused = False

    def add(self, row: Row) -> None:
        """Take a row that the broker took; one without a number could not be asked for."""
        if row.seq:
            self._young[row.boot, row.seq] = row

    def runs(self) -> list[Run]:
        """Return what is kept of the newest runs."""
        query = "SELECT boot, min(seq), max(seq) FROM kept GROUP BY boot ORDER BY max(id) DESC LIMIT ?"
        return self._use(lambda database: database.execute(query, (RUNS_MOST,)).fetchall()) or []

    def count(self, run: Run) -> int:
        """Return how many rows are kept of a span of a run."""
        query = "SELECT count(*) FROM kept WHERE boot=? AND seq BETWEEN ? AND ?"
        return self._use(lambda database: int(database.execute(query, run).fetchone()[0])) or 0

    def find(self, run: Run, limit: int) -> list[Row]:
        """Return the first rows of a span of a run, in order."""
        query = "SELECT blob FROM kept WHERE boot=? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
        blobs = self._use(lambda database: database.execute(query, (*run, limit)).fetchall()) or []
        return [row for (blob,) in blobs if (row := unpack(blob)) is not None]

    def evict(self, max_bytes: int, expired: Callable[[Row], bool]) -> None:
        """Forget the oldest: those that are expired, and those above the cap."""
        self._use(lambda database: _evict(database, max_bytes, expired))

    def close(self) -> None:
        """Write what is young."""
        if self._young:
            self._use(lambda _: None)

    def _use(self, use: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """Write what is young, then use the file; None where the disk refuses, which is logged once."""
        try:
            with closing(_opened(self._path)) as database, database:
                rows = [(boot, seq, row.pack()) for (boot, seq), row in self._young.items()]
                database.executemany("INSERT OR IGNORE INTO kept (boot, seq, blob) VALUES (?, ?, ?)", rows)
                result = use(database)
        except (sqlite3.OperationalError, OSError) as error:
            self._trim(str(error))
            return None
        except sqlite3.DatabaseError as error:
            forget(self._path)
            self._trim(str(error))
            return None
        self._young.clear()
        self._refused = False
        return result

    def _trim(self, reason: str) -> None:
        """Hold what waits in memory to its cap, oldest first."""
        if not self._refused:
            _log.warning("what was delivered cannot be kept: %s", reason)
        self._refused = True
        size = sum(len(row.body) for row in self._young.values())
        for key in list(self._young):
            if size > RING_BYTES:
                size -= len(self._young.pop(key).body)


def forget(path: Path) -> None:
    """Remove what an earlier run kept."""
    for suffix in ("", "-journal"):
        try:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            _log.warning("what an earlier run kept cannot be removed: %s", error)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=5)
    try:
        for pragma in ("synchronous=FULL", "secure_delete=FAST"):
            database.execute(f"PRAGMA {pragma}")
        database.execute(_SCHEMA)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except BaseException:
        database.close()
        raise
    return database


def _evict(database: sqlite3.Connection, max_bytes: int, expired: Callable[[Row], bool]) -> None:
    size = int(database.execute("SELECT total(length(blob)) FROM kept").fetchone()[0])
    excess, gone = size - max_bytes, []
    for number, blob in database.execute("SELECT id, blob FROM kept ORDER BY id LIMIT ?", (_LOOK_N,)):
        row = unpack(blob)
        if row is not None and excess <= 0 and not expired(row):
            break
        gone.append((number,))
        excess -= len(blob)
    database.executemany("DELETE FROM kept WHERE id=?", gone)
