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


def watch(meeting, enabled=EVERY, alpha=0.05, channels=CHANNELS):
    """Return every spell of a meeting and the evidence at every look, {(name, subject): [bans]}."""
    onsets, ledger, standings = Onsets(GRID.horizon_s), Ledger(frozenset(enabled)), Standings(alpha)
    waiting = sorted((event(p + 1, *rest) for p, *rest in meeting.events), key=lambda one: one.offset_ns)
    spells, under_way, evidence, at = [], {}, {}, 0
    for second in range(LOOK_S, int(meeting.x.shape[2] / GRID.rate_hz) + 1, LOOK_S):
        closed = []
        while at < len(waiting) and waiting[at].offset_ns <= second * 10**9:
            closed.append(waiting[at])
            at += 1
        tick = _tick(meeting, second, closed, channels)
        onsets.update(tick)
        ledger.update(_context(tick, onsets))
        standings.update(ledger)
        for key, bans in standings.evidence.items():
            evidence.setdefault(key, []).append((second, bans))
            now = standings.under_way(key)
            before = under_way.pop(key, None)
            if before is not None and before[0] != now[0]:
                spells.append(Spell(*key, before[0], before[1], second, *before[2]))
                before = None
            if now[1] is not None:
                noticed_s = second if before is None else before[1]
                under_way[key] = (now[0], noticed_s, tuple(t_ns / 1e9 for t_ns in now[1]))
    spells += [Spell(*key, state, since, np.inf, *span) for key, (state, since, span) in under_way.items()]
    return spells, evidence


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
