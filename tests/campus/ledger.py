"""What is in the store, read from outside the collector."""

import sqlite3
import threading
import time

from sqlalchemy import text

from edge.campus.store import Store


def held(store_file):
    """Hold SQLite's lock, so that nobody can write; the caller lets go."""
    holder = sqlite3.connect(store_file, isolation_level=None, timeout=60)
    holder.execute("BEGIN IMMEDIATE")
    return holder


class Ledger:
    """Reads the store from outside the collector."""

    def __init__(self, url):
        self._store = Store(url)

    def one(self, query):
        """Return the first row of a query."""
        with self._store.engine.connect() as db:
            return db.execute(text(query)).one()

    def stored(self):
        """Return how many results of each run are there, and how many rows are copies of another one."""
        union = "SELECT device, boot, seq FROM summary UNION ALL SELECT device, boot, seq FROM event"
        query = f"SELECT d.name, r.boot, count(*), count(DISTINCT r.seq) FROM ({union}) r"
        with self._store.engine.connect() as db:
            joined = f"{query} JOIN device d ON d.id = r.device GROUP BY d.name, r.boot"
            found = db.execute(text(joined)).all()
        return {(name, boot): distinct for name, boot, _, distinct in found}, sum(
            n - m for _, _, n, m in found
        )

    def lost(self, made):
        """Return how many of the made results are not there."""
        there, _ = self.stored()
        return sum(count - min(count, there.get((name, boot), 0)) for name, (boot, count) in made.items())

    def heard_since(self, moment_ms):
        """Return from how many devices something has come since then."""
        return self.one(f"SELECT count(*) FROM status WHERE heard_ms > {moment_ms}")[0]

    def lateness(self, name, window):
        """Return how late the summaries of a span of time were, and how long after it the last came, s."""
        query = "SELECT at_ms, stored_ms FROM summary WHERE at_ms BETWEEN {} AND {}"
        with self._store.engine.connect() as db:
            rows = db.execute(text(query.format(*window))).all()
        if not rows:
            return {f"{name}: results": 0}
        late_ms = sorted(stored - at for at, stored in rows)
        after_ms = max((stored for _, stored in rows), default=window[1]) - window[1]
        return {
            f"{name}: made to stored, p50 s": late_ms[len(late_ms) // 2] / 1000,
            f"{name}: made to stored, p99 s": late_ms[len(late_ms) * 99 // 100] / 1000,
            f"{name}: latest, s": late_ms[-1] / 1000,
            f"{name}: current after, s": max(0.0, after_ms / 1000),
        }

    def gaps(self):
        """Return how many gaps the store names."""
        return self.one("SELECT count(*) FROM gap")[0]

    def close(self):
        """Let go."""
        self._store.close()


def waited(condition, timeout_s):
    """Return the seconds until a condition holds, looked at once a second."""
    began_s, rest = time.monotonic(), threading.Event()
    while not condition():
        if time.monotonic() - began_s > timeout_s:
            raise AssertionError(f"expected {condition} within {timeout_s} s")
        rest.wait(1.0)
    return time.monotonic() - began_s
