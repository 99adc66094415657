"""What may be said while the looking goes on: verdicts from evidence, valid however often they are read."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from edge.evidence.bets import log_mean_exp
from edge.evidence.ebh import rejected
from edge.evidence.spell import Spell
from edge.evidence.wealth import Wealth
from edge.measures.aggregate import MIN_PEOPLE
from edge.measures.bets.table import SIGNED
from edge.measures.ledger import Key, Ledger
from edge.records import Measure, State

Side = Literal["above", "below"]
SIDES: tuple[Side, Side] = ("above", "below")
ENTER_NOW = 50.0  # times the number of subjects: at most one false episode a room in eight hours (measured)


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where one measure of one subject stands on one side."""

    log_e: float
    log_now: float
    since_ns: int
    end_ns: int


class Standings:
    """Evidence and what is under way, of every measure and subject, the room's and persons' included.

    Rooms are judged among themselves, and so is everybody else; each of the two families holds its level
    (e-BH). Something is under way (`above`, `below`) once the detector of now exceeds what a room sees by
    chance once in eight hours, or once the evidence since the start is beyond the level and the newest looks
    point the same way; it ends as `Spell` describes.
    """

    def __init__(self, alpha: float) -> None:
        self._alpha = alpha
        self._version = 0
        self.evidence: dict[Key, float] = {}
        """Evidence since the start, bans (log10), by measure and subject."""
        self._spells: dict[tuple[Key, Side], Spell] = {}

    def update(self, ledger: Ledger) -> None:
        """Take the ledger after a hop."""
        if ledger.version == self._version:
            return
        self._version = ledger.version
        sides = {side: _stands(ledger, side) for side in SIDES}
        self.evidence = {key: _evidence(key, *(sides[side][key] for side in SIDES)) for key in sides["above"]}
        self._spells = {
            (key, side): self._spells.get((key, side), Spell()) for side in SIDES for key in sides[side]
        }
        for side in SIDES:
            for rooms in (True, False):
                family = {key: one for key, one in sides[side].items() if (key[1] == ()) is rooms}
                self._judge(family, side)

    def _judge(self, family: dict[Key, _Stand], side: Side) -> None:
        """Correct over one family and lead every spell on."""
        beyond = rejected(np.array([stand.log_e for stand in family.values()]), self._alpha)
        enter = math.log(ENTER_NOW * max(1, len(family)))
        for (key, stand), proven in zip(family.items(), beyond, strict=True):
            level = min(enter, -math.log(self._alpha)) if proven else enter
            self._spells[key, side].update(stand.log_now, stand.since_ns, stand.end_ns, level)

    def judged(self, measures: Iterable[Measure]) -> list[Measure]:
        """Return the measures with their evidence and the state that follows from it."""
        return [self._judged(measure) for measure in self.noted(measures)]

    def noted(self, measures: Iterable[Measure]) -> list[Measure]:
        """Return the measures with their evidence; their states stay."""
        return [
            replace(measure, evidence=self.evidence.get((measure.name, measure.subject)))
            for measure in measures
        ]

    def _judged(self, measure: Measure) -> Measure:
        """Read the state from what is under way, where the measure is measurable and tested at all."""
        if measure.state == "insufficient" or measure.null is None:
            return measure
        state, span_ns = self.under_way((measure.name, measure.subject))
        return replace(measure, state=state, span_ns=span_ns)

    def under_way(self, key: Key) -> tuple[State, tuple[int, int] | None]:
        """Return what is under way, and from when to when it was seen; else chance."""
        for side in SIDES:
            spell = self._spells.get((key, side))
            if spell is not None and spell.span_ns is not None:
                return side, spell.span_ns
        return "at_chance", None


def _evidence(key: Key, above: _Stand, below: _Stand) -> float:
    """Evidence since the start, bans (log10); of a signed measure that for either direction."""
    log_e = log_mean_exp(np.array([above.log_e, below.log_e])) if key[0] in SIGNED else above.log_e
    return log_e / math.log(10)


def _stands(ledger: Ledger, side: Side) -> dict[Key, _Stand]:
    """Stand of every account, and of rooms and persons the mean of their pairs' e-values."""
    stands: dict[Key, _Stand] = {}
    groups: dict[Key, list[_Stand]] = defaultdict(list)
    several = len({person for _, subject in ledger.accounts for person in subject}) >= MIN_PEOPLE
    for (name, subject), account in ledger.accounts.items():
        wealth: Wealth = getattr(account, side)
        stand = _Stand(wealth.log_e, wealth.log_now, wealth.since_ns, account.end_ns)
        stands[name, subject] = stand
        if subject and several:
            groups[name, ()].append(stand)
        if name == "response_pull":
            groups[name, subject[:1]].append(stand)
    return stands | {key: _mean(group) for key, group in groups.items()}


def _mean(group: list[_Stand]) -> _Stand:
    """Mean of e-values, an e-value under any dependence; it began where the largest one did."""
    largest = max(group, key=lambda stand: stand.log_now)
    return _Stand(
        log_mean_exp(np.array([stand.log_e for stand in group])),
        log_mean_exp(np.array([stand.log_now for stand in group])),
        largest.since_ns,
        max(stand.end_ns for stand in group),
    )
