"""The judge of the six people before two cameras, and that each camera shows its own side."""

import numpy as np

from tests.validate import two_cameras as two

SEATS = {person: {person + 10} for person in range(6)}


def test_a_wrong_verdict_is_told():
    """Missing pairs, lags more than a picture off, false verdicts and shared numbers are named."""
    found = {}
    for (i, j), delay_s in two.PLANTED.items():
        lag_s = delay_s if i < j else -delay_s
        found["expression_synchrony", (min(i, j), max(i, j))] = {"state": "above", "lag_s": lag_s}
        found["response_timeliness", (i, j)] = {"state": "above"}
    assert two.wrong(found, SEATS) == []
    found["expression_synchrony", (two.A, two.B)] = {"state": "at_chance", "lag_s": -0.7}
    found["coupling_loop", (two.A, two.F)] = {"state": "above"}
    assert two.wrong(found, SEATS | {two.F: {10}}) == [
        "expression_synchrony of B -> A is at_chance",
        "the lag of B -> A is 0.70 s, not 0.6 s",
        "1 of 6 verdicts away from chance are false",
        "both cameras have number 10",
    ]


def test_each_camera_shows_its_side():
    """Frames alternate between the cameras, at different times; both show people, not the same ones."""
    left, right, again = list(two.frames(two.script(0.1)))
    assert [left.view, right.view, again.view] == [0, 1, 0]
    assert left.t_ns < right.t_ns < again.t_ns
    assert np.mean(np.abs(left.image.astype(int) - right.image)) > np.mean(
        np.abs(left.image.astype(int) - again.image)
    )
