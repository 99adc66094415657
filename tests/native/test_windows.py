"""Means, lags and light of windows, computed in the kernels as plain NumPy computes them."""

import numpy as np
import pytest

from edge._native.lagged import sums
from edge._native.light import correlations, fine
from edge._native.windows import centred, means, together


def holed(rng, *shape):
    """Return noise of which a fifth is missing, an infinite value, and a row without any value."""
    x = rng.standard_normal(shape)
    x[rng.random(shape) < 0.2] = np.nan
    x[-1] = np.nan
    x.flat[3] = np.inf
    return x


def test_means_of_columns():
    """Each column has the mean of its known and kept rows; a column without any has none."""
    rng = np.random.default_rng(1)
    x = holed(rng, 6, 40).T.astype(np.float32).copy()
    kept = rng.random(x.shape) < 0.7
    for rows in (np.ones_like(kept), kept):
        mean, count = means(x, rows.view(np.uint8))
        known = [x[rows[:, k] & np.isfinite(x[:, k]), k].astype(np.float64) for k in range(6)]
        assert count.tolist() == [len(one) for one in known]
        np.testing.assert_allclose(mean, [one.mean() if len(one) else np.nan for one in known], rtol=1e-12)
    np.testing.assert_array_equal(means(x)[0], means(x, np.ones(x.shape, np.uint8))[0])


def test_two_series_at_once():
    """The later person is read |s| after the earlier; what lies beyond either end is the end's own value."""
    rng = np.random.default_rng(2)
    still, slides = rng.random((2, 2, 30))
    offsets, newest, window = np.array([0, 4, -4, 40]), np.array([29, 20, 5, 2]), 6
    out = np.empty((4, 4, 2))
    together(still, slides, offsets, newest, window, out[..., 1])
    for h, end in enumerate(newest):
        for k, s in enumerate(offsets):
            first, later = (still[0], slides[1]) if s >= 0 else (still[1], slides[0])
            at = [max(0, t) for t in range(end - abs(s) - window + 1, end - abs(s) + 1)]
            product = [first[t] * later[min(t + abs(s), 29)] for t in at]
            expected = np.mean(product) if end >= abs(s) else np.nan
            np.testing.assert_allclose(out[h, k, 1], expected, rtol=1e-12)


def test_conditions_around_their_means():
    """Only whole windows count, and only far ones are left over, each around the mean of its offset."""
    rng = np.random.default_rng(3)
    peaks, conditions = holed(rng, 12, 50).T.copy(), rng.standard_normal((50, 12, 3))
    conditions[7, :, 1] = np.nan
    far = rng.random(11) < 0.6
    cbar, c, m, count = centred(peaks, conditions, far)
    for s in range(12):
        known = np.isfinite(peaks[:, s]) & np.isfinite(conditions[:, s]).all(axis=1)
        kept = known & (s > 0 and far[s - 1])
        mean = conditions[known, s].mean(axis=0) if known.any() else np.zeros(3)
        assert count[s] == known.sum()
        np.testing.assert_allclose(cbar[s], mean, atol=1e-12)
        np.testing.assert_allclose(c[kept, s], conditions[kept, s] - mean, atol=1e-12)
        middle = peaks[known, s].mean() if known.any() else 0.0
        np.testing.assert_allclose(m[kept, s], peaks[kept, s] - middle, atol=1e-12)
        assert not c[~kept, s].any()
        assert not m[~kept, s].any()


def test_fine_movement():
    """Each value less the mean around it, in sd from the lower median size, clipped; gaps stay gaps."""
    rng = np.random.default_rng(4)
    x = np.concatenate((np.cumsum(holed(rng, 5, 80), axis=0), np.ones((1, 80))))
    x[:2] = rng.standard_normal((2, 80)).round(1)
    found = fine(np.repeat(x, 2, axis=1)[:, ::2], 7, 1.4826, 2.0)
    for row, ours in zip(x, found, strict=True):
        known = np.isfinite(row)
        near = [row[max(0, t - 7) : t + 8] for t in range(80)]
        mean = [one[np.isfinite(one)].mean() if np.isfinite(one).any() else 0.0 for one in near]
        away = np.where(known, row - mean, np.nan)
        sizes = np.sort(np.abs(away[known]))
        sd = 1.4826 * sizes[(len(sizes) - 1) // 2] if len(sizes) else 0.0
        expected = np.clip(away / sd, -2, 2) if sd > 1e-12 else np.full(80, np.nan)
        np.testing.assert_allclose(ours, expected, atol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 50, 51])
