"""The lag of a pair: its top, an interval that covers it, and a leader only where there is one."""

import numpy as np
import pytest

from edge.measures.lags import lag_interval, leads, peak_lags
from tests.measures.test_matching import SMILES
from tests.validate.drive import on_grid
from tests.validate.gatherings import CHANNELS, Gathering, meet

LAGS_S = np.arange(-20, 21) / 10


def _windows(rng, lag_s, strength=0.5, n=500):
    """Profiles of overlapping windows: a bump at the lag where somebody answers, and slow noise."""
    white = rng.normal(size=(n + 6, 61))
    noise = np.apply_along_axis(np.convolve, 1, white, np.ones(21) / 21**0.5, "valid")
    noise = sum(noise[k : k + n] for k in range(7)) / 7**0.5
    answered = np.repeat(rng.random(n // 10) < 0.5, 10)[:, None]
    delay_s = np.repeat(lag_s * rng.lognormal(0.0, 0.2, n // 10), 10)[:, None]
    return 0.35 * noise + strength * answered * np.exp(-(((LAGS_S - delay_s) / 0.5) ** 2))


@pytest.mark.parametrize("lag_s", [-1.23, 0.0, 0.68])
def test_the_top_lies_between_samples(lag_s):
    """A parabola has its top where it has it, whatever the samples."""
    profiles = 1 - (LAGS_S[None] - np.array([[lag_s], [lag_s / 2]])) ** 2
    assert list(peak_lags(profiles, LAGS_S)) == pytest.approx([lag_s, lag_s / 2], abs=1e-9)


def test_the_interval_covers_the_lag():
    """Of 150 pairs answered after .7 s, 88 to 100 % have .7 s in their interval; none leads wrongly."""
    rng, covered, named = np.random.default_rng(8), 0, []
    for k in range(150):
        low, high = lag_interval(_windows(rng, 0.7), LAGS_S, 20, (1, k))
        covered += low <= 0.71 <= high
        named.append(leads(low, high, LAGS_S))
    assert 132 <= covered <= 150
    assert named.count(-1.0) == 0
    assert named.count(1.0) > 100


def test_noise_has_no_leader():
    """Without an answer the interval is wide, and hardly ever names anybody."""
    rng = np.random.default_rng(9)
    named = [
        leads(*lag_interval(_windows(rng, 0.7, strength=0.0), LAGS_S, 20, (2, k)), LAGS_S) for k in range(60)
    ]
    assert sum(one != 0.0 for one in named) <= 6


def test_a_border_is_no_lag():
    """An interval that holds 0 or reaches half a step below the longest lag leaves open who leads."""
    for low, high, expected in (
        (0.4, 0.9, 1.0),
        (-0.9, -0.1, -1.0),
        (-0.1, 0.9, 0.0),
        (1.2, 1.94, 1.0),
        (1.2, 1.96, 0.0),
        (1.2, 2.0, 0.0),
        (-2.0, -1.5, 0.0),
        (np.nan, np.nan, 0.0),
    ):
        assert leads(low, high, LAGS_S) == expected


def test_a_planted_leader_is_named():
    """Of two people of whom the second answers the first, the first leads, and the interval holds .7 s."""
    one = meet(Gathering(people=2, smiles_min=4.0, answers=((0, 1, 0.8, 0.7),), seed=4))
    found, *_ = on_grid(one, CHANNELS, enabled=("expression_synchrony",), grid=SMILES)
    assert found.extra["lag_low_s"] < 0.75
    assert found.extra["lag_high_s"] > 0.6
    assert found.extra["leads"] == 1.0
