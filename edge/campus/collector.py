"""The collector: takes, writes, acknowledges, asks for what is missing; a store that is away holds all up."""

import logging
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from edge.campus.engine import RowError
from edge.campus.floors import decide
from edge.campus.gaps import Asker
from edge.campus.message import Content, Message, content
from edge.campus.retention import retain
from edge.campus.source import BATCH, Source
from edge.campus.store import Store
from edge.errors import CampusError

_log = logging.getLogger(__name__)

_RETRY_S = 1.0  # between two attempts at a store that is away
_TAKE_S = 0.5
_RETAIN_S = 6 * 3600.0  # between two looks at what is old; months get their partitions then too


@dataclass(slots=True)
class Counters:
    """Since the start; only ever rise."""

    new: int = 0
    copies: int = 0
    parked: int = 0
    asked: int = 0
    retries: int = 0
    """Batches that the store did not take at once."""


class Collector:
    """One consumer; any number of them may share a store."""

    def __init__(
        self,
        source: Source,
        store: Store,
        *,
        patience_s: float,
        keep_days: float | None = None,
        look_s: float = 5.0,
    ) -> None:
        self._source, self._store = source, store
        self._asker, self._look_s, self._looked_s = Asker(store, patience_s), look_s, time.monotonic()
        self._keep_days, self._retained_s = keep_days, -math.inf
        self.counters = Counters()
        self._stop = threading.Event()

    def stop(self) -> None:
        """Let `run` end after the batch in hand."""
        self._stop.set()

    def run(self) -> None:
        """Collect until stopped."""
        while not self._stop.is_set():
            self.step()

    def step(self) -> None:
        """Take one batch, keep it, acknowledge it; now and then ask for what is missing."""
        batch = self._source.take(_TAKE_S)
        if batch and self._kept([one.message for one in batch]):
            self._source.accept(batch)
        if time.monotonic() - self._looked_s >= self._look_s:
            self._looked_s = time.monotonic()
            self._chores(late=len(batch) >= BATCH)

    def _kept(self, messages: Sequence[Message]) -> bool:
        """Write until the store takes it; False when stopped before."""
        while True:
            try:
                self._write(messages)
            except CampusError as error:
                if not self.counters.retries or self._stop.is_set():
                    _log.warning("%s", error)
                self.counters.retries += 1
                if self._stop.wait(_RETRY_S):
                    return False
            else:
                return True

    def _write(self, messages: Sequence[Message]) -> None:
        """Write a batch; where one row is refused, each message by itself."""
        contents: list[tuple[Message, Content]] = []
        for message in messages:
            try:
                contents.append((message, content(message)))
            except CampusError as error:
                self._park(message, error)
        try:
            self._write_together([one for _, one in contents])
        except RowError:
            for message, one in contents:
                try:
                    self._write_together([one])
                except RowError as error:
                    self._park(message, error)

    def _write_together(self, contents: Sequence[Content]) -> None:
        written = self._store.write(contents)
        self.counters.new += written.new
        self.counters.copies += written.copies

    def _park(self, message: Message, error: CampusError) -> None:
        self._store.park(message, str(error))
        self.counters.parked += 1
        _log.warning("parked a message on %s: %s", message.topic[:200], error)

    def _chores(self, *, late: bool) -> None:
        """Ask for what is missing, decide figures unless `late`, forget what is old; all need the store."""
        try:
            if self._source.connected:
                self._ask()
                if not late:
                    decide(self._store.engine, time.time_ns() // 1_000_000)
            if self._keep_days is not None and time.monotonic() - self._retained_s >= _RETAIN_S:
                self._retained_s = time.monotonic()
                _log.info("%d rows were older than they are kept", retain(self._store, self._keep_days))
        except CampusError as error:
            _log.warning("%s", error)

    def _ask(self) -> None:
        for one in self._asker.due():
            self._source.publish(one.topic, one.payload)
            self.counters.asked += 1
            _log.info("asked on %s for %s", one.topic, one.payload.decode())
