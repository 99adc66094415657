"""Null N2 of the event measures: where the draws may fall, and that both directions share them."""

import numpy as np

from edge._native.events import responses, triggered_draws
from edge.config.sections import MimicrySection
from edge.measures.answers import ANSWER_NS, SECOND_NS, SHORTEST_NS, Span, interval_jitter, jitter
from tests.validate.drive import session
from tests.validate.simulate import CHANNELS, Script, simulate

SPAN = Span(0, 600 * SECOND_NS)


def _times(seed, count=40):
    return np.sort(np.random.default_rng(seed).integers(0, SPAN.end_ns, count))


def test_interval_jitter_keeps_every_bout_in_its_interval():
    """First onsets of bouts stay in their own 10 s of one partition and come everywhere in it."""
    times = _times(1)
    moved = times + interval_jitter((3,), times, SPAN)
    apart = np.diff(times, prepend=times[0] - SPAN.end_ns) > 10 * SECOND_NS
    phases = [
        phase
        for phase in range(0, 10 * SECOND_NS, SECOND_NS // 1000)
        if ((moved[:, apart] + phase) // (10 * SECOND_NS) == (times[apart] + phase) // (10 * SECOND_NS)).all()
    ]
    assert 1 <= len(phases) <= 60  # one partition fits, and nearly no other
    assert moved.std(axis=0).min() > 0.5 * SECOND_NS


def test_jitter_moves_bouts_by_at_most_five_seconds():
    """Offsets lie within 5 s and are shared within a bout."""
    times = np.array([0, 2, 4, 20, 21, 50]) * SECOND_NS
    offsets = jitter((5,), times, times)
    assert np.abs(offsets).max() <= 5 * SECOND_NS
    assert (offsets[:, 0] == offsets[:, 2]).all()
    assert (offsets[:, 3] == offsets[:, 4]).all()
    assert (offsets[:, 0] != offsets[:, 3]).any()


def test_both_directions_count_the_same_draws():
    """Answers of the person who is not moved equal plain counts against every moved copy."""
    a, b = _times(1), _times(2)
    moved = interval_jitter((7,), b, SPAN)
    before = -SHORTEST_NS - ANSWER_NS
    counts = triggered_draws(a, b, before, ANSWER_NS, moved, start=0, length=SPAN.length_ns)
    expected = [responses(np.sort((b + row) % SPAN.length_ns), a, SHORTEST_NS, ANSWER_NS) for row in moved]
    assert expected == counts.tolist()


def test_secondary_values_are_there():
    """A grid of 15 Hz carries the second band of phase locking; low intensity has its other channels."""
    names = ("behavioural_phase_locking", "low_intensity_response")
    one = simulate(Script(minutes=4.0, seed=3, onsets_min=2.0))
    for rate_hz, band in ((10.0, set()), (15.0, {"fast", "fast_z"})):
        measures = session(one, CHANNELS, enabled=names, grid=MimicrySection(rate_hz=rate_hz))
        locking = next(m for m in measures if m.name == names[0])
        assert band == {name for name in locking.extra if name.startswith("fast")}
        gains = next(m for m in measures if m.name == names[1]).extra
        assert {"gain_AU01_AU02", "gain_AU04", "gain_AU07"} <= set(gains)
