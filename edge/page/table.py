"""The page of all devices; what changed is sent as single rows, so that a thousand devices stay quick."""

import json

from nicegui import ui

from edge.page import attention, rooms
from edge.page.choice import Choice
from edge.page.fleet import Card
from edge.page.markup import tag
from edge.page.shown import Shown, made
from edge.page.station import Station
from edge.page.views import top, trouble

ORDER_S = 5.0
"""Time between two looks whether the rows still stand in their order."""


class Table:
    """The devices that somebody chose, in the order of the choice."""

    def __init__(self, station: Station, shown: Shown, chosen: Choice) -> None:
        self._fleet, self._shown, self._chosen = station.fleet, shown, chosen
        self._order: list[str] = []
        self._ordered_s = 0.0
        with ui.element("div").classes("page wide"):
            top("Rooms", (("alerts", "Alerts"),))
            trouble(station, shown)
            shown.part(lambda: attention.counts(station.watch.alerts), "note")
            shown.part(lambda: rooms.filters(self._fleet, chosen))
            ui.html(rooms.search(chosen), sanitize=False)
            with ui.element("section").classes("card scroll").props('tabindex=0 aria-label="Devices"'):
                self._table = ui.html("", sanitize=False)
        self.write()

    def write(self) -> None:
        """Write the whole table."""
        self._order = self._devices()
        self._table.set_content(made(lambda: rooms.table(self._fleet, self._chosen, self._shown.zone)))

    def update(self, changed: set[str], now_s: float) -> None:
        """Bring the rows of these devices up to date, and their order from time to time."""
        cards = [self._fleet.cards[device] for device in changed if device in self._fleet.cards]
        wanted = [card for card in cards if self._fleet.belongs(card, self._chosen.show, self._chosen.q)]
        if {card.device for card in wanted} != changed.intersection(self._order):
            self.write()
        elif wanted:
            rows = json.dumps([self._row(card) for card in wanted])
            self._shown.client.run_javascript(f"mimicry.patch({rows})")
        if not 0.0 <= now_s - self._ordered_s < ORDER_S:
            self._ordered_s = now_s
            self._reorder()

    def _reorder(self) -> None:
        """Move the rows that stand elsewhere now; each keeps its cells and the focus."""
        order = self._devices()
        if order != self._order:
            self._order = order
            rows = [rooms.row_id(self._fleet.cards[device]) for device in order]
            self._shown.client.run_javascript(f"mimicry.order({json.dumps(rows)})")

    def _devices(self) -> list[str]:
        return [card.device for card in self._chosen.cards(self._fleet)]

    def _row(self, card: Card) -> tuple[str, str]:
        cells = made(lambda: tag("tr", *rooms.cells(self._fleet, card, self._shown.zone)))
        return rooms.row_id(card), cells
