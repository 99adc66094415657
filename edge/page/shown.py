"""One open page in one browser: its parts, each written again only when its HTML is another one."""

import asyncio
import logging
from collections.abc import Callable
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nicegui import Client, ui

from edge.view.safe import UNREADABLE

_log = logging.getLogger(__name__)

ZONE = "Intl.DateTimeFormat().resolvedOptions().timeZone"
ZONE_S = 20.0  # longest wait for the answer of a browser


class Shown:
    """Parts of a page and how they are made; `part` inside of an element adds one there."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.zone: tzinfo | None = None
        """The reader's zone; None: not known yet, times are the server's."""
        self.zone_known = asyncio.Event()
        """Set once the browser was asked, whatever it answered."""
        self._parts: list[tuple[ui.html, Callable[[], str], float]] = []
        self._due_s: dict[int, float] = {}

    def part(self, make: Callable[[], str], classes: str = "", *, every_s: float = 1.0) -> ui.html:
        """Add a part that `make` writes, at most once in `every_s`."""
        element = ui.html(made(make), sanitize=False).classes(classes)
        self._parts.append((element, make, every_s))
        return element

    def refresh(self, now_s: float) -> None:
        """Write the parts that are due."""
        for number, (element, make, every_s) in enumerate(self._parts):
            if now_s >= self._due_s.get(number, 0.0):
                self._due_s[number] = now_s + every_s
                element.set_content(made(make))

    async def learn_zone(self) -> None:
        """Ask the browser for its time zone."""
        try:
            self.zone = ZoneInfo(str(await self.client.run_javascript(ZONE, timeout=ZONE_S)))
        except (TimeoutError, ZoneInfoNotFoundError, ValueError):
            return
        finally:
            self.zone_known.set()
        self._due_s.clear()


def button(words: str, act: Callable[[], object]) -> ui.button:
    """Return a button in the colours of the page."""
    return ui.button(words, on_click=act).props("no-caps outline color=none").classes("action")


def made(make: Callable[[], str]) -> str:
    """Return what `make` writes, or a line about a payload that cannot be shown."""
    try:
        return make()
    except UNREADABLE as error:
        _log.info("expected payloads of the contract, got %r", error)
        return '<p class="note">The device published something that this page cannot read.</p>'