def test_the_lower_median_whatever_the_order(n):
    """In sd of one lower median its own size is 1, for ascending, falling, equal and shuffled values."""
    rng = np.random.default_rng(n)
    x = np.arange(1.0, n + 1)
    for row in (x, -x[::-1], np.full(n, 3.0), rng.permutation(x), np.minimum(x, 2.0)):
        padded = np.stack([row, -row], axis=1).ravel()[None]  # neighbours cancel: the mean around is 0 inside
        sizes = np.abs(fine(padded, 10 * n, 1.0, np.inf))
        mean = padded.mean()
        middle = np.sort(np.abs(padded[0] - mean))[(2 * n - 1) // 2]
        np.testing.assert_allclose(sizes[0], np.abs(padded[0] - mean) / middle, rtol=1e-9)


def test_correlations_of_rows():
    """What both know is compared, about zero; a row without common values, or flat, has none."""
    rng = np.random.default_rng(5)
    x, y = holed(rng, 6, 40), holed(rng, 6, 40)
    y[2] = 0.0
    found = correlations(x[:, 5:], y[:, 5:])
    for a, b, r in zip(x[:4, 5:], y[:4, 5:], found, strict=False):
        both = np.isfinite(a) & np.isfinite(b)
        scale = np.sqrt((a[both] ** 2).sum() * (b[both] ** 2).sum())
        np.testing.assert_allclose(r, (a[both] * b[both]).sum() / scale if scale else np.nan, rtol=1e-12)
    assert np.isnan(found[[2, 5]]).all()


def test_sums_at_every_lag():
    """Six sums of every block over the samples that both have, at every lag."""
    rng = np.random.default_rng(6)
    x, y = holed(rng, 4, 20), holed(rng, 4, 27)
    found = sums(x, y)
    assert found.shape == (6, 4, 8)
    for b in range(4):
        for lag in range(8):
            a, later = x[b], y[b, lag : lag + 20]
            both = np.isfinite(a) & np.isfinite(later)
            a, later = a[both], later[both]
            expected = [both.sum(), *(v.sum() for v in (a, a * a, later, later * later, a * later))]
            np.testing.assert_allclose(found[:, b, lag], expected, atol=1e-12)


ONE = np.zeros(1, np.int64)
REFUSED = [
    (lambda: means(np.zeros((3, 2), np.float32), np.ones((2, 2), np.uint8)), "at kept"),
    (lambda: together(np.zeros((2, 5)), np.zeros((2, 4)), ONE, ONE, 2, np.zeros((1, 1))), "at slides"),
    (lambda: together(np.zeros((2, 5)), np.zeros((2, 5)), ONE, ONE, 0, np.zeros((1, 1))), "at window_n"),
    (lambda: together(np.zeros((2, 5)), np.zeros((2, 5)), ONE, ONE, 2, np.zeros((1, 2))), "at out"),
    (lambda: together(np.zeros((2, 0)), np.zeros((2, 0)), ONE, ONE, 2, np.zeros((1, 1))), "at samples"),
    (lambda: together(np.zeros((2, 5)), np.zeros((2, 5)), ONE, ONE + 5, 2, np.zeros((1, 1))), "at newest"),
    (
        lambda: together(np.zeros((2, 5)), np.zeros((2, 5)), ONE - 2**33, ONE, 2, np.zeros((1, 1))),
        "at offsets",
    ),
    (lambda: centred(np.zeros((3, 2)), np.zeros((3, 3, 1)), np.ones(1, bool)), "at conditions"),
    (lambda: centred(np.zeros((3, 2)), np.zeros((3, 2, 1)), np.ones(2, bool)), "at far"),
    (lambda: fine(np.zeros((2, 5)), -1, 1.0, 2.0), "at half_n"),
    (lambda: correlations(np.zeros((2, 5)), np.zeros((2, 4))), "at y"),
    (lambda: sums(np.zeros((2, 5)), np.zeros((2, 4))), "at y"),
    (lambda: sums(np.zeros((2, 0)), np.zeros((2, 4))), "at y"),
]


@pytest.mark.parametrize(("call", "place"), REFUSED)
def test_what_does_not_fit_is_refused(call, place):
    """A shape or a number that a kernel would read beyond is a ValueError that names it."""
    with pytest.raises(ValueError, match=place):
        call()
