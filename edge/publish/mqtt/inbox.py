"""Requests of the building, one at a time on a thread of their own, away from the network and the disk."""

import logging
import queue
import threading
from collections.abc import Callable

from edge.errors import EdgeError, PrivacyError
from edge.publish.mqtt.link import CaughtUp, Request
from edge.publish.notices import Note
from edge.publish.packet import WINDOW, Inbound

_log = logging.getLogger(__name__)

_MAX_WAITING = 64
_JOIN_S = 5.0


class Inbox:
    """Hands each message to `handle` and acknowledges it afterwards, so that what it asked for is durable.

    A malformed message is acknowledged and refused: PublishError. A message whose effect could not be made
    durable is not acknowledged and comes again: PrivacyError. `caught_up` is called when the requests that
    had waited at the broker have been served.
    """

    def __init__(
        self, handle: Callable[[Inbound], None], caught_up: Callable[[CaughtUp], None], note: Note
    ) -> None:
        self._handle, self._caught_up, self._note = handle, caught_up, note
        self._queue: queue.SimpleQueue[Request | CaughtUp | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="mqtt-inbox", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, item: Request | CaughtUp) -> None:
        """Take an item on paho's thread.

        Acknowledged messages find room, because the broker sends no more than a window of them before it
        hears from us; a flood of others is refused. What finds none stays unacknowledged with the broker.
        """
        if isinstance(item, Request):
            limit = _MAX_WAITING if item.message.qos else _MAX_WAITING - WINDOW
            if self._queue.qsize() >= limit:
                self._refuse(item.message.topic, "more requests than can be served")
                return
        self._queue.put(item)

    def serve(self, message: Inbound) -> bool:
        """Serve one request; return whether it may be acknowledged."""
        try:
            self._handle(message)
        except PrivacyError as error:
            self._refuse(message.topic, str(error))
            return False
        except EdgeError as error:
            self._refuse(message.topic, str(error))
        except Exception:  # noqa: BLE001  a defect in one handler must not deafen the device to a mute
            _log.exception("request on %s failed", message.topic)
            self._refuse(message.topic, "the request failed")
        return True

    def close(self) -> None:
        """Finish the request in hand and stop; idempotent."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if isinstance(item, CaughtUp):
                self._caught_up(item)
            elif self.serve(item.message):
                item.link.accept(item.message)

    def _refuse(self, topic: str, reason: str) -> None:
        self._note(400, "device.request.refused", f"{topic}: {reason}")
