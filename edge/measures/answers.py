"""What the event measures share: onsets in the common span, answers to them, rate ratios, null N2.

N2 moves the onsets of the answering person by up to 5 s, 99 times. Onsets of one bout (less than 6 s apart)
move together: onsets are spaced, and a null that breaks their spacing leaves fewer first answers than
chance does (15 % false positives on real recordings of unrelated people instead of 5 %).

There are two ways to move. `jitter` adds U(-5, 5) s. `interval_jitter` puts every bout anywhere into its
own 10 s of a fixed partition (Amarasingham et al. 2012). Draws of the first kind are centred on the
observation; where the answer window is nearly as wide as the jitter (3.8 s of measures 5, 8 and 13) an
onset that fell into a window by chance falls into it again in half of the draws, so the test is hardly ever
significant. The second kind is free of that.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from edge._native.events import exposure, responses, responses_draws, triggered_draws
from edge.arrays import Floats, Times
from edge.measures.context import Context

SECOND_NS = 1_000_000_000
JITTER_NS = 5 * SECOND_NS
DRAWS = 99
MOVEMENT_NS = SECOND_NS // 2  # onsets nearer than this are one movement (ours)
GAP_NS = 6 * SECOND_NS  # longer than an answer window: what falls into one moves as one (ours)
BOUT_NS = 30 * SECOND_NS  # longest bout, so that lively people still give many draws (ours)
SHORTEST_NS = SECOND_NS // 5
ANSWER_NS = 4 * SECOND_NS - SHORTEST_NS  # answers come .2 to 4 s after the onset
MIN_EXPECTED = 2.0  # events that chance alone would put into every cell of a rate ratio (ours)
HALF = 0.5  # added to every cell: log ratios of small counts without bias (Haldane 1956; Anscombe 1956)


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which both people were there, ns."""

    start_ns: int
    end_ns: int

    @property
    def length_ns(self) -> int:
        """Length, ns."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts and exposures of one incidence-rate ratio, with the jittered counts."""

    k1: int
    """Onsets after an onset of the other."""
    k0: int
    """All other onsets."""
    T1_s: float
    """Time in which an answer would count, s."""
    T0_s: float
    """All other time, s."""
    draws: Times
    """k1 under N2, [S]."""

    def __add__(self, other: "Cells") -> "Cells":
        """Pool two directions."""
        return Cells(
            self.k1 + other.k1,
            self.k0 + other.k0,
            self.T1_s + other.T1_s,
            self.T0_s + other.T0_s,
            self.draws + other.draws,
        )

    @property
    def expected(self) -> float:
        """Onsets after an onset of the other that chance alone would give: N T1 / T."""
        whole_s = self.T1_s + self.T0_s
        return self.onsets * self.T1_s / whole_s if whole_s > 0.0 else 0.0

    @property
    def onsets(self) -> int:
        """All onsets that could answer, N: they only move in a draw, so their number decides nothing."""
        return self.k1 + self.k0

    @property
    def enough(self) -> bool:
        """Whether chance alone would put enough events into both cells, whatever came."""
        return min(self.expected, self.onsets - self.expected) >= MIN_EXPECTED

    @property
    def log_irr(self) -> float:
        """Log IRR = ln[((k1 + .5)/T1)/((k0 + .5)/T0)]."""
        return float(np.log((self.k1 + HALF) / self.T1_s) - np.log((self.k0 + HALF) / self.T0_s))

    @property
    def variance(self) -> float:
        """Variance of log IRR, 1/(k1 + .5) + 1/(k0 + .5)."""
        return 1 / (self.k1 + HALF) + 1 / (self.k0 + HALF)

    @property
    def chance_variance(self) -> float:
        """Variance of log IRR if the cells held what chance gives: a weight that knows no outcome."""
        return 1 / (self.expected + HALF) + 1 / (self.onsets - self.expected + HALF)

    @property
    def drawn(self) -> Floats:
        """Log IRR under N2, [S]."""
        k1, k0 = self.draws + HALF, self.onsets - self.draws + HALF
        return np.asarray(np.log(k1 / self.T1_s) - np.log(k0 / self.T0_s))

    @property
    def drawn_variance(self) -> Floats:
        """Variance of log IRR under N2, [S]."""
        return np.asarray(1 / (self.draws + HALF) + 1 / (self.onsets - self.draws + HALF))


def common_span(context: Context, i: int, j: int) -> Span:
    """Return the part of the horizon in which both have a track."""
    length = round(context.span_n(i, j) / context.rate_hz * 1e9)
    return Span(context.t_ns - length, context.t_ns)


