"""The page of a room's past: a day or a week from the store, in the reader's zone."""

import asyncio
import time
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from nicegui import ui

from edge.campus.past import Past
from edge.page import days
from edge.page.markup import tag, text
from edge.page.shown import Shown
from edge.page.station import Station
from edge.page.stretches import stretches
from edge.page.views import top, trouble

SPANS = {"day": 1, "week": 7}
"""Days of each."""
STEP_MS = {"day": 60_000, "week": 600_000}
"""Time of one point of the curve."""
AGAIN_S = 60.0
"""Time between two looks into the store, while the page is open."""


class History:
    """One day or week of one room; it ends with the day in the address, or today."""

    def __init__(self, station: Station, shown: Shown, device: str, span: str, day: str) -> None:
        self._station, self._shown, self._device = station, shown, device
        self._span, self._asked = span if span in SPANS else "day", day
        with ui.element("div").classes("page"):
            top(device, (("../", "Rooms"), (f"../room/{device}", "Room")))
            trouble(station, shown)
            self._body = ui.html(tag("p", "Reading the store …", class_="note"), sanitize=False)
        shown.client.on_connect(self._follow)

    async def _follow(self) -> None:
        """Write the page in the reader's zone, and again while it is open."""
        await self._shown.zone_known.wait()
        while self._shown.client.has_socket_connection:
            await self.write(time.time())
            await asyncio.sleep(AGAIN_S)

    async def write(self, now_s: float) -> None:
        """Read the store and write the days; in a thread, for a week has ten thousand minutes."""
        archive, known = self._station.archive, self._station.fleet.cards.get(self._device)
        zone = self._shown.zone
        last = _day(self._asked, now_s, zone)
        first = last - timedelta(days=SPANS[self._span] - 1)
        span_ms = days.bounds_ms(first, zone)[0], min(days.bounds_ms(last, zone)[1], round(now_s * 1000))
        past = await archive.past(known.base, *span_ms) if archive and known else Past()
        if why := archive.trouble if archive else "there is none":
            body = tag("p", f"The store does not answer: {text(why)}", class_="trouble")
        else:
            body = await asyncio.to_thread(self._written, past, span_ms, (first, last))
        self._body.set_content(body)

    def _written(self, past: Past, span_ms: tuple[int, int], between: tuple[date, date]) -> str:
        zone, (first, last) = self._shown.zone, between
        found = stretches(past, *span_ms)
        each = [first + timedelta(days=k) for k in range((last - first).days + 1)]
        drawn = [days.one_day(found, day, zone, step_ms=STEP_MS[self._span]) for day in each]
        table = days.hours(found, last, zone, span_ms[1]) if self._span == "day" else ""
        return "".join(
            [
                self._links(last),
                tag("section", *drawn, days.legend(found), tag("p", _KEY, class_="note"), class_="card"),
                tag("section", table, class_="card scroll") if table else "",
            ]
        )

    def _links(self, last: date) -> str:
        """Return where to go from here: the other span, earlier, later."""
        step = timedelta(days=SPANS[self._span])
        places = (
            ("day", "day", last),
            ("week", "week", last),
            ("earlier", self._span, last - step),
            ("later", self._span, last + step),
        )
        links = (
            tag(
                "a",
                words,
                href=f"?{urlencode({'span': span, 'day': day.isoformat()})}",
                class_="chip",
                **({"aria_current": "page"} if words == self._span else {}),
            )
            for words, span, day in places
        )
        return tag("nav", *links, class_="chips", aria_label="Span")


_KEY = (
    "The curve is the index of the room as a whole; its middle line, .5, is what chance gives. The strip "
    "under it shows what held. Of fewer than three people at the workplace there is no index."
)


def _day(asked: str, now_s: float, zone: tzinfo | None) -> date:
    """Return the day in the address, or today where there is none that can be shown."""
    today = datetime.fromtimestamp(now_s, zone).date()
    try:
        found = date.fromisoformat(asked)
    except ValueError:
        return today
    return min(found, today) if found.year >= 2000 else today
