"""One room and the notice at its door, put together from their parts."""

import time
from collections.abc import Iterable

from nicegui import ui

from edge.page import curves, lags, plan, room
from edge.page.fleet import Card
from edge.page.markup import tag, text
from edge.page.muting import MuteButton
from edge.page.notice import notice
from edge.page.shown import Shown, button
from edge.page.station import Station
from edge.view import DeviceView

LIVE_S = 0.2
"""Time between two drawings of the curves."""
LIMITS = (
    "It times movements of faces. It does not say what anybody feels, wants or is.",
    "Following is not agreeing, and not following is nothing bad: people, cameras and seats differ.",
    "At chance means that nothing was found beyond what chance gives, not that there is nothing.",
    "Two people may move alike because of a third thing: a joke, a noise, another person.",
    "Evidence of 20 to 1 is reached by chance in at most one meeting of twenty.",
    "The numbers are no basis for comparing people, rooms or meetings.",
)
KEY = (
    'Smile <span class="smile">solid</span>, brow <span class="brow">dashed</span>; '
    "in spreads of the person's own resting level"
)


def room_page(station: Station, shown: Shown, device: str) -> None:
    """Build the page of one room; its live values are heard as long as it is open."""

    def view() -> DeviceView:
        return station.look(device)

    links = [("../", "Rooms"), (f"../notice/{device}", "Notice")]
    if station.archive:
        links.append((f"../history/{device}", "History"))
    with ui.element("div").classes("page"):
        top(device, links)
        trouble(station, shown)
        with ui.element("div").classes("grid"):
            with card("whole"):
                shown.part(lambda: room.head(view(), time.time()))
                MuteButton(station, shown, device)
            with card("whole plan"):
                shown.part(lambda: room.verdict(view()))
                shown.part(lambda: plan.plan(view()))
                limits()
            with card("tall", "Who follows whom"):
                shown.part(lambda: room.pairs(view()))
                shown.part(lambda: lags.profiles(view()))
            with card("", "Last minute"):
                ui.html(tag("p", KEY, class_="note key"), sanitize=False)
                shown.part(lambda: curves.curves(view()), every_s=LIVE_S)
            with card("", "Time not measurable"):
                shown.part(lambda: room.missing(view()))
            with card("", "What happened"):
                shown.part(lambda: room.happenings(view(), shown.zone))


def notice_page(station: Station, shown: Shown, device: str) -> None:
    """Build the notice of one room."""

    def now() -> str:
        known = station.fleet.cards.get(device, Card(device, "", silent=True))
        return notice(known, heard=not station.trouble, zone=shown.zone)

    with ui.element("div").classes("page wide"):
        ui.html(tag("h1", text(device)), sanitize=False).classes("top")
        shown.part(now, every_s=0.5)


def top(title: str, links: Iterable[tuple[str, str]]) -> None:
    """Show the head of a page: its title, and where else to go."""
    anchors = (tag("a", text(words), href=address) for address, words in links)
    ui.html(tag("h1", text(title)) + tag("nav", *anchors, aria_label="Pages"), sanitize=False).classes("top")


def trouble(station: Station, shown: Shown) -> None:
    """Show why nothing comes from the hub, while that is so."""

    def words() -> str:
        return (
            tag("p", f"No connection: {text(station.trouble)}", class_="trouble") if station.trouble else ""
        )

    shown.part(words, every_s=0.5).props("role=status")


def card(classes: str = "", title: str = "") -> ui.element:
    """Return a card, with a heading if it has a title."""
    found = ui.element("section").classes(f"card {classes}")
    if title:
        with found:
            ui.html(tag("h2", text(title)), sanitize=False)
    return found


def limits() -> None:
    """Offer what the numbers do not mean."""
    with ui.dialog() as dialog, ui.element("div").classes("q-card ask"):
        listed = tag("ul", *(tag("li", text(one)) for one in LIMITS))
        ui.html(tag("h2", "What this does not mean") + listed, sanitize=False)
        button("Close", dialog.close)
    dialog.props('aria-label="What this does not mean"')
    button("What this does not mean", dialog.open).classes("link")
