"""The one thing that the page may ask of a device: to mute, or to lift a mute over the network."""

import time

from nicegui import ui

from edge.page.markup import tag, text
from edge.page.shown import Shown, button
from edge.page.station import Station

ANSWER_S = 10.0
"""How long a device has to follow a request before the page reports that it did not."""
UNFOLLOWED = "The device did not follow. Is it there? Does another source mute it?"
REFUSED = "The hub refused: {}. The user of this page may only look; its access list lacks privacy/set."
QUESTIONS = {
    True: (
        "Mute",
        "Mute this room?",
        "The device closes its camera and forgets what it measured. Its light goes out.",
    ),
    False: (
        "Lift the mute",
        "Lift the mute of this room?",
        "Only a mute that came over the network ends. One by the button stays until it is pressed again.",
    ),
}
"""By what is asked for (on: a mute): the word of the button, the question, what it means."""


class MuteButton:
    """The button that fits the state of the device, and the question before anything is sent."""

    def __init__(self, station: Station, shown: Shown, device: str) -> None:
        self._station, self._device, self._asked_on = station, device, True
        self._waiting, self._due_s = False, 0.0
        self._dialog = ui.dialog().props('aria-label="Confirm"')
        with self._dialog, ui.element("div").classes("q-card ask"):
            self._words = ui.html("", sanitize=False)
            with ui.element("div").classes("top"):
                button("Cancel", self._dialog.close).props("autofocus")
                self._yes = button("", self._send).classes("strong")
        self._button = button("", self._ask)
        shown.part(self._fit, every_s=0.5)

    @property
    def _muted(self) -> bool:
        known = self._station.fleet.cards.get(self._device)
        return known is not None and known.muted

    def _fit(self) -> str:
        """Offer what the device could follow; it has no words of its own beside the button."""
        self._look()
        known = self._station.fleet.cards.get(self._device)
        sources = (known.privacy.get("sources") or {}) if known else {}
        lifts = self._muted and bool(sources.get("remote"))
        self._button.set_text("Lift the mute …" if lifts else "Mute …")
        self._button.set_visibility(known is not None and (lifts or not self._muted))
        return ""

    def _ask(self) -> None:
        self._asked_on = not self._muted
        word, question, meaning = QUESTIONS[self._asked_on]
        self._words.set_content(tag("h2", text(question)) + tag("p", text(meaning)))
        self._yes.set_text(word)
        self._dialog.open()

    def _send(self) -> None:
        """Send what was asked about, whatever the state has become meanwhile."""
        self._dialog.close()
        if self._station.mute(self._device, on=self._asked_on):
            self._due_s, self._waiting = time.monotonic() + ANSWER_S, True
        else:
            ui.notify("Not sent: there is no connection to the hub.", type="negative")

    def _look(self) -> None:
        """Report what became of the request: refused by the hub, or not followed in time."""
        if self._waiting and self._muted == self._asked_on:
            self._waiting = False
        elif self._waiting and self._station.refused:
            self._waiting = False
            ui.notify(REFUSED.format(self._station.refused), type="negative", timeout=ANSWER_S * 1000)
        elif self._waiting and time.monotonic() > self._due_s:
            self._waiting = False
            ui.notify(UNFOLLOWED, type="negative")
