"""Requests of the building, one at a time on a thread of their own, away from the network and the disk."""

import logging
import queue
import threading
from collections.abc import Callable

from edge.errors import EdgeError, PrivacyError
from edge.publish.mqtt.link import Link
from edge.publish.packet import WINDOW, Inbound

_log = logging.getLogger(__name__)

_MAX_WAITING = 64
_JOIN_S = 5.0


class Inbox:
    """Hands each message to `handle` and acknowledges it afterwards, so that what it asked for is durable.

    A malformed message is acknowledged and refused: PublishError. A message whose effect could not be made
    durable is not acknowledged and comes again: PrivacyError.
    """

    def __init__(self, handle: Callable[[Inbound], None], refuse: Callable[[str, str], None]) -> None:
        self._handle, self._refuse = handle, refuse
        self._queue: queue.Queue[tuple[Link, Inbound] | None] = queue.Queue(_MAX_WAITING)
        self._thread = threading.Thread(target=self._run, name="mqtt-inbox", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, link: Link, message: Inbound) -> None:
        """Take a message on paho's thread.

        Acknowledged ones always find room, because the broker sends no more than a window of them before it
        hears from us; a flood of others is refused.
        """
        if message.qos == 0 and self._queue.qsize() >= _MAX_WAITING - WINDOW:
            self._refuse(message.topic, "more requests than can be served")
            return
        try:
            self._queue.put_nowait((link, message))
        except queue.Full:  # left unacknowledged with the broker
            self._refuse(message.topic, "more requests than can be served")

    def close(self) -> None:
        """Finish the request in hand and stop; idempotent."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            link, message = item
            if self._serve(message):
                link.accept(message)

    def _serve(self, message: Inbound) -> bool:
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
