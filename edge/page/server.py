"""The addresses of the page: all rooms, one room, its past, the notice at its door, alerts."""

import asyncio
import re
from collections.abc import Callable

from nicegui import Client, ui

from edge.page.access import user_of
from edge.page.alerting import Alerting
from edge.page.choice import choice
from edge.page.history import History
from edge.page.notes import Notes
from edge.page.site import Site
from edge.page.station import Station
from edge.page.table import Table
from edge.page.views import notice_page, room_page
from edge.topic import DEVICE

KEEP_S = 2.0
"""Time between two looks whether the alerts have changed."""
RECALL_S = 10.0
"""Time between two looks into the store."""


class Rooms:
    """What is served of all rooms."""

    def __init__(self, station: Station, notes: Notes) -> None:
        self._station, self._notes = station, notes
        self._saving = asyncio.Lock()
        self._site = Site(station.take, self._close, [self._recall, self._keep])

    def site(self) -> Site:
        """Return the site with its addresses."""
        ui.page("/", title="Rooms")(self._rooms)
        ui.page("/alerts", title="Alerts")(self._alerts)
        ui.page("/room/{device}", title="Room")(self._room)
        ui.page("/notice/{device}", title="Notice")(self._notice)
        if self._station.archive:
            ui.page("/history/{device}", title="History")(self._history)
        return self._site

    @property
    def _rooms(self) -> Callable[..., None]:
        def rooms(client: Client, show: str = "", q: str = "", sort: str = "", down: str = "") -> None:
            shown = self._site.begin(client)
            table = Table(self._station, shown, choice(show, q, sort, down))
            self._site.follow(shown, table.update)

        return rooms

    @property
    def _alerts(self) -> Callable[..., None]:
        def alerts(client: Client) -> None:
            by = user_of(client.request.scope)
            Alerting(self._station, self._site.begin(client), self._notes, by, self._save)

        return alerts

    @property
    def _room(self) -> Callable[..., None]:
        def room(client: Client, device: str) -> None:
            shown = self._site.begin(client)
            if re.fullmatch(DEVICE, device):
                room_page(self._station, shown, device)
            else:
                ui.label("No device can have that name.")

        return room

    @property
    def _notice(self) -> Callable[..., None]:
        def notice(client: Client, device: str) -> None:
            notice_page(self._station, self._site.begin(client), device)

        return notice

    @property
    def _history(self) -> Callable[..., None]:
        def history(client: Client, device: str, span: str = "day", day: str = "") -> None:
            History(self._station, self._site.begin(client), device, span, day)

        return history

    def _close(self) -> None:
        self._notes.write(self._station.watch.alerts)
        self._station.close()

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
