"""The page on the network: addresses, open pages, and the loop that brings them up to date."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from nicegui import Client, ui

from edge.page.access import Access, user_of
from edge.page.alerting import Alerting
from edge.page.choice import choice
from edge.page.history import History
from edge.page.notes import Notes
from edge.page.shown import Shown
from edge.page.station import Station
from edge.page.table import Table
from edge.page.views import notice_page, room_page
from edge.palette import OKABE_ITO
from edge.topic import DEVICE

TURN_S = 0.05
"""Time between two looks at what has come."""
KEEP_S = 2.0
"""Time between two looks whether the alerts have changed."""
RECALL_S = 10.0
"""Time between two looks into the store."""
HERE = Path(__file__).parent
_STYLE = "".join(
    f".plan .p{k},.dot.p{k}{{fill:{colour};background:{colour}}}"
    for k, colour in enumerate(
        OKABE_ITO[name] for name in ("sky", "orange", "green", "purple", "red", "blue")
    )
)
Update = Callable[[set[str], float], None]


class Site:
    """The open pages of all browsers."""

    def __init__(self, station: Station, notes: Notes) -> None:
        self._station, self._notes = station, notes
        self._saving = asyncio.Lock()
        self._open: dict[str, tuple[Shown, Update | None]] = {}

    def application(self) -> FastAPI:
        """Return the application with its addresses."""
        app = FastAPI(lifespan=self._lifespan, openapi_url=None)
        ui.page("/", title="Rooms")(self._rooms)
        ui.page("/alerts", title="Alerts")(self._alerts)
        ui.page("/room/{device}", title="Room")(self._room)
        ui.page("/notice/{device}", title="Notice")(self._notice)
        if self._station.archive:
            ui.page("/history/{device}", title="History")(self._history)
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

    @property
    def _rooms(self) -> Callable[..., None]:
        def rooms(client: Client, show: str = "", q: str = "", sort: str = "", down: str = "") -> None:
            shown = self._begin(client)
            table = Table(self._station, shown, choice(show, q, sort, down))
            self._open[client.id] = shown, table.update

        return rooms

    @property
    def _alerts(self) -> Callable[..., None]:
        def alerts(client: Client) -> None:
            by = user_of(client.request.scope)
            Alerting(self._station, self._begin(client), self._notes, by, self._save)

        return alerts

    @property
    def _room(self) -> Callable[..., None]:
        def room(client: Client, device: str) -> None:
            shown = self._begin(client)
            if re.fullmatch(DEVICE, device):
                room_page(self._station, shown, device)
            else:
                ui.label("No device can have that name.")

        return room

    @property
    def _notice(self) -> Callable[..., None]:
        def notice(client: Client, device: str) -> None:
            notice_page(self._station, self._begin(client), device)

        return notice

    @property
    def _history(self) -> Callable[..., None]:
        def history(client: Client, device: str, span: str = "day", day: str = "") -> None:
            History(self._station, self._begin(client), device, span, day)

        return history

    def _begin(self, client: Client) -> Shown:
        """Give a page its style and keep it up to date until it is closed."""
        ui.add_css(_STYLE + (HERE / "style.css").read_text(encoding="utf-8"))
        ui.add_body_html(f"<script>{(HERE / 'page.js').read_text(encoding='utf-8')}</script>")
        shown = Shown(client)
        self._open[client.id] = shown, None
        client.on_connect(shown.learn_zone)
        client.on_delete(lambda: self._open.pop(client.id, None))
        return shown

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work()) for work in (self._run, self._recall, self._keep)]
        yield
        for task in tasks:
            task.cancel()
        self._notes.write(self._station.watch.alerts)
        self._station.close()

    async def _run(self) -> None:
        while True:
            changed, now_s = self._station.take(), time.monotonic()
            for shown, update in list(self._open.values()):
                with shown.client:
                    shown.refresh(now_s)
                    if update is not None and changed:
                        update(changed, now_s)
            await asyncio.sleep(TURN_S)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(KEEP_S)
            await self._save()

    async def _save(self) -> None:
        """Keep the alerts; the disk is waited for elsewhere, one time after the other."""
        async with self._saving:
            await asyncio.to_thread(self._notes.write, self._station.watch.alerts)

    async def _recall(self) -> None:
        while True:
            await self._station.recall()
            await asyncio.sleep(RECALL_S)


def serve(site: Site, access: Callable[[FastAPI], Access], *, host: str, port: int) -> None:
    """Serve until interrupted; `access` decides who is let in. A path as `host` is a local socket."""
    uvicorn.run(
        access(site.application()),
        host=host,
        port=port,
        uds=host if "/" in host else None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # who asks is whoever is connected, whatever a header claims
    )
