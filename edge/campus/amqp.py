"""Messages over AMQP 0-9-1: one quorum queue at RabbitMQ, bound to the topics of devices, for all consumers.

RabbitMQ turns the slashes of MQTT into dots, so no level may hold a dot there.
"""

import asyncio
import logging
import queue
import ssl
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from edge.campus.message import NAMES, SOFTWARE, Message
from edge.campus.source import BATCH, Delivery
from edge.credentials import refusal
from edge.errors import CampusError
from edge.topic import site_root

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage

_log = logging.getLogger(__name__)

_EXCHANGE = "amq.topic"
_DELAYS_S = (0.5, 15.0)  # before the next attempt, doubling
_TIMEOUT_S, _HEARTBEAT_S = 5.0, 10
_ARGUMENTS = {
    "x-queue-type": "quorum",
    "x-delivery-limit": -1,  # a store that is away must not make the queue drop what came often
}


class AmqpSource:
    """Connects for ever to the first of its nodes that answers; what was not accepted comes again."""

    def __init__(
        self,
        url: str,
        *,
        name: str = "mimicry-collect",
        site: str = "+",
        topic_prefix: str = "",
        context: ssl.SSLContext | None = None,
        password: str = "",
    ) -> None:
        self._nodes, self._name, self._context = nodes(url, password), name, context
        self._errors = _amqp_errors()
        root = site_root(topic_prefix.strip("/"), site)
        topics = [f"{root}/devices/+/{one}" for one in NAMES] + [f"{root}/{SOFTWARE}"]
        self._keys = [topic.replace("/", ".").replace("+", "*") for topic in topics]
        self._come: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None
        self._connections = 0
        self._over: asyncio.Event | None = None
        self._stop = threading.Event()
        self.trouble = "no answer yet"
        """Why nothing comes; empty where no reason is known."""
        self.certificate_until_s: float | None = None
        """Not known over AMQP."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="amqp", daemon=True)
        self._thread.start()

    @property
    def connected(self) -> bool:
        """Whether a request would be sent now."""
        return self._channel is not None

    def take(self, timeout_s: float) -> list[Delivery]:
        """Return what has come, in order; nothing after the timeout."""
        found: list[Delivery] = []
        with suppress(queue.Empty):
            found.append(self._come.get(timeout=timeout_s))
            while len(found) < BATCH:
                found.append(self._come.get_nowait())
        return found

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge to the broker: these are durable now, and so is all that came before them."""
        tags = [
            tag for connection, tag in (one.mark for one in deliveries) if connection == self._connections
        ]
        if tags:
            self._call(self._ack(self._connections, max(tags)))

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a request to a device; while the broker is away it is dropped."""
        self._call(self._publish(topic.replace("/", "."), payload))

    def close(self) -> None:
        """Disconnect; idempotent."""
        self._stop.set()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._let_go)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._stay())
        finally:
            self._loop.close()

    async def _stay(self) -> None:
        attempt = 0
        while not self._stop.is_set():
            url = self._nodes[attempt % len(self._nodes)]
            where = urlsplit(url)
            try:
                await self._serve(url)
                attempt, reason = 0, "the connection is gone"
            except self._errors as error:
                attempt, reason = attempt + 1, refusal(error)
            self._channel = None
            self.trouble = f"{reason} at {where.hostname}:{where.port}"
            _log.info("%s", self.trouble)
            if not self._stop.is_set():
                await asyncio.sleep(min(_DELAYS_S[0] * 2 ** min(attempt, 10), _DELAYS_S[1]))

    async def _serve(self, url: str) -> None:
        """Connect, consume, and stay until the connection or the channel is gone."""
        import aio_pika

        connection = await aio_pika.connect(url, timeout=_TIMEOUT_S, ssl_context=self._context)
        async with connection:
            channel = await connection.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=2 * BATCH)
            exchange = await channel.get_exchange(_EXCHANGE)
            made = await channel.declare_queue(self._name, durable=True, arguments=_ARGUMENTS)
            for key in self._keys:
                await made.bind(exchange, key)
            self._over = asyncio.Event()
            for one in (connection, channel):
                one.close_callbacks.add(self._let_go)
            self._connections += 1
            self._channel, self._exchange, self.trouble = channel, exchange, ""
            await made.consume(partial(self._on_message, self._connections))
            if not self._stop.is_set():
                await self._over.wait()

    async def _on_message(self, connection: int, message: "AbstractIncomingMessage") -> None:
        topic = (message.routing_key or "").replace(".", "/")
        self._come.put(Delivery(Message(topic, message.body), (connection, message.delivery_tag or 0)))

    async def _ack(self, connection: int, tag: int) -> None:
        if self._channel is not None and connection == self._connections:
            underlay = await self._channel.get_underlay_channel()
            await underlay.basic_ack(tag, multiple=True)

    async def _publish(self, key: str, payload: bytes) -> None:
        import aio_pika

        if self._exchange is not None and self._channel is not None:
            await self._exchange.publish(aio_pika.Message(payload), key)

    def _let_go(self, *_why: object) -> None:
        if self._over is not None:
            self._over.set()

    def _call(self, work: Coroutine[None, None, None]) -> None:
        """Do something on the loop's thread; what the broker does not take any more comes again."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            future.result(_TIMEOUT_S)
        except self._errors as error:
            _log.info("%s", refusal(error))


def nodes(url: str, password: str = "") -> list[str]:
    """Return the address of each node of `amqp[s]://[USER[:PASSWORD]@]HOST[:PORT][,HOST[:PORT]...]`."""
    scheme, _, rest = url.partition("://")
    login, at, hosts = rest.rpartition("@")
    login = f"{login.partition(':')[0]}:{quote(password, safe='')}" if password else login
    found = [
        f"{scheme}://{login}{at}{host}/?heartbeat={_HEARTBEAT_S}" for host in hosts.strip("/").split(",")
    ]
    try:
        good = scheme in {"amqp", "amqps"} and all(urlsplit(one).hostname for one in found)
        good = good and all(urlsplit(one).port != 0 for one in found)
    except ValueError:
        good = False
    if not good:
        raise CampusError(
            f"expected amqp[s]://HOST[:PORT][,HOST...], got {scheme + '://' + hosts!r} at broker"
        )
    return found


def _amqp_errors() -> tuple[type[Exception], ...]:
    """Return what ends a connection; CampusError where the client is not installed."""
    try:
        import aio_pika
    except ModuleNotFoundError as error:
        remedy = "pip install 'mimicry-edge[campus]'"
        raise CampusError(f"expected the package {error.name}, got none: {remedy}") from error
    return OSError, TimeoutError, aio_pika.exceptions.AMQPError, aio_pika.exceptions.ChannelInvalidStateError
