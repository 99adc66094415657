"""Which devices a table shows and in which order, as it stands in the address."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from edge.page.fleet import AWAY, FILTERS, GRAVITY, Card, Fleet, numbers

Place = tuple[str, tuple[float, ...]]
"""Where a device stands in an order: by text, or by numbers."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter, words of the name, a column to sort by."""

    show: str = "all"
    q: str = ""
    sort: str = ""
    """A name in `KEYS`; empty: the gravest first."""
    down: str = ""
    """`1`: the largest first."""

    def address(self, **changes: str) -> str:
        """Return the address of this choice with changes; what is usual is left out."""
        chosen, usual = asdict(replace(self, **changes)), asdict(Choice())
        return "?" + urlencode({name: value for name, value in chosen.items() if value != usual[name]})

    def cards(self, fleet: Fleet) -> list[Card]:
        """Return these devices in this order; those of which nothing is known in the column come last."""
        cards, key = fleet.shown(self.show, self.q), KEYS.get(self.sort)
        if key is None:
            return cards
        places = [(place, card) for card in cards if (place := key(card)) is not None]
        known = [card for _, card in sorted(places, key=lambda one: one[0], reverse=bool(self.down))]
        return known + [card for card in cards if key(card) is None]


def choice(show: str, q: str, sort: str, down: str) -> Choice:
    """Return what an address asks for; what it cannot ask for is as usual."""
    return Choice(show if show in FILTERS else "all", q[:200], sort if sort in KEYS else "", "1" * bool(down))


def people(card: Card) -> object:
    """Return how many people the newest summary counted; None where that is over."""
    return None if card.muted or card.condition in AWAY else card.summary.get("people")


def _text(words: str) -> Place | None:
    return (words.lower(), ()) if words else None


def _number(value: object) -> Place | None:
    return ("", (float(value),)) if isinstance(value, int | float) else None


def _version(card: Card) -> Place | None:
    found = numbers(card.software)
    return ("", found) if found else None


def _gravity(card: Card) -> Place | None:
    return _number(GRAVITY.index(card.condition) if card.condition in GRAVITY else None)


def _part(card: Card, name: str, key: str) -> object:
    part = card.health.get(name)
    return part.get(key) if isinstance(part, dict) else None


KEYS: dict[str, Callable[[Card], Place | None]] = {
    "room": lambda card: _text(card.base),
    "doing": _gravity,
    "why": lambda card: _text(card.why),
    "people": lambda card: _number(people(card)),
    "version": _version,
    "clock": lambda card: _number({"unsynced": 0, "synced": 1}.get(str(card.health.get("clock")))),
    "temperature": lambda card: _number(_part(card, "sys", "temp_c")),
    "waiting": lambda card: _number(_part(card, "spool", "rows")),
    "heard": lambda card: _text(card.heard),
}
"""Where a device stands by each column; None: nothing is known."""
