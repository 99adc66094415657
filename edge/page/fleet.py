"""What is known of every device of a hub: the last word on each subject, and what it comes to."""

from dataclasses import dataclass, field

from edge.hub import Item
from edge.plain import Json

KINDS = ("availability", "privacy", "health", "summary")
"""What is read of every device; live values are read of the rooms that somebody looks at."""
FILTERS = ("offline", "muted", "deaf", "safe", "degraded", "old", "all")
GRAVE = {"offline", "stopped", "deaf", "safe", "degraded"}
_GONE = {"offline", "stopped", "deaf"}


@dataclass(slots=True)
class Card:
    """One device."""

    device: str
    base: str
    """Its base topic."""
    availability: str = ""
    privacy: Json = field(default_factory=dict)
    health: Json = field(default_factory=dict)
    summary: Json = field(default_factory=dict)
    heard: str = ""
    """When it last sent something of its own, UTC as published; empty: unknown."""
    fresh_s: float | None = None
    """When something came that the hub had not kept from before, on the clock of the caller."""

    def update(self, item: Item, now_s: float) -> None:
        """Take one message."""
        if not item.retained:
            self.fresh_s = now_s
        if item.kind == "availability":
            self.availability = str(item.body.get("state", ""))
        elif item.kind in KINDS:
            setattr(self, item.kind, item.body)
            self.heard = max(self.heard, str(item.body.get("time") or ""))

    @property
    def muted(self) -> bool:
        """Whether the device reports that it is muted."""
        return self.privacy.get("state") == "ON"

    @property
    def condition(self) -> str:
        """What the device is doing, in one word: the gravest that holds; empty before the first report."""
        if self.availability in {"offline", "stopped"}:
            return self.availability
        if self.muted:
            return "muted"
        return "deaf" if self.availability == "deaf" else str(self.health.get("condition") or "")

    @property
    def why(self) -> str:
        """The reason that the device gives."""
        if self.availability in _GONE or self.muted:
            return ""
        return str(self.health.get("why") or "")

    @property
    def software(self) -> str:
        """Version of the package on the device."""
        return str(self.health.get("software") or "")


class Fleet:
    """All devices, by name. `revision` grows with each message taken."""

    def __init__(self) -> None:
        self.cards: dict[str, Card] = {}
        self.revision = 0
        self._versions: set[str] = set()

    def update(self, item: Item, now_s: float) -> Card:
        """Take one message; return the device it is about."""
        card = self.cards.setdefault(item.device, Card(item.device, item.base))
        card.update(item, now_s)
        self._versions.add(card.software)
        self.revision += 1
        return card

    @property
    def newest(self) -> str:
        """The newest version of the package that any device runs."""
        return max(self._versions, key=_version, default="")

    def old(self, card: Card) -> bool:
        """Whether the device runs an older version than another one does."""
        return bool(card.software) and _version(card.software) < _version(self.newest)

    def holds(self, card: Card, name: str) -> bool:
        """Whether a device belongs under a filter (one of `FILTERS`)."""
        if name == "old":
            return self.old(card)
        words = {"offline", "stopped"} if name == "offline" else {name}
        return name == "all" or card.condition in words

    def belongs(self, card: Card, name: str, words: str) -> bool:
        """Whether a device belongs under a filter and its topic holds all the words."""
        return self.holds(card, name) and all(word in card.base.lower() for word in words.lower().split())

    def shown(self, name: str, words: str) -> list[Card]:
        """Return these devices, the gravest first."""
        found = [card for card in self.cards.values() if self.belongs(card, name, words)]
        return sorted(found, key=lambda card: (card.condition not in GRAVE, card.base))

    def counts(self) -> dict[str, int]:
        """Return the number of devices under each filter."""
        return {name: sum(self.holds(card, name) for card in self.cards.values()) for name in FILTERS}


def _version(text: str) -> tuple[int, ...]:
    """Return the numbers of a version, for comparing."""
    digits = "".join(one if one.isdigit() else " " for one in text)
    return tuple(int(number[:9]) for number in digits.split())
