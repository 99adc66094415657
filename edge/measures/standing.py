"""What may be said while the looking goes on: verdicts from evidence, valid however often they are read."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from edge.arrays import Floats
from edge.evidence.bets import log_mean_exp
from edge.evidence.ebh import rejected
from edge.evidence.fading import GONE, Tally
from edge.evidence.spell import Spell
from edge.measures.aggregate import MIN_PEOPLE
from edge.measures.bets.table import SIGNED
from edge.measures.findings import Subject
from edge.measures.ledger import Account, Key, Ledger
from edge.records import State

Side = Literal["above", "below"]
SIDES: tuple[Side, Side] = ("above", "below")
ENTER_NOW = 150.0  # times the number of subjects: one false episode of a pair in more than eight hours (ours)
OF_ROOMS = 2.0  # times that for rooms: without it the index was above by chance in one hour of 19 (ours)
PAIRS = {"response_timeliness": 0.25, "expression_synchrony": 0.25}
"""Share of the level of pairs and persons of measures that carry the verdict; the others have the rest."""
ROOMS = {"mimicry_index": 0.5}
"""The same for rooms."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be said of one measure and subject at any time."""

    evidence: float | None = None
    """Since the start, bans (log10)."""
    span_ns: tuple[int, int] | None = None
    """From when to when what is under way was seen; None while nothing is."""
    state: State | None = None
    """The verdict that follows, where it follows from evidence."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where one measure of one subject stands on one side."""

    log_e: float
    log_now: float
    since_ns: int
    end_ns: int
    tally: Tally | None = None


class Standings:
    """Evidence and what is under way, of every measure and subject, the room's and persons' included.

    Rooms are judged among themselves, and so is everybody else; each of the two families holds its level
    (e-BH, weighted: the room's index has half of it, timeliness and synchrony of pairs a quarter each).
    Something is under way (`above`, `below`) once the detector of now exceeds what a room sees by chance once
    in more than eight hours, or once the evidence since the start is beyond the level and the newest looks
    point the same way; it ends as `Spell` describes.
    """

    def __init__(self, alpha: float, enter_now: float = ENTER_NOW, gone: float = GONE) -> None:
        self._alpha = alpha
        self._enter_now = enter_now
        self._gone = gone
        self._version = 0
        self.evidence: dict[Key, float] = {}
        """Evidence since the start, bans (log10), by measure and subject."""
        self._spells: dict[tuple[Key, Side], Spell] = {}

    def update(self, ledger: Ledger) -> None:
        """Take the ledger after a hop."""
        if ledger.version == self._version:
            return
        self._version = ledger.version
        sides = self.collect(ledger)
        self._spells = {
            (key, side): self._spells.get((key, side), Spell(self._gone))
            for side in SIDES
            for key in sides[side]
        }
        for side in SIDES:
            for rooms, shares, level in ((True, ROOMS, OF_ROOMS), (False, PAIRS, 1.0)):
                family = {key: one for key, one in sides[side].items() if (key[1] == ()) is rooms}
                self._judge(family, side, shares, level * self._enter_now)

    def collect(self, ledger: Ledger) -> dict[Side, dict[Key, _Stand]]:
        """Take the evidence of the ledger, and return where everything stands; nothing gets under way."""
        sides = {side: _stands(ledger, side) for side in SIDES}
        self.evidence = {
            key: _evidence(key, stand, sides["below"].get(key)) for key, stand in sides["above"].items()
        }
        return sides

    def _judge(
        self, family: dict[Key, _Stand], side: Side, shares: Mapping[str, float], enter_now: float
    ) -> None:
        """Correct over one family, its measures weighed by their share, and lead every spell on."""
        weight = np.log(weights([name for name, _ in family], shares))
        log_e = np.array([stand.log_e for stand in family.values()])
        enter = math.log(enter_now * max(1, len(family))) - weight
        beyond = rejected(log_e + weight, self._alpha)
        for (key, stand), proven, usual in zip(family.items(), beyond, enter, strict=True):
            level = min(float(usual), -math.log(self._alpha)) if proven else float(usual)
            self._spells[key, side].update(stand.log_now, stand.since_ns, stand.end_ns, level, stand.tally)

    def live(self, key: Key) -> Standing:
        """Return where a measure of a subject stands."""
        state, span_ns = self.under_way(key)
        return Standing(self.evidence.get(key), span_ns, state)

    def noted(self, key: Key) -> Standing:
        """Return where it stands, without a word on its state."""
        return Standing(self.evidence.get(key), self.under_way(key)[1])

    def under_way(self, key: Key) -> tuple[State, tuple[int, int] | None]:
        """Return what is under way, and from when to when it was seen; else chance."""
        for side in SIDES:
            spell = self._spells.get((key, side))
            if spell is not None and spell.span_ns is not None:
                return side, spell.span_ns
        return "at_chance", None


def weights(names: Sequence[str], shares: Mapping[str, float]) -> Floats:
    """Weight of every member of a family by its measure, 1 on average, [m].

    A measure with a share has that share of the level, split equally over its members; all other members
    split the rest. e-BH with weights fixed beforehand holds its level (Wang & Ramdas 2022).
    """
    counts = Counter(name if name in shares else "" for name in names)
    rest = 1.0 - sum(shares.values())
    share = {name: shares.get(name, rest) for name in counts}
    total = sum(share.values())
    kinds = [name if name in shares else "" for name in names]
    return np.array([len(names) * share[kind] / total / counts[kind] for kind in kinds])


def _evidence(key: Key, above: _Stand, below: _Stand | None) -> float:
    """Evidence since the start, bans (log10); of a signed measure that for either direction."""
    log_e = above.log_e
    if key[0] in SIGNED and below is not None:
        log_e = log_mean_exp([above.log_e, below.log_e])
    return log_e / math.log(10)


def _stands(ledger: Ledger, side: Side) -> dict[Key, _Stand]:
    """Stand of every account, and of rooms and persons the mean of their pairs' e-values."""
    stands: dict[Key, _Stand] = {}
    groups: dict[Key, list[_Stand]] = defaultdict(list)
    several = len({person for _, subject in ledger.accounts for person in subject}) >= MIN_PEOPLE
    for (name, subject), account in ledger.accounts.items():
        stands[name, subject] = _stand(account, side)
        pooled = [_stand(account, one) for one in _sides(name, side)] if several else []
        for group in _groups(name, subject):
            groups[name, group] += pooled
    return stands | {key: _mean(group) for key, group in groups.items() if group}


def _groups(name: str, subject: Subject) -> list[Subject]:
    """Return the room and the person that a pair counts for."""
    if not subject:
        return []
    return [(), subject[:1]] if name == "response_pull" else [()]


def _sides(name: str, side: Side) -> tuple[Side, ...]:
    """Return the sides of pairs that make the room's: pairs are numbered at will, so a sign means nothing."""
    if name not in SIGNED:
        return (side,)
    return SIDES if side == "above" else ()


def _stand(account: Account, side: Side) -> _Stand:
    if side == "below":
        wealth, tally = account.below, None
    else:
        wealth, tally = account.above, account.tally
    return _Stand(wealth.log_e, wealth.log_now, wealth.since_ns, account.end_ns, tally)


def _mean(group: list[_Stand]) -> _Stand:
    """Mean of e-values, an e-value under any dependence; it began where the largest one did."""
    largest = max(group, key=lambda stand: stand.log_now)
    return _Stand(
        log_mean_exp([one.log_e for one in group]),
        log_mean_exp([one.log_now for one in group]),
        largest.since_ns,
        max(one.end_ns for one in group),
    )
