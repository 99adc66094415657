"""The page of all devices; what changed is sent as single rows, so that a thousand devices stay quick."""

import json

from nicegui import ui

from edge.page import attention, rooms
from edge.page.fleet import FILTERS, Card
from edge.page.markup import tag
from edge.page.shown import Shown, made
from edge.page.station import Station
from edge.page.views import top, trouble


class Table:
    """The devices under one filter (`FILTERS`) whose topic holds `words`."""

    def __init__(self, station: Station, shown: Shown, name: str, words: str) -> None:
        self._fleet, self._shown = station.fleet, shown
        self._name, self._words = name if name in FILTERS else "all", words
        self._here: set[str] = set()
        with ui.element("div").classes("page wide"):
            top("Rooms", (("alerts", "Alerts"),))
            trouble(station, shown)
            shown.part(lambda: attention.counts(station.watch.alerts), "note")
            shown.part(lambda: rooms.filters(self._fleet, self._name, self._words))
            ui.html(rooms.search(self._name, self._words), sanitize=False)
            with ui.element("section").classes("card scroll").props('tabindex=0 aria-label="Devices"'):
                self._table = ui.html("", sanitize=False)
        self.write()

    def write(self) -> None:
        """Write the whole table."""
        self._here = {card.device for card in self._fleet.shown(self._name, self._words)}
        self._table.set_content(
            made(lambda: rooms.table(self._fleet, self._name, self._words, self._shown.zone))
        )

    def update(self, changed: set[str]) -> None:
        """Bring the rows of these devices up to date."""
        cards = [self._fleet.cards[device] for device in changed if device in self._fleet.cards]
        wanted = [card for card in cards if self._fleet.belongs(card, self._name, self._words)]
        if {card.device for card in wanted} != self._here & changed:
            self.write()
        elif wanted:
            rows = json.dumps([self._row(card) for card in wanted])
            self._shown.client.run_javascript(f"mimicry.patch({rows})")

    def _row(self, card: Card) -> tuple[str, str]:
        cells = made(lambda: tag("tr", *rooms.cells(self._fleet, card, self._shown.zone)))
        return rooms.row_id(card), cells
