"""The page of alerts in the browser: its table, and what its buttons send."""

import time
from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from edge.page import attention
from edge.page.markup import tag, text
from edge.page.notes import Notes
from edge.page.shown import Shown
from edge.page.station import Station
from edge.page.views import top, trouble


class Alerting:
    """One open page of alerts; `save` keeps them."""

    def __init__(
        self, station: Station, shown: Shown, notes: Notes, by: str, save: Callable[[], Awaitable[None]]
    ) -> None:
        self._alerts, self._shown, self._notes = station.watch.alerts, shown, notes
        self._by, self._save = by, save
        self._made: tuple[object, str] = (None, "")
        with ui.element("div").classes("page wide"):
            top("Alerts", (("./", "Rooms"),))
            trouble(station, shown)
            shown.part(self._keeping)
            with ui.element("section").classes("card scroll").props('tabindex=0 aria-label="Alerts"'):
                shown.part(self._table, every_s=0.5)
        ui.on("seen", self._seen)

    def _table(self) -> str:
        """Return the table; it is made only when it is another one."""
        state = (self._alerts.revision, self._shown.zone)
        if self._made[0] != state:
            self._made = state, attention.table(self._alerts, self._shown.zone)
        return self._made[1]

    def _keeping(self) -> str:
        """Return what becomes of a note, where that is not what one expects."""
        if self._notes.trouble:
            return tag("p", f"Not kept: {text(self._notes.trouble)}", class_="trouble")
        words = "Without --state, who has seen what is forgotten when the page ends."
        return "" if self._notes.kept else tag("p", words, class_="note")

    async def _seen(self, event: GenericEventArguments) -> None:
        """Take note for whoever is here; what came is checked, for a browser may send anything."""
        base, kind, detail = (str(event.args.get(name)) for name in ("base", "kind", "detail"))
        if self._alerts.acknowledge((base, kind), detail, by=self._by, now_s=time.time()):
            await self._save()
        else:
            ui.notify("It has changed or ended meanwhile.", type="warning")
