"""Keeps the alerts up to date with the fleet; while the hub is away nothing begins and nothing ends."""

import math
from typing import TYPE_CHECKING

from edge.page.alerts import Alerts, conditions, unknown
from edge.page.fleet import Card, Fleet

if TYPE_CHECKING:
    from edge.page.archive import Archive

LOOK_S = 5.0
"""Time between two looks at all devices."""
SETTLE_S = 10.0
"""How long the hub must be there: what it has kept comes in the first moments."""


class Watch:
    """The alerts of a fleet."""

    def __init__(self, fleet: Fleet, alerts: Alerts, archive: "Archive | None" = None) -> None:
        self._fleet, self._archive, self.alerts = fleet, archive, alerts
        self._heard_s = math.inf
        self._looked_s = -math.inf

    def look(self, now_s: float, *, heard: bool) -> None:
        """Let time pass; `heard` is whether what the devices send comes in."""
        self._heard_s = min(self._heard_s, now_s) if heard else math.inf
        if now_s - self._heard_s < SETTLE_S or 0.0 <= now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        for card in self._fleet.cards.values():
            self._update(card, now_s)
        self.alerts.forget({card.base for card in self._fleet.cards.values()})

    def _update(self, card: Card, now_s: float) -> None:
        archive = self._archive
        missing = archive.missing.get(card.base, "") if archive else ""
        found = conditions(card, old=self._fleet.old(card), missing=missing, now_s=now_s)
        skipped = unknown(card) | ({"gap"} if archive and archive.trouble else set())
        self.alerts.update(card.base, found, skipped)