def movements(
    context: Context, person: int, channels: Iterable[str], span: Span, *, brief: bool | None
) -> Times:
    """Onsets of whole movements of one person in the span, ns: the first of every run under .5 s apart."""
    times = onsets(context, person, channels, span, brief=brief)
    return times[np.diff(times, prepend=times[:1] - 2 * MOVEMENT_NS) > MOVEMENT_NS]


def onsets(
    context: Context, person: int, channels: Iterable[str], span: Span, *, brief: bool | None
) -> Times:
    """Onsets of one person on any of the channels in the span, ns, ascending."""
    times = context.onsets.of(person, channels, brief=brief)
    return times[(times > span.start_ns) & (times <= span.end_ns)]


def jitter(seed: tuple[int, ...], times: Times, anchors: Times) -> Times:
    """Draw the offsets of N2 for these times, ns, [99, m]; times of one bout share theirs.

    `anchors` are the person's movements on all channels that matter; a bout ends before a gap of 6 s or 30 s
    after it began.
    """
    starts = _bouts(anchors, GAP_NS)
    draws = np.random.default_rng(seed).integers(-JITTER_NS, JITTER_NS, (DRAWS, max(1, len(starts))))
    return _of_bouts(draws, starts, times)


def interval_jitter(seed: tuple[int, ...], times: Times, span: Span) -> Times:
    """Draw offsets that put every bout anywhere into its own 10 s of the span, ns, [99, m].

    Here onsets less than 10 s apart are a bout: what one interval holds moves as one.
    """
    starts = _bouts(times, 2 * JITTER_NS)
    rng = np.random.default_rng(seed)
    width = 2 * JITTER_NS
    low = starts - (starts + rng.integers(0, width)) % width
    high = np.minimum(low + width, span.end_ns)
    low = np.maximum(low, span.start_ns)
    draws = low + np.floor(rng.random((DRAWS, len(starts))) * (high - low)).astype(np.int64) - starts
    return _of_bouts(draws, starts, times)


def _of_bouts(draws: Times, starts: Times, times: Times) -> Times:
    """Give every time the offsets of its bout, [S, m]."""
    bout = np.maximum(np.searchsorted(starts, times, side="right") - 1, 0)
    return np.ascontiguousarray(draws[:, bout])


def _bouts(anchors: Times, gap_ns: int) -> Times:
    """Return the starts of the bouts, ns, ascending: onsets within the gap of the last belong together."""
    starts: list[int] = []
    previous = 0
    for at in anchors.tolist():
        if not starts or at - previous > gap_ns or at - starts[-1] > BOUT_NS:
            starts.append(at)
        previous = at
    return np.array(starts, dtype=np.int64)


def cells(context: Context, leader: int, follower: int, channels: Iterable[str], number: int) -> Cells:
    """Count the answers of one direction: longer onsets on any of the channels, .2 to 4 s."""
    span, a, b, moved = _moved(context, leader, follower, channels, number)
    return _cells(a, b, _draws(a, b, moved, span), span)


def both_ways(context: Context, i: int, j: int, channels: Iterable[str], number: int) -> tuple[Cells, Cells]:
    """Count the answers of j to i and those of i to j under the same draws, in which j's onsets move.

    One onset after another is not before it: drawn apart, the two counts lose their dependence, and their
    difference spoke for 9 % of unrelated recordings instead of 5 %.
    """
    span, a, b, moved = _moved(context, i, j, channels, number)
    before = -SHORTEST_NS - ANSWER_NS  # an onset of i answers one of j from this long before on
    to_i = triggered_draws(a, b, before, ANSWER_NS, moved, start=span.start_ns, length=span.length_ns)
    return _cells(a, b, _draws(a, b, moved, span), span), _cells(b, a, to_i, span)


def _moved(
    context: Context, i: int, j: int, channels: Iterable[str], number: int
) -> tuple[Span, Times, Times, Times]:
    """Return the common span, the onsets of i and of j in it, and the draws of the offsets of j's."""
    span = common_span(context, i, j)
    a = movements(context, i, channels, span, brief=False)
    b = movements(context, j, channels, span, brief=False)
    return span, a, b, interval_jitter((context.seed, number, i, j), b, span)


def _draws(a: Times, b: Times, moved: Times, span: Span) -> Times:
    """Count b's answers to a in every draw, [S]."""
    return responses_draws(a, b, SHORTEST_NS, ANSWER_NS, moved, start=span.start_ns, length=span.length_ns)


def _cells(a: Times, b: Times, draws: Times, span: Span) -> Cells:
    """Cells of b's onsets against a's."""
    k1 = responses(a, b, SHORTEST_NS, ANSWER_NS)
    T1_ns = exposure(a, SHORTEST_NS, ANSWER_NS, span.start_ns, span.end_ns)
    return Cells(k1, len(b) - k1, T1_ns / SECOND_NS, (span.length_ns - T1_ns) / SECOND_NS, draws)
