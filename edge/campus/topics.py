"""Figures of floors and buildings as topics of a hub: what the views show of the newest hour, no more.

A topic is emptied where its hour has no figure, and forgotten by the hub when nobody renews it.
"""

import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from paho.mqtt.client import MQTTMessage, topic_matches_sub
from sqlalchemy import ColumnElement, Connection, TableClause, column, select

from edge.campus.columns import Value
from edge.campus.engine import engine, transaction
from edge.campus.floors import HOUR_MS, SETTLE_MS
from edge.errors import CampusError
from edge.hub.line import Line
from edge.hub.login import Login
from edge.topic import site_root

_log = logging.getLogger(__name__)

TREE = "buildings"
_GRACE_MS = 60_000  # for the collector, until the new hour replaces the one before
_VIEWS = {"floor_hour": ("floor",), "building_hour": ()}
_LOOK_S = 5.0


class FloorTopics:
    """Keeps a hub's topics as the store's views are; needs the right to read those two, and no other."""

    def __init__(self, store_url: str, login: Login, *, site: str = "+", topic_prefix: str = "") -> None:
        self._root, self._noted = site_root(topic_prefix.strip("/"), site), ""
        self._engine = engine(store_url, read_only=True)
        self._held: dict[int, dict[str, bytes]] = defaultdict(dict)  # of each connection
        self._line = Line(login, [f"{self._root}/{TREE}/#"], self._on_message)
        self._stop = threading.Event()

    def stop(self) -> None:
        """Let `run` end."""
        self._stop.set()

    def run(self) -> None:
        """Keep the topics until stopped."""
        while not self._stop.wait(_LOOK_S):
            self.step(time.time_ns() // 1_000_000)

    def step(self, now_ms: int) -> None:
        """Bring the hub's topics up to date; while the store is away they stay until the hub forgets them."""
        try:
            hour_ms, wanted = self._wanted(now_ms)
        except CampusError as error:
            self._note(str(error))
            return
        self._note(self._line.trouble or self._line.refused)
        held = dict(self._held[self._line.connections])
        keep_s = (hour_ms + 2 * HOUR_MS + SETTLE_MS + 2 * _GRACE_MS - now_ms) // 1000
        for topic in held.keys() - wanted.keys():
            self._line.retain(topic, b"", keep_s)
        for topic, payload in wanted.items():
            if held.get(topic) != payload:
                self._line.retain(topic, payload, keep_s)

    def close(self) -> None:
        """Disconnect; what the hub holds stays until it is over."""
        self._line.close()
        self._engine.dispose()

    def _wanted(self, now_ms: int) -> tuple[int, dict[str, bytes]]:
        """Return the newest hour that is decided by now, and what each topic is to hold."""
        hour_ms = (now_ms - SETTLE_MS - _GRACE_MS) // HOUR_MS * HOUR_MS - HOUR_MS
        with transaction(self._engine) as db:
            rows = [row for view in _VIEWS for row in _figures(db, view, hour_ms)]
        ours = [row for row in rows if topic_matches_sub(self._root, str(row["site"]))]
        return hour_ms, {_topic(row): _payload(row, hour_ms) for row in ours}

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self._noted:
            _log.warning("%s", trouble)
        self._noted = trouble

    def _on_message(self, message: MQTTMessage) -> None:
        held = self._held[self._line.connections]
        if message.payload:
            held[message.topic] = bytes(message.payload)
        else:
            held.pop(message.topic, None)


def _figures(db: Connection, view: str, hour_ms: int) -> list[Mapping[str, Value]]:
    names = ("site", "building", *_VIEWS[view], "rooms", "people", "mimicry_index")
    listed: list[ColumnElement[Value]] = [column(name) for name in names]
    query = select(*listed).select_from(TableClause(view)).where(column("hour_ms") == hour_ms)
    return [dict(row) for row in db.execute(query).mappings()]


def _topic(row: Mapping[str, Value]) -> str:
    floor = f"floors/{_level(row['floor'])}/" if "floor" in row else ""
    return f"{row['site']}/{TREE}/{_level(row['building'])}/{floor}hour"


def _level(name: Value) -> str:
    """Return any name as one level: what MQTT or AMQP would misread as %20 and the like."""
    return quote(str(name), safe="").replace(".", "%2E")


def _payload(row: Mapping[str, Value], hour_ms: int) -> bytes:
    """Return a figure as JSON; `time` is the begin of its hour."""
    time_of = f"{datetime.fromtimestamp(hour_ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
    place = {name: row[name] for name in ("building", "floor") if name in row}
    figures = {"rooms": row["rooms"], "people": row["people"], "index": row["mimicry_index"]}
    return json.dumps({"v": 1, "time": time_of, **place, **figures}, separators=(",", ":")).encode()
