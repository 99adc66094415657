"""All devices as one table: what each is doing, the gravest first; the filter stands in the address."""

from collections.abc import Sequence
from datetime import tzinfo
from html import escape
from urllib.parse import quote

from edge.page.choice import KEYS, Choice, people
from edge.page.fleet import FILTERS, Card, Fleet
from edge.page.markup import badge, local, tag, text
from edge.plain import Json

COLUMNS = ("Room", "Doing", "Why", "People", "Version", "Clock", "°C", "Waiting", "Heard")
"""In the order of `edge.page.choice.KEYS`, by which they can be sorted."""
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


def filters(fleet: Fleet, chosen: Choice) -> str:
    """Return the filters with their counts."""
    counts = fleet.counts()
    links = [
        tag(
            "a",
            f"{name} ",
            tag("b", str(counts[name])),
            href=chosen.address(show=name),
            class_="chip",
            **({"aria_current": "page"} if name == chosen.show else {}),
        )
        for name in reversed(FILTERS)
    ]
    return tag("nav", *links, class_="chips", aria_label="Filter")


def search(chosen: Choice) -> str:
    """Return the field for words of a name; it works without a script."""
    field = f'<input name="q" id="q" type="search" value="{escape(chosen.q)}">'
    kept = (
        f'<input name="{name}" type="hidden" value="{escape(value)}">'
        for name, value in (("show", chosen.show), ("sort", chosen.sort), ("down", chosen.down))
        if value
    )
    label = tag("label", "Name", for_="q")
    return tag("form", label, field, *kept, tag("button", "Search"), class_="search", role="search")


def table(fleet: Fleet, chosen: Choice, zone: tzinfo | None) -> str:
    """Return the whole table; a column's name sorts by it, and again the other way."""
    heads = "".join(_head(*column, chosen) for column in zip(COLUMNS, KEYS, strict=True))
    rows = "".join(row(fleet, card, zone) for card in chosen.cards(fleet))
    caption = tag("caption", "Devices and what each is doing", class_="hidden")
    return tag("table", caption, tag("thead", tag("tr", heads)), tag("tbody", rows), class_="rooms")


def _head(words: str, key: str, chosen: Choice) -> str:
    here, down = key == chosen.sort, bool(chosen.down)
    link = tag("a", text(words), href=chosen.address(sort=key, down="1" if here and not down else ""))
    mark = tag("span", " ▼" if down else " ▲", aria_hidden="true") if here else ""
    sort = {"aria_sort": "descending" if down else "ascending"} if here else {}
    return tag("th", link, mark, scope="col", **sort)


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
    temp_c, waiting, count = system.get("temp_c"), spool.get("rows"), people(card)
    doing = badge(mark, card.condition.replace("_", " ") or "not heard", grave)
    name = tag("a", text(card.device), href=f"room/{quote(card.device)}")
    return (
        tag("th", name, scope="row"),
        tag("td", doing),
        tag("td", text(card.why), class_="why", title=card.why),
        tag("td", "" if count is None else text(count), class_="number"),
        tag("td", old),
        tag("td", text(_clock(card.health))),
        tag("td", "" if temp_c is None else f"{temp_c:.0f}", class_="number"),
        tag("td", text(waiting or ""), class_="number"),
        tag("td", local(card.heard, zone, "%d %b %H:%M"), class_="number"),
    )


def _clock(health: Json) -> str:
    return {"synced": "", "unsynced": "not synced"}.get(str(health.get("clock")), "")
