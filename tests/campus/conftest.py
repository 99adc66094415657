"""Fixtures: a store in a file, collectors that run in a thread, messages as devices send them."""

import json
import os
import threading

import pytest
from sqlalchemy import text

from edge.campus.collector import Collector
from edge.campus.engine import engine
from edge.campus.message import Message, content
from edge.campus.mqtt import MqttSource
from edge.campus.store import Store
from edge.hub.login import login_of

TIME = "2026-03-04T05:06:07.000Z"


def summary(seq, *, boot="0000000a", device="dev-1", site="site", time=TIME, **more):
    """Return a summary as a device sends it, with what the tests look at."""
    body = {"v": 1, "boot": boot, "seq": seq, "time": time, "clock": "synced", "people": 3, "index": 0.5}
    return Message(f"{site}/devices/{device}/mimicry/summary", json.dumps(body | more).encode())


def health(*, device="dev-1", site="site", boot="0000000a", time=TIME, kept=(), **more):
    """Return a health message; `kept` holds (boot, first, last)."""
    listed = [{"boot": run, "first": first, "last": last} for run, first, last in kept]
    body = {"v": 1, "boot": boot, "time": time, "clock": "synced", "spool": {"kept": listed}}
    return Message(f"{site}/devices/{device}/health", json.dumps(body | more).encode())


def write(store, *messages):
    """Write messages as one batch."""
    return store.write([content(message) for message in messages])


def rows(store, query):
    """Return what a query in plain SQL finds, as tuples."""
    with store.engine.connect() as db:
        return [tuple(row) for row in db.execute(text(query))]


@pytest.fixture
def store(tmp_path):
    """Return an empty store in a file, or in the PostgreSQL whose address CAMPUS_STORE holds."""
    url = os.environ.get("CAMPUS_STORE", "")
    if url:
        database = engine(url)
        with database.begin() as db:
            db.exec_driver_sql("DROP SCHEMA public CASCADE")
            db.exec_driver_sql("CREATE SCHEMA public")
        database.dispose()
    made = Store(url or f"sqlite:///{tmp_path}/campus.sqlite")
    yield made
    made.close()


class Running:
    """A collector in a thread; `kill` ends it as a killed process does, acknowledging nothing more."""

    def __init__(self, port, url, **more):
        self.source = MqttSource(
            login_of(f"mqtt://127.0.0.1:{port}", password="", password_file="", client_id="collect")
        )
        self.store = Store(url)
        self.collector = Collector(self.source, self.store, **({"patience_s": 0.0, "look_s": 0.2} | more))
        self._thread = threading.Thread(target=self.collector.run)
        self._thread.start()

    @property
    def counters(self):
        """What it has counted."""
        return self.collector.counters

    def close(self):
        """Stop it."""
        self.collector.stop()
        self._thread.join()
        self.source.close()
        self.store.close()

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *_):
        """Stop it."""
        self.close()
