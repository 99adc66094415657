"""The ring of one person: always the last samples, in one piece, whatever its length."""

import numpy as np

from edge.mimicry.track import SCALE_N, SLACK, Track

STEP_NS = 100_000_000


def test_the_history_is_what_was_emitted_last():
    """After every step, over many moves to the front, the history is the list of the last rows."""
    horizon_n, rng = 3 * SLACK + 2, np.random.default_rng(4)
    track, emitted = Track(rows=3, signals=2, horizon_n=horizon_n, step_ns=STEP_NS), []
    for step in range(SCALE_N + 6 * horizon_n):
        track.add(step * STEP_NS, rng.normal(size=3), step - 1)
        signals = track.emit(step)
        pose = track.history(1)[2:, 0]
        emitted.append(np.concatenate((signals, pose)))
        n = min(len(emitted), horizon_n)
        np.testing.assert_array_equal(track.history(n), np.array(emitted[-n:]).T)
    assert np.isfinite(track.history(horizon_n)).all()


def test_a_wipe_leaves_nothing_beside_the_history():
    """What has moved to the front leaves no copy behind a wipe."""
    track = Track(rows=3, signals=2, horizon_n=16, step_ns=STEP_NS)
    for step in range(100):
        track.add(step * STEP_NS, np.full(3, step + 1.0), step - 1)
        track.emit(step)
    track.wipe()
    ring = track.history(16).base
    assert not np.nan_to_num(ring).any()
