"""A small MQTT 3.1.1 broker inside this process, on loopback, for `demo` only."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from edge.errors import PublishError

_log = logging.getLogger(__name__)

START_S = 10.0  # longest wait for the listener


class EmbeddedBroker:
    """Runs amqtt in a thread of its own; `url` is where it listens, on a free port of loopback."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"mqtt://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(START_S):
            raise PublishError(f"expected the embedded broker to listen within {START_S} s at {self.url}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._broker.shutdown(), self._loop).result(START_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_S)

    def _run(self) -> None:
        from amqtt.broker import Broker

        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(_note)
        self._loop.run_until_complete(self._start(Broker))
        self._ready.set()
        self._loop.run_forever()
        self._loop.close()

    async def _start(self, make: Callable[[dict[str, Any]], Any]) -> None:
        """Listen; amqtt wants to be made inside its running loop."""
        self._broker = make(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}},
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            }
        )
        await self._broker.start()


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Note what amqtt leaves uncaught: an answer to a client of MQTT 5, refused, that has gone."""
    _log.debug("embedded broker: %s: %r", context["message"], context.get("exception"))
