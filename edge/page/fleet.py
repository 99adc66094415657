"""What is known of every device of a hub: the last word on each subject, and what it comes to."""

from dataclasses import dataclass, field

from edge.hub import Item
from edge.moment import moment
from edge.plain import Json

KINDS = ("availability", "privacy", "health", "summary")
"""What is read of every device; live values are read of the rooms that somebody looks at."""
FILTERS = ("offline", "muted", "deaf", "safe", "degraded", "old", "all")
GRAVEST = ("offline", "stopped", "silent", "deaf", "safe", "degraded")
AWAY = {"offline", "stopped", "silent"}
"""Conditions of a device of which only the past is known."""
GRAVITY = (*GRAVEST, "hub_away", "unmeasurable", "muted", "nobody", "measuring")
"""Every condition, the gravest first."""
_UNEXPLAINED = AWAY | {"muted", "deaf"}
SILENT_S = 100.0
"""A device that is there sends its health every 30 s; three are missing."""


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
    spoke_s: float = 0.0
    """When it was last known to be there, UTC: something came just now, or was sent then."""
    silent: bool = False
    """Whether that is too long ago to take its last words for the present."""
    told: bool = False
    """Whether the hub itself has reported its availability."""

    def newer(self, item: Item) -> bool:
        """Whether a message from the store is newer than what is known."""
        if item.kind == "availability":
            return not self.told and item.body != {"state": self.availability}
        known = getattr(self, item.kind).get("time")
        return str(item.body.get("time") or "") > str(known or "")

    def update(self, item: Item, now_s: float) -> None:
        """Take one message."""
        self.spoke_s = max(self.spoke_s, _sent_s(item.body) if item.retained else now_s)
        if item.kind == "availability":
            self.availability = str(item.body.get("state", ""))
        elif item.kind in KINDS:
            setattr(self, item.kind, item.body)
            self.heard = max(self.heard, str(item.body.get("time") or ""))
        self.age(now_s)

    def age(self, now_s: float) -> bool:
        """Let time pass; return whether the device has become silent, or is no longer."""
        before, self.silent = self.silent, not now_s - self.spoke_s < SILENT_S
        return before != self.silent

    @property
    def muted(self) -> bool:
        """Whether the device reports that it is muted."""
        return self.privacy.get("state") == "ON"

    @property
    def condition(self) -> str:
        """What the device is doing, in one word: the gravest that holds; empty before the first report."""
        if self.availability in {"offline", "stopped"}:
            return self.availability
        if self.silent:
            return "silent"
        if self.muted:
            return "muted"
        return "deaf" if self.availability == "deaf" else str(self.health.get("condition") or "")

    @property
    def why(self) -> str:
        """The reason that the device gives."""
        if self.condition in _UNEXPLAINED:
            return ""
        return str(self.health.get("why") or "")

    @property
    def software(self) -> str:
        """Version of the package on the device."""
        return str(self.health.get("software") or "")


class Fleet:
    """All devices, by name."""

    def __init__(self) -> None:
        self.cards: dict[str, Card] = {}
        self.newest = ""
        """The newest version of the package that was heard of."""

    def update(self, item: Item, now_s: float) -> Card:
        """Take one message; return the device it is about."""
        card = self._update(item, now_s)
        if item.kind == "availability":
            card.told = True
            if not card.availability:  # the hub was made to forget it
                del self.cards[item.device]
        return card

    def recall(self, item: Item, now_s: float) -> set[str]:
        """Take a message that a store has kept, if it is news; return the devices that it changed."""
        card = self.cards.get(item.device)
        if card is not None and not card.newer(item):
            return set()
        return {self._update(item, now_s).device}

    def _update(self, item: Item, now_s: float) -> Card:
        card = self.cards.setdefault(item.device, Card(item.device, item.base))
        card.update(item, now_s)
        self.newest = max(self.newest, card.software, key=numbers)
        return card

    def old(self, card: Card) -> bool:
        """Whether the device runs an older version than another one does."""
        return bool(card.software) and numbers(card.software) < numbers(self.newest)

    def holds(self, card: Card, name: str) -> bool:
        """Whether a device belongs under a filter (one of `FILTERS`)."""
        if name == "old":
            return self.old(card)
        words = {"offline", "stopped", "silent"} if name == "offline" else {name}
        return name == "all" or card.condition in words

    def age(self, now_s: float) -> set[str]:
        """Let time pass; return the names of the devices that have become silent, or are no longer."""
        return {name for name, card in self.cards.items() if card.age(now_s)}

    def belongs(self, card: Card, name: str, words: str) -> bool:
        """Whether a device belongs under a filter and its topic holds all the words."""
        return self.holds(card, name) and all(word in card.base.lower() for word in words.lower().split())

    def shown(self, name: str, words: str) -> list[Card]:
        """Return these devices, the gravest first."""
        found = [card for card in self.cards.values() if self.belongs(card, name, words)]
        return sorted(found, key=lambda card: (card.condition not in GRAVEST, card.base))

    def counts(self) -> dict[str, int]:
        """Return the number of devices under each filter."""
        return {name: sum(self.holds(card, name) for card in self.cards.values()) for name in FILTERS}


def _sent_s(body: Json) -> float:
    """Return when a payload was sent, UTC; 0: unknown."""
    try:
        return moment(str(body.get("time"))).timestamp()
    except ValueError:
        return 0.0


def numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of a version, in order."""
    digits = "".join(one if one.isdigit() else " " for one in text)
    return tuple(int(number[:9]) for number in digits.split())
