"""The durable queue on disk: SQLite in WAL mode, FULL synchronous, owned by one thread.

Rows go in and come out in order within their class. A damaged file is moved aside and every whole row in it
is carved out into a new one. Every method raises PublishError where SQLite or the file system refuses.
"""

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from edge.errors import PublishError
from edge.publish.durable.row import CLASSES, Row, carve, key_range, unpack

_log = logging.getLogger(__name__)

VERSION = 1
_DEAD_CAP = 1000  # refused rows kept for inspection
_EVICT_N = 1000  # rows looked at in one eviction
_N_MASK = (1 << 48) - 1
_FILES = ("-wal", "")
_DAMAGED, _CORRUPT = ".damaged", ".corrupt"  # whose rows are still to be carved out, and were
_SCHEMA = """
CREATE TABLE IF NOT EXISTS q (key INTEGER PRIMARY KEY, blob BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS dead (id INTEGER PRIMARY KEY, reason INTEGER NOT NULL, blob BLOB NOT NULL);
"""
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=FAST", "wal_autocheckpoint=256")


class SpoolDamagedError(PublishError):
    """The file itself is broken, not merely full or locked."""


class Spool:
    """Rows on disk; `salvaged` counts the rows carved from a damaged predecessor, if there was one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._db = _open(path)
        except SpoolDamagedError as error:
            _log.warning("spool %s is damaged and moved aside: %s", path.name, error)
            self._move_aside()
            self._db = _open(path)
        try:
            self.salvaged = self._salvage()
        except BaseException:
            self._db.close()
            raise
        rows, size, last = self._one("SELECT count(*), total(length(blob)), max(key & ?) FROM q", _N_MASK)
        self.rows, self.size, self.last_n = int(rows), int(size), int(last or 0)

    def commit(self, new: Collection[Row], done: Collection[int]) -> None:
        """Insert rows and delete the keys of delivered ones, in one transaction on the disk."""
        if not new and not done:
            return
        blobs = [(row.key, row.pack()) for row in new]
        with self._transaction():
            gone = [
                (key, self._one("SELECT coalesce(max(length(blob)), -1) FROM q WHERE key=?", key)[0])
                for key in done
            ]
            self._db.executemany("DELETE FROM q WHERE key=?", [(key,) for key in done])
            self._db.executemany("INSERT OR REPLACE INTO q VALUES (?, ?)", blobs)
        sizes = [size for _, size in gone if size >= 0]
        self.rows += len(blobs) - len(sizes)
        self.size += sum(len(blob) for _, blob in blobs) - sum(sizes)
        self.last_n = max([self.last_n, *(row.n for row in new)])

    def head(self, kind: int, limit: int) -> list[Row]:
        """Return the oldest rows of a class, in order."""
        with _converted():
            rows = self._db.execute(
                "SELECT blob FROM q WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?", (*key_range(kind), limit)
            ).fetchall()
        return [row for (blob,) in rows if (row := unpack(blob)) is not None]

    def park(self, row: Row, reason: int) -> None:
        """Move a row the broker refused for good to the dead ones, of which the newest thousand stay."""
        with self._transaction():
            self._db.execute("INSERT INTO dead (reason, blob) VALUES (?, ?)", (reason, row.pack()))
            self._db.execute("DELETE FROM dead WHERE id <= (SELECT max(id) FROM dead) - ?", (_DEAD_CAP,))

    def evict(self, max_bytes: int, expired: Callable[[Row], bool]) -> int:
        """Delete expired rows, then the oldest of the lowest class down to the cap; return how many."""
        keys = [row.key for kind in CLASSES for row in takewhile(expired, self.head(kind, _EVICT_N))]
        self.commit((), keys)
        above: list[int] = []
        excess = self.size - max_bytes
        for kind in CLASSES:
            for row in self.head(kind, _EVICT_N) if excess > 0 else ():
                if excess > 0:
                    above.append(row.key)
                    excess -= len(row.pack())
        self.commit((), above)
        return len(keys) + len(above)

    def close(self) -> None:
        """Close the file; committed rows are on the disk already."""
        self._db.close()

    def _one(self, sql: str, *values: int) -> tuple[int, ...]:
        with _converted():
            row: tuple[int, ...] = self._db.execute(sql, values).fetchone()
            return row

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _converted():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _part(self, *suffixes: str) -> Path:
        return self._path.with_name(self._path.name + "".join(suffixes))

    def _move_aside(self) -> None:
        """Make room for a new file; the log first, for a database without it is only damaged once more."""
        for suffix in _FILES:
            if self._part(suffix).exists():
                self._part(suffix).replace(self._part(_DAMAGED, suffix))
        self._part("-shm").unlink(missing_ok=True)

    def _salvage(self) -> int | None:
        """Put every whole row of files that were moved aside back in; a salvage that was cut short too."""
        damaged = [part for suffix in _FILES if (part := self._part(_DAMAGED, suffix)).exists()]
        if not damaged:
            return None
        rows = {row.key: row for part in damaged for row in carve(part.read_bytes())}
        with self._transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO q VALUES (?, ?)", [(key, rows[key].pack()) for key in sorted(rows)]
            )
        for suffix in _FILES:  # only the newest is kept: a dying card makes many
            self._part(_CORRUPT, suffix).unlink(missing_ok=True)
        for part in damaged:
            part.replace(part.with_name(part.name.replace(_DAMAGED, _CORRUPT)))
        return len(rows)


@contextmanager
def _converted() -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise PublishError(f"expected a writable spool, got '{error}'") from error
    except sqlite3.DatabaseError as error:
        raise SpoolDamagedError(f"expected a whole spool, got '{error}'") from error


def _open(path: Path) -> sqlite3.Connection:
    """Open or create, check the whole file, refuse a newer layout."""
    with _converted():
        database = sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                database.execute(f"PRAGMA {pragma}")
            _check(database, path)
            database.executescript(_SCHEMA)
            database.execute(f"PRAGMA user_version = {VERSION}")
        except BaseException:
            database.close()
            raise
        path.chmod(0o600)
        return database


def _check(database: sqlite3.Connection, path: Path) -> None:
    """Refuse a broken file and one of a newer layout."""
    verdict = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise SpoolDamagedError(f"expected a whole spool, got '{verdict}'")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise PublishError(f"expected spool layout <= {VERSION}, got {version} at {path.name}")
