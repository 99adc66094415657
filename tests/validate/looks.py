"""Verdicts from evidence on simulated meetings, looked at every ten seconds: what came, when, about whom."""

from dataclasses import dataclass

import numpy as np

from edge.config.sections import MimicrySection
from edge.measures import TABLE
from edge.measures.context import Context
from edge.measures.ledger import Ledger
from edge.measures.onsets import Onsets
from edge.measures.peaks import Peaks
from edge.measures.roles import resolve
from edge.measures.standing import Standings
from edge.records import Tick
from tests.validate.drive import event
from tests.validate.meetings import CHANNELS

GRID = MimicrySection()
EVERY = frozenset(definition.name for definition in TABLE)
LOOK_S = 10
ALPHA = 0.05


@dataclass(frozen=True)
class Spell:
    """One verdict: about what and whom, noticed and left when, from when to when by its own account, s."""

    name: str
    subject: tuple
    state: str
    noticed_s: float
    left_s: float
    start_s: float
    end_s: float


class Watcher:
    """Somebody who reads the standings at every look and keeps what they were."""

    def __init__(self, standings):
        self._standings = standings
        self._under_way = {}
        self._over = []
        self.evidence = {}
        """Evidence at every look, {(name, subject): [(second, bans)]}."""

    def look(self, second, ledger):
        """Read the standings once."""
        self._standings.update(ledger)
        for key, bans in self._standings.evidence.items():
            self.evidence.setdefault(key, []).append((second, bans))
            now = self._standings.under_way(key)
            before = self._under_way.pop(key, None)
            if before is not None and before[0] != now[0]:
                self._over.append(Spell(*key, before[0], before[1], second, *before[2]))
                before = None
            if now[1] is not None:
                noticed_s = second if before is None else before[1]
                self._under_way[key] = (now[0], noticed_s, tuple(t_ns / 1e9 for t_ns in now[1]))

    @property
    def spells(self):
        """Return every verdict, those that still hold at the end included."""
        holding = self._under_way.items()
        return self._over + [Spell(*key, state, at, np.inf, *span) for key, (state, at, span) in holding]


def watch(meeting, enabled=EVERY, channels=CHANNELS):
    """Return every spell of a meeting and the evidence at every look, {(name, subject): [(second, bans)]}."""
    (one,) = watched(meeting, [Standings(ALPHA)], enabled, channels)
    return one.spells, one.evidence


def watched(meeting, standings, enabled=EVERY, channels=CHANNELS):
    """Return one watcher for each of the standings, all of the same bets on one meeting."""
    onsets, ledger = Onsets(GRID.horizon_s), Ledger(frozenset(enabled))
    watchers = [Watcher(one) for one in standings]
    waiting = sorted((event(p + 1, *rest) for p, *rest in meeting.events), key=lambda one: one.offset_ns)
    at = 0
    for second in range(LOOK_S, int(meeting.x.shape[2] / GRID.rate_hz) + 1, LOOK_S):
        closed = []
        while at < len(waiting) and waiting[at].offset_ns <= second * 10**9:
            closed.append(waiting[at])
            at += 1
        tick = _tick(meeting, second, closed, channels)
        onsets.update(tick)
        ledger.update(_context(tick, onsets))
        for one in watchers:
            one.look(second, ledger)
    return watchers


def bets_context(meeting, second, channels, movements=()):
    """Return what bets see of a meeting with these movements alone after so many seconds."""
    tick, onsets = _tick(meeting, second, movements, channels), Onsets(GRID.horizon_s)
    onsets.update(tick)
    return _context(tick, onsets)


def _tick(meeting, second, closed, channels):
    end = round(second * GRID.rate_hz)
    newest = slice(max(0, end - round(GRID.horizon_s * GRID.rate_hz)), end)
    x, pose = meeting.x[:, :, newest], meeting.pose[:, :, newest]
    people = tuple(range(1, len(x) + 1))
    return Tick(
        t_ns=second * 10**9,
        rate_hz=GRID.rate_hz,
        channels=channels,
        people=people,
        present=people,
        x={p: x[p - 1] for p in people},
        since_n=dict.fromkeys(people, x.shape[2]),
        pose_rad={p: pose[p - 1] for p in people},
        gain=dict.fromkeys(people, 1.0),
        offsets_s=np.empty(0),
        couplings=(),
        events=tuple(closed),
    )


def _context(tick, onsets):
    peaks = Peaks(1)
    return Context(
        tick,
        resolve(tick.channels),
        onsets=onsets,
        fast_peaks=peaks,
        slow_peaks=peaks,
        mimicry=GRID,
        seed=1,
        final=False,
    )
