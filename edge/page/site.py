"""The open pages of all browsers, the loop that brings them up to date, and the server below them."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from nicegui import Client, ui

from edge.page.shown import Shown
from edge.page.where import Where
from edge.palette import OKABE_ITO

TURN_S = 0.05
"""Time between two looks at what has come."""
LINGER_S = 0.5
"""How long a page that ends by itself is served on, so that its last words arrive."""
STOP_S = 3
"""Longest wait for requests that are under way when such a page ends."""
HERE = Path(__file__).parent
_STYLE = "".join(
    f".plan .p{k},.dot.p{k}{{fill:{colour};background:{colour}}}"
    for k, colour in enumerate(
        OKABE_ITO[name] for name in ("sky", "orange", "green", "purple", "red", "blue")
    )
)
Update = Callable[[set[str], float], None]
Work = Callable[[], Awaitable[None]]


class Site:
    """The open pages; `take` returns the names of what is new, `works` run beside, `close` ends it."""

    def __init__(
        self, take: Callable[[], set[str]], close: Callable[[], None], works: Sequence[Work] = ()
    ) -> None:
        self._take, self._close, self._works = take, close, works
        self._open: dict[str, tuple[Shown, Update | None]] = {}

    def begin(self, client: Client) -> Shown:
        """Give a page its style and keep it up to date until it is closed."""
        ui.add_css(_STYLE + (HERE / "style.css").read_text(encoding="utf-8"))
        ui.add_body_html(f"<script>{(HERE / 'page.js').read_text(encoding='utf-8')}</script>")
        shown = Shown(client)
        self._open[client.id] = shown, None
        client.on_connect(shown.learn_zone)
        client.on_delete(lambda: self._open.pop(client.id, None))
        return shown

    def follow(self, shown: Shown, update: Update) -> None:
        """Call `update` with the names of what is new, often none, and the time, until the page is closed."""
        self._open[shown.client.id] = shown, update

    def application(self) -> FastAPI:
        """Return the application of all pages that were declared with `ui.page`."""
        app = FastAPI(lifespan=self._lifespan, openapi_url=None)
        ui.run_with(
            app,
            title="mimicry-edge",
            language="en-US",
            dark=None,
            message_history_length=0,
            show_welcome_message=False,
            tailwind=False,
        )
        return app

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.ensure_future(work()) for work in (self._run, *self._works)]
        yield
        for task in tasks:
            task.cancel()
        self._close()

    async def _run(self) -> None:
        while True:
            changed, now_s = self._take(), time.monotonic()
            for shown, update in list(self._open.values()):
                with shown.client:
                    shown.refresh(now_s)
                    if update is not None:
                        update(changed, now_s)
            await asyncio.sleep(TURN_S)


def serve(site: Site, where: Where) -> None:
    """Serve until interrupted; PublishError where that is impossible."""
    with where.listening() as line, suppress(KeyboardInterrupt):
        _server(site, where).run([line])


@contextmanager
def serving(site: Site, where: Where) -> Iterator[None]:
    """Serve beside the caller, in a thread, and `LINGER_S` longer; PublishError where that is impossible."""
    with where.listening() as line:
        beside = _server(site, where, STOP_S)
        thread = threading.Thread(target=beside.run, args=([line],), name="page")
        thread.start()
        try:
            yield
        finally:
            thread.join(LINGER_S)
            beside.should_exit = True
            thread.join()


def _server(site: Site, where: Where, stop_s: int | None = None) -> uvicorn.Server:
    """Return what serves a site; `stop_s` is the longest wait for requests under way when it ends."""
    return uvicorn.Server(
        uvicorn.Config(
            where.guard(site.application()),
            log_level="warning",
            server_header=False,
            proxy_headers=False,  # who asks is whoever is connected, whatever a header claims
            timeout_graceful_shutdown=stop_s,
        )
    )
