"""What needs somebody: conditions of devices that hold, since when, and who has taken note of which."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from edge.page.fleet import AWAY, Card

KINDS = {
    "offline": "Away",
    "deaf": "Hears no request: a mute would not reach it",
    "safe": "Safe mode",
    "degraded": "Degraded",
    "gap": "Results are missing",
    "muted": "Muted for more than a day",
    "clock": "Clock is not synchronised",
    "old": "Older version than others",
}
"""Conditions, the gravest first, and what is shown of each."""
MUTED_S = 86_400.0
"""How long a mute may last before somebody should look."""
Key = tuple[str, str]
"""Base topic and kind."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A condition of a device that holds now."""

    base: str
    """The device's base topic."""
    kind: str
    detail: str
    """What exactly; where that changes, nobody has taken note of it yet."""
    since_s: float
    """UTC; for what was not seen to begin, when it was first seen."""
    by: str = ""
    """Who has taken note; empty: nobody."""
    at_s: float = 0.0
    """When."""

    @property
    def device(self) -> str:
        """Last level of the base topic."""
        return self.base.rpartition("/")[2]


def conditions(card: Card, *, old: bool, missing: str, now_s: float) -> dict[str, tuple[str, float]]:
    """Return what holds of a device: by kind what exactly and since when, UTC."""
    mode = card.health.get("mode")
    mode = mode if mode in {"safe", "degraded"} else card.health.get("condition")
    muted_s = card.privacy.get("since_s") if card.muted else None
    muted_s = muted_s if isinstance(muted_s, int | float) else now_s
    why = str(card.health.get("why") or "")
    found = {
        "offline": (card.condition if card.condition in AWAY else "", card.spoke_s or now_s),
        "deaf": ("deaf" if card.availability == "deaf" else "", now_s),
        "safe": (why or "safe mode" if mode == "safe" else "", now_s),
        "degraded": (why or "degraded" if mode == "degraded" else "", now_s),
        "gap": (missing, now_s),
        "muted": (f"{muted_s:.0f}" if now_s - muted_s > MUTED_S else "", muted_s),
        "clock": ("not synchronised" if card.health.get("clock") == "unsynced" else "", now_s),
        "old": (card.software if old else "", now_s),
    }
    return {kind: held for kind, held in found.items() if held[0]}


def unknown(card: Card) -> set[str]:
    """Return of which kinds nothing is known of a device now: what held of them goes on holding."""
    if card.condition in AWAY:
        return {"deaf", "safe", "degraded", "muted", "clock", "old"}
    found = set() if card.health else {"safe", "degraded", "clock", "old"}
    return found if card.privacy else found | {"muted"}


class Alerts:
    """All that hold, by device and kind."""

    def __init__(self, kept: Iterable[Alert] = ()) -> None:
        self.rows: dict[Key, Alert] = {(one.base, one.kind): one for one in kept}
        self.revision = 0
        """Grows with every change."""

    def update(
        self, base: str, found: Mapping[str, tuple[str, float]], skipped: Collection[str] = ()
    ) -> None:
        """Take what holds of a device now; of the kinds in `skipped` nothing changes."""
        for kind in KINDS.keys() - set(skipped):
            before, held = self.rows.get((base, kind)), found.get(kind)
            if held is None and before is not None:
                self._put((base, kind), None)
            elif held is not None and (before is None or before.detail != held[0]):
                self._put((base, kind), Alert(base, kind, *held))

    def forget(self, bases: Collection[str]) -> None:
        """Drop what held of devices other than these."""
        for key in [key for key in self.rows if key[0] not in bases]:
            self._put(key, None)

    def acknowledge(self, key: Key, detail: str, *, by: str, now_s: float) -> bool:
        """Note who has seen it; False if it has ended or changed meanwhile."""
        known = self.rows.get(key)
        if known is None or known.detail != detail:
            return False
        if not known.by:
            self._put(key, replace(known, by=by, at_s=now_s))
        return True

    def shown(self) -> list[Alert]:
        """Return all, what nobody has seen first, then the gravest and oldest."""
        order = list(KINDS)
        return sorted(self.rows.values(), key=lambda x: (bool(x.by), order.index(x.kind), x.since_s, x.base))

    @property
    def waiting(self) -> int:
        """How many nobody has taken note of."""
        return sum(not one.by for one in self.rows.values())

    def _put(self, key: Key, alert: Alert | None) -> None:
        self.revision += 1
        if alert is None:
            del self.rows[key]
        else:
            self.rows[key] = alert
