"""All devices as one table: what each is doing, the gravest first; the filter stands in the address."""

from collections.abc import Sequence
from datetime import tzinfo
from html import escape
from urllib.parse import quote, urlencode

from edge.page.fleet import AWAY, FILTERS, Card, Fleet
from edge.page.markup import badge, local, tag, text
from edge.plain import Json

COLUMNS = ("Room", "Doing", "Why", "People", "Version", "Clock", "°C", "Waiting", "Heard")
MARKS = {
    "offline": ("✖", "bad"),
    "stopped": ("✖", "bad"),
    "silent": ("✖", "bad"),
    "deaf": ("!", "bad"),
    "safe": ("!", "bad"),
    "degraded": ("!", "bad"),
    "hub_away": ("!", "bad"),
    "muted": ("■", "warn"),
    "unmeasurable": ("◌", "warn"),
    "nobody": ("○", "dim"),
    "measuring": ("●", "good"),
}
"""Mark and gravity of each condition."""


def filters(fleet: Fleet, shown: str, words: str) -> str:
    """Return the filters with their counts, and a field for words of the name."""
    counts = fleet.counts()
    links = [
        tag(
            "a",
            f"{name} ",
            tag("b", str(counts[name])),
            href=f"?{urlencode({'show': name} | ({'q': words} if words else {}))}",
            class_="chip",
            **({"aria_current": "page"} if name == shown else {}),
        )
        for name in reversed(FILTERS)
    ]
    return tag("nav", *links, class_="chips", aria_label="Filter")


def search(shown: str, words: str) -> str:
    """Return the field for words of a name; it works without a script."""
    field = f'<input name="q" id="q" type="search" value="{escape(words)}">'
    kept = f'<input name="show" type="hidden" value="{escape(shown)}">'
    label = tag("label", "Name", for_="q")
    return tag("form", label, field, kept, tag("button", "Search"), class_="search", role="search")


def table(fleet: Fleet, shown: str, words: str, zone: tzinfo | None) -> str:
    """Return the whole table."""
    heads = "".join(tag("th", name, scope="col") for name in COLUMNS)
    rows = "".join(row(fleet, card, zone) for card in fleet.shown(shown, words))
    caption = tag("caption", "Devices and what each is doing", class_="hidden")
    return tag("table", caption, tag("thead", tag("tr", heads)), tag("tbody", rows), class_="rooms")


def row(fleet: Fleet, card: Card, zone: tzinfo | None) -> str:
    """Return one device's row."""
    return tag("tr", *cells(fleet, card, zone), id=row_id(card))


def row_id(card: Card) -> str:
    """Return the name of a device's row in the page."""
    return f"row-{quote(card.base, safe='')}"


def cells(fleet: Fleet, card: Card, zone: tzinfo | None) -> Sequence[str]:
    """Return the cells of one device."""
    system, spool = card.health.get("sys") or {}, card.health.get("spool") or {}
    mark, grave = MARKS.get(card.condition, ("?", "dim"))
    old = badge("↑", card.software, "warn") if fleet.old(card) else text(card.software)
    temp_c, waiting = system.get("temp_c"), spool.get("rows")
    doing = badge(mark, card.condition.replace("_", " ") or "not heard", grave)
    name = tag("a", text(card.device), href=f"room/{quote(card.device)}")
    return (
        tag("th", name, scope="row"),
        tag("td", doing),
        tag("td", text(card.why), class_="why", title=card.why),
        tag("td", _people(card), class_="number"),
        tag("td", old),
        tag("td", text(_clock(card.health))),
        tag("td", "" if temp_c is None else f"{temp_c:.0f}", class_="number"),
        tag("td", text(waiting or ""), class_="number"),
        tag("td", local(card.heard, zone, "%d %b %H:%M"), class_="number"),
    )


def _people(card: Card) -> str:
    people = card.summary.get("people")
    return "" if card.muted or card.condition in AWAY or people is None else text(people)


def _clock(health: Json) -> str:
    return {"synced": "", "unsynced": "not synced"}.get(str(health.get("clock")), "")
