"""Requests of the building, one at a time on a thread of their own, away from the network and the disk."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from edge.errors import EdgeError, PrivacyError
from edge.publish.mqtt.link import CaughtUp, Request
from edge.publish.notices import Note
from edge.publish.packet import MAX_INBOUND_BYTES, WINDOW, Inbound

_log = logging.getLogger(__name__)

_MAX_URGENT, _MAX_WAITING = 1024, 64
_JOIN_S = 5.0

Verdict = Literal["taken", "refused", "later"]


@dataclass(slots=True)
class Received:
    """What became of requests since the start; the counts only ever rise."""

    refused: int = 0
    """Acknowledged without effect: malformed, too large or too many."""
    postponed: int = 0
    """Asked again because their effect could not be made durable."""


class Inbox:
    """Hands each message to `handle` and acknowledges it afterwards, so that what it asked for is durable.

    Messages on an `urgent` topic overtake all others. Every message is acknowledged, or the broker would
    soon send no more: refused ones at once, one whose effect could not be made durable (PrivacyError) when a
    later attempt succeeds or a newer request on its topic takes its place. `caught_up` is called when the
    requests that had waited at the broker have been served.
    """

    def __init__(
        self,
        handle: Callable[[Inbound], None],
        caught_up: Callable[[CaughtUp], None],
        note: Note,
        *,
        urgent: Collection[str] = (),
        retry_s: float = 5.0,
    ) -> None:
        self._handle, self._caught_up, self._note = handle, caught_up, note
        self._urgent_topics, self._retry_s = urgent, retry_s
        self.received = Received()
        self._urgent: deque[Request] = deque()
        self._waiting: deque[Request | CaughtUp] = deque()
        self._postponed: dict[str, Request] = {}
        self._changed, self._closing = threading.Condition(), False
        self._thread = threading.Thread(target=self._run, name="mqtt-inbox", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, item: Request | CaughtUp) -> None:
        """Take an item on paho's thread; one that is too large or finds no room is refused.

        An urgent one that finds no room is not: the broker sends it again over a new connection.
        """
        with self._changed:
            if isinstance(item, CaughtUp):
                self._waiting.append(item)
            elif len(item.message.payload) > MAX_INBOUND_BYTES:
                self._drop(item, f"expected at most {MAX_INBOUND_BYTES} bytes, got more")
            elif item.message.topic in self._urgent_topics:
                self._put_urgent(item)
            elif len(self._waiting) >= (_MAX_WAITING if item.message.qos else _MAX_WAITING - WINDOW):
                self._drop(item, "more requests than can be served")
            else:
                self._waiting.append(item)
            self._changed.notify()

    def serve(self, message: Inbound) -> Verdict:
        """Serve one request; return what became of it."""
        try:
            self._handle(message)
        except PrivacyError as error:
            self._tell(message.topic, str(error))
            return "later"
        except EdgeError as error:
            self._tell(message.topic, str(error))
        except Exception:  # noqa: BLE001  a defect in one handler must not deafen the device to a mute
            _log.exception("request on %r failed", message.topic)
            self._tell(message.topic, "the request failed")
        else:
            return "taken"
        self.received.refused += 1
        return "refused"

    def close(self) -> None:
        """Finish the request in hand and stop; idempotent."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._closing:
            item = self._next()
            if isinstance(item, CaughtUp):
                self._caught_up(item)
            elif item is not None:
                self._answer(item)
            else:
                for postponed in list(self._postponed.values()):
                    self._answer(postponed)

    def _next(self) -> Request | CaughtUp | None:
        """Wait for the next item; None when closing, or when it is time for those postponed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or self._urgent or self._waiting,
                self._retry_s if self._postponed else None,
            )
            lane = self._urgent or self._waiting
            return None if self._closing or not lane else lane.popleft()

    def _answer(self, item: Request) -> None:
        """Serve one request and acknowledge it, unless it is postponed."""
        verdict, topic = self.serve(item.message), item.message.topic
        if verdict != "refused" or self._postponed.get(topic) is item:
            older = self._postponed.pop(topic, item)
            if older is not item:
                older.link.accept(older.message)
        if verdict == "later":
            self.received.postponed += 1
            self._postponed[topic] = item
        else:
            item.link.accept(item.message)

    def _put_urgent(self, item: Request) -> None:
        if len(self._urgent) < _MAX_URGENT:
            self._urgent.append(item)
        else:
            item.link.abandon(f"more requests on {item.message.topic} than can be served")

    def _drop(self, item: Request, reason: str) -> None:
        self.received.refused += 1
        self._tell(item.message.topic, reason)
        item.link.accept(item.message)

    def _tell(self, topic: str, reason: str) -> None:
        self._note(400, "device.request.refused", f"{topic}: {reason}")
