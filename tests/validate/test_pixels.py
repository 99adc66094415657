"""The scene of the pixels in small: the same ten minutes of four people at the level of signals."""

import pytest

from tests.validate import pixels


@pytest.mark.slow
def test_every_verdict_is_what_was_planted():
    """Both planted pairs are above with their lag and direction; nobody speaks of the independent person."""
    found = pixels.signals(pixels.script(rate_hz=15.0))
    assert {pair for name, pair in found if name == "expression_synchrony"} == {
        (i, j) for i in range(4) for j in range(i + 1, 4)
    }
    assert pixels.wrong(found) == []


def test_a_wrong_verdict_is_told():
    """The judge says which verdict contradicts the truth of the scene."""
    at_chance = {"state": "at_chance", "lag_s": 0.7}
    found = {(name, pair): at_chance | {"state": "above"} for name in pixels.MUST for pair in pixels.PLANTED}
    assert pixels.wrong(found) == []
    found["response_timeliness", (pixels.B, pixels.A)] = {"state": "above"}
    found["coupling_loop", (pixels.A, pixels.D)] = {"state": "below"}
    found["expression_synchrony", (pixels.A, pixels.B)] = at_chance | {"lag_s": 1.0}
    assert pixels.wrong(found) == [
        "response_timeliness of B -> A is above",
        "coupling_loop of A -> D is below",
        "expression_synchrony of A -> B is at_chance",
        "the lag of A -> B is 1.00 s, not 0.7 s",
    ]
