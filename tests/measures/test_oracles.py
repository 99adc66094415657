"""Formulas against peers' numbers and brute force."""

import numpy as np
import pytest

from edge.measures.brief_event_mirroring import trigger_chance
from edge.measures.configuration_alignment import cosines
from edge.measures.correction import benjamini_hochberg
from edge.measures.coupling_loop import granger
from edge.measures.low_intensity_response import AR, TAPS, grams, unshifted_grams
from edge.measures.response_timeliness import kappa
from edge.measures.slope_concordance import running_r, slopes
from edge.measures.verdict import rank_p
from tests.validate import oracles
from tests.validate.data import DYADS


@pytest.mark.skipif(not DYADS.exists(), reason="needs the recordings of ../shared/data")
@pytest.mark.parametrize("row", ["granger", "phase"])
def test_equals_peers(row):
    """Granger F, cluster-phase rho and PLV on real dyads equal the peers' own output to 1e-9."""
    rows = oracles.granger_rows() if row == "granger" else oracles.phase_rows()
    for name, ours, theirs in rows:
        assert abs(theirs - ours) <= 1e-9, name


def test_granger_equals_least_squares():
    """The Gram solution equals plain weighted least squares with a constant, missing rows left out."""
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((2, 400))
    y[3:] += 0.5 * x[:-3]
    y[100] = np.nan
    w = 0.5 ** (np.arange(400)[::-1] / 100)
    F_xy, F_yx, _ = granger(x[None], y[None], w)
    for F, cause, effect in ((F_xy, x, y), (F_yx, y, x)):
        rows = np.arange(5, 400)
        own = np.stack([np.ones(395), *(effect[rows - k] for k in range(1, 6))], axis=1)
        both = np.concatenate((own, np.stack([cause[rows - k] for k in range(1, 6)], axis=1)), axis=1)
        good = np.isfinite(both).all(axis=1) & np.isfinite(effect[rows] + cause[rows])
        root = np.sqrt(w[rows][good])
        rss = []
        for X in (own, both):
            A, b = X[good] * root[:, None], effect[rows][good] * root
            rss.append(((b - A @ np.linalg.lstsq(A, b, rcond=None)[0]) ** 2).sum())
        assert np.log(rss[0] / rss[1]) == pytest.approx(F[0], rel=1e-9)


def test_slopes_and_running_r_equal_brute_force():
    """Slopes equal polyfit and running correlations equal corrcoef."""
    rng = np.random.default_rng(2)
    x = rng.standard_normal(600)
    ours = slopes(x, 10)
    expected = [np.polyfit(np.arange(50) / 10, x[k : k + 50], 1)[0] for k in range(0, 551, 10)]
    assert expected == pytest.approx(list(ours), rel=1e-9)
    a, b = rng.standard_normal((2, 60))
    expected = [np.corrcoef(a[k : k + 15], b[k : k + 15])[0, 1] for k in range(46)]
    assert expected == pytest.approx(list(running_r(a, b)), rel=1e-9)


def test_cosines_equal_brute_force():
    """One circular cross-correlation equals the mean cosine at every shift."""
    rng = np.random.default_rng(3)
    u, v = rng.standard_normal((2, 4, 90))
    u /= np.linalg.norm(u, axis=0)
    v /= np.linalg.norm(v, axis=0)
    u[:, 10:20] = 0.0
    cos, both = cosines(u, v)
    for k in (0, 1, 37):
        turned = np.roll(v, -k, axis=1)
        assert both[k] == 80
        assert (u * turned).sum() / 80 == pytest.approx(cos[k], rel=1e-9)


def test_grams_equal_brute_force():
    """The Gram matrices by Fourier transform equal those of the stacked lagged columns."""
    rng = np.random.default_rng(4)
    x, y = rng.standard_normal((2, 300))
    keep = rng.random(300) < 0.8
    shifts = np.array([0, 17, 120])
    ours = grams(x, y, keep, shifts)
    for s, shift in enumerate(shifts):
        lagged = [np.roll(x, shift + b) for b in range(1, TAPS + 1)]
        X = np.stack([np.ones(300), *(np.roll(y, a) for a in range(AR + 1)), *lagged])
        for fold, block in enumerate(np.array_split(np.arange(300), 5)):
            at = block[keep[block]]
            assert np.allclose(X[:, at] @ X[:, at].T, ours[s, fold], rtol=1e-9, atol=1e-9)


def test_weight_of_a_delay():
    """The weight is 1 at .7 s, falls on both sides, and no answer weighs nothing."""
    weights = kappa(np.array([700_000_000, 300_000_000, 2_000_000_000, -1]))
    expected = [1.0, *(np.exp(-(np.log(t / 0.7) ** 2) / 0.72) for t in (0.3, 2.0)), 0.0]
    assert expected == pytest.approx(list(weights), rel=1e-12)


def test_chance_of_a_trigger():
    """p0 = 1 - (1 - D/(T-d))^N."""
    assert pytest.approx(trigger_chance(7, 600_000_000_000), rel=1e-12) == 1 - (1 - 1 / 599.8) ** 7


def test_false_discovery():
    """Benjamini-Hochberg on the example of their paper rejects the first four at q = .05."""
    low = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p = np.array([*low, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0])
    assert list(benjamini_hochberg(p, 0.05)) == [True] * 4 + [False] * 11


def test_unshifted_grams_equal_the_shifted_ones():
    """The plain products of shift 0 equal the ones by Fourier transform."""
    rng = np.random.default_rng(9)
    x, y = rng.standard_normal((2, 300))
    keep = rng.random(300) < 0.8
    assert np.allclose(grams(x, y, keep, np.array([0])), unshifted_grams(x, y, keep), rtol=1e-9, atol=1e-9)


def test_ties_count_half():
    """Among 99 draws, 4 larger and 6 equal: p = (1 + 4 + 3) / 100."""
    draws = np.array([2.0] * 4 + [1.0] * 6 + [0.0] * 89)
    assert rank_p(1.0, draws) == pytest.approx(0.08)
