"""Bets on answers: inside its cell of 10 s, what the answering person did may lie anywhere.

The null of interval jitter (Amarasingham et al. 2012), without draws: all onsets of the answering person in
one cell are turned together around the cell to each of 100 places, the observed one included, and scored by
how they then lie to the onsets of the other. How many onsets a cell holds, and their spacing, is left as it
was, so rates that rise and fall together over more than a cell are no evidence. Turns that put an onset where
the person was not measurable, and it would have been missed, are left out.
"""

import math
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from edge._native.events import triggered
from edge.arrays import Floats, Times
from edge.evidence.fading import Tally
from edge.measures.answers import ANSWER_NS, HALF, MOVEMENT_NS, SECOND_NS, SHORTEST_NS
from edge.measures.brief_event_mirroring import D_NS, d_NS
from edge.measures.context import Context
from edge.measures.findings import Subject
from edge.measures.response_timeliness import FIRST_NS, TAU0_S

CELL_NS = 10 * SECOND_NS
SETTLE_NS = 12 * SECOND_NS  # by then the movements of a cell have ended and are known, answers too (ours)
PLACES = 100
WIDE = (1.5, 2.5, 4.0, 8.0)
"""Effects of windows of 3.8 s: how many times likelier an onset is inside one."""
NARROW = (2.0, 4.0, 8.0, 16.0)
"""Effects of windows of a second."""
TIMELY = ((0.7, 8.0), (0.7, 24.0), (0.45, 24.0), (1.1, 24.0))
"""Effects of measure 14: usual delay, s, and how many times likelier than elsewhere an onset is then."""
ASKED_NS = 3 * SECOND_NS // 2  # after this a smile has not been answered, for the end of an episode (ours)
TIMELY_LOG = 0.3  # spread of a pair's log delay around the usual one; kappa's is that over all pairs (ours)

Likelihoods = Callable[[Context, Subject, int], Floats]
"""Log likelihood ratio of every effect against chance, at each turn, the observed one first, [K, G]."""
_PLACE_NS = CELL_NS // PLACES
_NEVER = np.iinfo(np.int64).max


def mirrored(context: Context, subject: Subject, start_ns: int) -> Floats:
    """Measure 1: brief onsets of j within .2 to 1.2 s after one of i on the same channel."""
    i, j = subject
    scores = np.zeros(PLACES)
    for name in context.onsets.channels(j, context.roles.brief, brief=True):
        moved = _moved(context, j, context.onsets.of(j, [name], brief=True), start_ns)
        delay = _delay(context.onsets.of(i, [name], brief=True), moved, d_NS)
        scores += _score(moved, delay <= d_NS + D_NS)
    return _tilts(scores, NARROW)


def pulled(context: Context, subject: Subject, start_ns: int) -> Floats:
    """Measure 5: longer onsets of j within .2 to 4 s after one of i, on any channel."""
    return _tilts(_answers(context, subject, start_ns, context.roles.macro), WIDE)


def selected(context: Context, subject: Subject, start_ns: int) -> Floats:
    """Measure 8: answered smiles minus answered movements of brow, nose and lips, both ways."""
    scores = np.zeros(PLACES)
    for way in (subject, subject[::-1]):
        scores += _answers(context, way, start_ns, context.roles.smiles)
        scores -= _answers(context, way, start_ns, context.roles.contrast)
    return _tilts(scores, WIDE)


def followed(context: Context, subject: Subject, start_ns: int) -> Floats:
    """Measure 13: onsets of j that i answers minus those that answer i; > 0: i follows j."""
    i, j = subject
    a = _movements(context, i, context.roles.macro, brief=False)
    moved = _moved(context, j, _movements(context, j, context.roles.macro, brief=False), start_ns)
    answered = _delay(-a[::-1], -moved, SHORTEST_NS) <= SHORTEST_NS + ANSWER_NS
    answers = _delay(a, moved, SHORTEST_NS) <= SHORTEST_NS + ANSWER_NS
    return _tilts(_score(moved, answered.astype(np.float64) - answers), WIDE)


def timely(context: Context, subject: Subject, start_ns: int) -> Floats:
    """Measure 14: j's smiles by their delay after i's last one, most of them near a delay usual for the two.

    An onset is 1 + R exp(-(ln(tau/tau_b))^2 / (2 s^2)) times as likely as chance has it, for every effect b.
    """
    i, j = subject
    channel = [context.tick.channels[context.roles.smile]]
    moved = _moved(context, j, _movements(context, j, channel, brief=None), start_ns)
    delay = _delay(_movements(context, i, channel, brief=None), moved, FIRST_NS)
    tau_b, R = np.array(TIMELY).T[:, :, None, None]
    away = (np.log(np.maximum(delay, 1) / 1e9) - np.log(tau_b)) / TIMELY_LOG
    return _possible(_score(moved, np.log1p(R * np.exp(-(away**2) / 2))))


def asked(context: Context, subject: Subject, start_ns: int) -> Tally:
    """How many smiles of i j answered, of those whose time for an answer ran out in the cell."""
    i, j = subject
    channel = [context.tick.channels[context.roles.smile]]
    a, b = (_movements(context, person, channel, brief=None) for person in subject)
    over = a + ASKED_NS
    a = a[(over >= start_ns) & (over < start_ns + CELL_NS)]
    a = a[_measurable(context, j, a + round(TAU0_S * 1e9))]
    length_ns = max(context.span_n(i, j) / context.rate_hz * 1e9, CELL_NS)
    chance = 1.0 - math.exp(-(len(b) + HALF) / length_ns * ASKED_NS)
    return Tally(len(a), triggered(a, b, FIRST_NS, ASKED_NS - FIRST_NS), chance)


def _answers(context: Context, subject: Subject, start_ns: int, channels: Iterable[str]) -> Floats:
    """Count j's onsets within .2 to 4 s after one of i, at every turn, [PLACES]."""
    a, b = (_movements(context, person, channels, brief=False) for person in subject)
    moved = _moved(context, subject[1], b, start_ns)
    return _score(moved, _delay(a, moved, SHORTEST_NS) <= SHORTEST_NS + ANSWER_NS)


def _movements(context: Context, person: int, channels: Iterable[str], *, brief: bool | None) -> Times:
    """Onsets of whole movements of one person, ns: the first of every run under .5 s apart."""
    times = context.onsets.of(person, channels, brief=brief)
    return times[np.diff(times, prepend=times[:1] - 2 * MOVEMENT_NS) > MOVEMENT_NS]


def _moved(context: Context, person: int, times: Times, start_ns: int) -> Times:
    """Turn the times inside a cell around it, ns, [m, PLACES], as observed first; -1: it would be missed."""
    inside = times[(times >= start_ns) & (times < start_ns + CELL_NS)]
    after = (inside[:, None] - start_ns + np.arange(PLACES) * _PLACE_NS) % CELL_NS
    seen = context.memo(("seen", person, start_ns), lambda: _seen(context, person, start_ns))
    seen = seen[after // _PLACE_NS]
    seen[:, 0] = True
    return np.where(seen, start_ns + after, -1)


def _seen(context: Context, person: int, start_ns: int) -> NDArray[np.bool_]:
    """Tell for each place of a cell whether the person was measurable there, [PLACES]."""
    return _measurable(context, person, start_ns + np.arange(PLACES) * _PLACE_NS)


def _measurable(context: Context, person: int, times: Times) -> NDArray[np.bool_]:
    """Tell for each time whether the person was measurable then, the shape of times."""
    known = np.isfinite(context.tick.x[person][context.roles.smile])
    ago_n = (context.t_ns - times) * context.rate_hz / 1e9
    return np.asarray(known[np.maximum(len(known) - 1 - np.rint(ago_n).astype(np.int64), 0)])


def _delay(a: Times, times: Times, least_ns: int) -> Times:
    """Time since the last of a that is more than `least_ns` ago, ns, the shape of times; huge without one."""
    at = np.searchsorted(a, times - least_ns, side="left") - 1
    return np.where(at >= 0, times - np.append(a, 0)[at], _NEVER)


def _score(moved: Times, weight: NDArray[np.bool_] | Floats) -> Floats:
    """Add up the weights of the onsets at every turn, [..., PLACES]; NaN where one would be missed."""
    return np.where((moved < 0).any(axis=0), np.nan, weight.sum(axis=-2))


def _tilts(scores: Floats, ratios: tuple[float, ...]) -> Floats:
    """Log likelihood ratio of each effect: by how much likelier it makes every answer, [K, G]."""
    return np.multiply.outer(np.log(ratios), _possible(scores))


def _possible(scores: Floats) -> Floats:
    """Return the scores of the turns at which nothing would have been missed, the observed one first."""
    return scores[..., np.isfinite(np.atleast_2d(scores)).all(axis=0)]
