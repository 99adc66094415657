"""The native kernels of `expression` against their slow twins."""

import numpy as np
import pytest

from edge._native import align, channels
from edge._native.features import Features
from edge._native.features import eye_aspect as native_eye_aspect
from edge._native.leak import Leak
from edge._native.order import Window
from edge.expression.align import CANTHI_CM, OUTER, TEMPLATE_CM, WEIGHTS, Head
from edge.expression.align import similarity as native_similarity
from edge.expression.channels import ACTIVE, EYES, POINTS, TABLE
from edge.expression.features import eye_aspect, features
from tests.expression import twins

RNG_SEED = 11
FAR = np.array([5], dtype=np.intc)
ZERO = np.zeros((1, 1, 3))


def random_turn(rng):
    """Return a proper rotation, uniformly drawn."""
    Q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return Q * np.sign(np.linalg.det(Q))


@pytest.mark.parametrize("noise", [0.0, 0.01, 1.0, 10.0])
def test_similarity_is_umeyamas(noise):
    """Quaternions find what singular values find, from a clean copy to points that share nothing."""
    rng = np.random.default_rng(RNG_SEED)
    for _ in range(200):
        scale, place = rng.uniform(5, 80), rng.uniform(0, 2000, 3)
        source = scale * TEMPLATE_CM @ random_turn(rng).T + place + scale * noise * rng.normal(size=(12, 3))
        expected = twins.similarity(source, TEMPLATE_CM, WEIGHTS)
        for theirs, ours in zip(expected, native_similarity(source, TEMPLATE_CM), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_similarity_never_mirrors():
    """A mirrored head is met by the best rotation, not by a reflection."""
    mirrored = TEMPLATE_CM * [1.0, 1.0, -1.0]
    expected = twins.similarity(mirrored, TEMPLATE_CM, WEIGHTS)
    _, R, _ = native_similarity(mirrored, TEMPLATE_CM)
    assert np.linalg.det(R) == pytest.approx(1.0)
    np.testing.assert_allclose(R, expected[1], atol=1e-9)


@pytest.mark.parametrize("source", [np.full((12, 3), 100.1), np.full((12, 3), np.nan), np.zeros((12, 3))])
def test_no_shape_no_similarity(source):
    """One point twelve times, however its mean rounds, or NaN, has no scale, and the head stays unknown."""
    assert native_similarity(source, TEMPLATE_CM)[0] == 0
    head = Head()
    lost = head.align(np.repeat(source[:1], 468, axis=0), 0)
    assert np.isnan(lost.points_cm).all()
    assert lost.canthus_px == 0


def test_normal_form():
    """A turned, scaled, shifted template comes back as itself, and coinciding canthi give the template."""
    rng = np.random.default_rng(RNG_SEED)
    shape = 3 * TEMPLATE_CM @ random_turn(rng).T + 7
    align.normalise(shape, TEMPLATE_CM, WEIGHTS, *OUTER, CANTHI_CM)
    np.testing.assert_allclose(shape, TEMPLATE_CM, atol=1e-12)
    flat = np.ones((12, 3))
    align.normalise(flat, TEMPLATE_CM, WEIGHTS, *OUTER, CANTHI_CM)
    np.testing.assert_allclose(flat, TEMPLATE_CM, atol=1e-12)


def test_features_are_the_table():
    """Features and eye aspect of random meshes are the sums the table defines."""
    rng = np.random.default_rng(RNG_SEED)
    terms = [channel.terms for channel in TABLE]
    for _ in range(50):
        mesh = rng.normal(size=(468, 3)) * 5
        np.testing.assert_allclose(features(mesh)[:-1], twins.features(mesh, POINTS, terms)[:-1], rtol=1e-9)
        assert eye_aspect(mesh) == pytest.approx(twins.eye_aspect(mesh, EYES), rel=1e-12)
    mesh[33] = mesh[133]
    assert np.isnan(eye_aspect(mesh))


@pytest.mark.parametrize("jitter_ns", [0, 9_000_000])
def test_lowpass_is_the_exponential_of_its_matrix(jitter_ns):
    """Every channel follows the exact solution through jitter, gaps, repeats and its missing samples."""
    rng = np.random.default_rng(RNG_SEED)
    times = np.arange(300) * 33_333_333 + rng.integers(0, jitter_ns + 1, 300)
    times[200:] += 700_000_000
    times[250] = times[249]
    samples = rng.normal(size=(300, 4)).cumsum(axis=0)
    samples[rng.random(samples.shape) < 0.1] = np.nan
    state = [np.full(4, np.nan), np.full(4, np.nan), np.zeros(4), np.zeros(4, np.int64), np.empty(4)]
    found = []
    for u, t_ns in zip(samples, times, strict=True):
        channels.lowpass(u, int(t_ns), 37.7, 0.5, *state)
        found.append(state[-1].copy())
    expected = np.stack([twins.lowpass(samples[:, c], times, 37.7, 0.5) for c in range(4)], axis=1)
    np.testing.assert_allclose(np.array(found), expected, rtol=1e-9, atol=1e-9)


def test_glide_and_activity():
    """Base and scale move as defined, and the activity is that of the finite active channels."""
    rng = np.random.default_rng(RNG_SEED)
    n = len(TABLE)
    for share in (0.0, 0.3, 1.0):
        base, scale, aim_base, aim_scale, y = rng.normal(size=(5, n))
        base[rng.random(n) < 0.3] = scale[rng.random(n) < 0.3] = aim_scale[0] = y[3] = np.nan
        scale[5] = 0
        expected = twins.glide(base, scale, aim_base, aim_scale, share)
        heat = channels.activity(y, base, scale, ACTIVE.view(np.uint8))
        assert heat == pytest.approx(twins.activity(y, base, scale, ACTIVE), rel=1e-12)
        channels.glide(base, scale, aim_base, aim_scale, share)
        np.testing.assert_array_equal((base, scale), expected)
    unknown = np.full(n, np.nan)
    assert channels.activity(y, unknown, unknown, ACTIVE.view(np.uint8)) == 0.0


def test_swings():
    """Random walks have as many swings as the definition counts, at every reach."""
    rng = np.random.default_rng(RNG_SEED)
    for reach in (0.1, 1.0, 3.0, 50.0):
        values = rng.normal(size=200).cumsum().tolist()
        assert channels.swings(values, reach) == twins.swings(values, reach)
    assert channels.swings([], 1.0) == 0


def test_leak_is_the_robust_regression():
    """Slopes follow their definition through expressions, missing channels and a face that never turns."""
    rng = np.random.default_rng(RNG_SEED)
    scale, prior_sd = rng.uniform(0.02, 0.2, 4), np.array([0.7, 0.7, 0.5, 0.5, 0.5])
    for spread_deg in (0.0, 2.0, 15.0):
        poses = rng.normal(0, spread_deg, (200, 2))
        f = rng.normal(size=(200, 4)) * scale + 0.01 * poses @ rng.normal(size=(2, 4))
        f[60:80] += 2.0
        f[rng.random(f.shape) < 0.1] = np.nan
        leak = Leak(scale, prior_sd, 0.2, 2.0, 0.7)
        for sample, (yaw, pitch) in zip(f, poses, strict=True):
            leak.learn(sample, yaw, pitch, 0.99, 0.2)
        expected = twins.leak_slopes(
            f, poses, 0.99, 0.2, scale=scale, prior_sd=prior_sd, noise=0.2, most=2.0, reach=0.7
        )
        for yaw, pitch in ((0.0, 0.0), (10.0, 0.0), (-7.0, 13.0)):
            u, v = yaw / 10, pitch / 10
            left = np.ones(4)
            leak.remove(left, yaw, pitch)
            terms = np.array([u, v, u * u, u * v, v * v])
            np.testing.assert_allclose(left, 1 - terms @ expected, rtol=1e-9)


@pytest.mark.parametrize("kind", ["normal", "quantised", "constant", "falling"])
def test_window_is_the_sorted_last_samples(kind):
    """After every push, quantiles and deviations are those of the last samples, missing ones left out."""
    rng = np.random.default_rng(RNG_SEED)
    window, ring = Window(3, 20), np.full((20, 3), np.nan)
    q = np.array([0.1, 0.5, 0.97])
    for i in range(100):
        sample = {
            "normal": rng.normal(size=3) + 1e6,
            "quantised": rng.integers(-2, 3, 3).astype(float),
            "constant": np.ones(3),
            "falling": np.full(3, -float(i)),
        }[kind]
        sample[rng.random(3) < 0.4] = np.nan
        if i == 70:
            window.wipe(1)
            ring[:, 1] = np.nan
        window.push(sample)
        ring[i % 20] = sample
        median, deviation = window.quantile(np.full(3, 0.5)), window.deviation(np.array([0.3, np.nan, 1e6]))
        for c in range(3):
            known = ring[np.isfinite(ring[:, c]), c]
            assert window.count[c] == len(known)
            if not len(known):
                assert np.isnan(median[c])
                assert np.isnan(deviation[c])
                continue
            assert window.quantile(q)[c] == pytest.approx(np.quantile(known, q[c]), rel=1e-14)
            assert median[c] == pytest.approx(np.median(known), rel=1e-14)
            if c != 1:
                centre = (0.3, np.nan, 1e6)[c]
                assert deviation[c] == pytest.approx(np.median(np.abs(known - centre)), rel=1e-14)
        assert np.isnan(deviation[1])


@pytest.mark.parametrize(
    "call",
    [
        lambda: Window(0, 5),
        lambda: Window(2, 5).push(np.zeros(3)),
        lambda: Window(2, 5).quantile(np.zeros(1)),
        lambda: Window(2, 5).deviation(np.zeros(1)),
        lambda: Window(2, 5).wipe(2),
        lambda: align.similarity(np.zeros((3, 3)), np.zeros((4, 3)), np.ones(3), np.eye(3), np.zeros(3)),
        lambda: align.move(np.zeros((3, 3)), 1.0, np.eye(3), np.zeros(3), np.zeros((2, 3))),
        lambda: align.normalise(np.zeros((3, 3)), np.zeros((3, 3)), np.ones(3), 0, 3, 1.0),
        lambda: align.lay(np.zeros((3, 3), np.float32), FAR, np.zeros((1, 3)), np.ones(1), np.zeros((3, 3))),
        lambda: align.lay(np.zeros((9, 3), np.float32), FAR, np.zeros((1, 3)), np.ones(1), np.zeros((3, 3))),
        lambda: align.follow(np.zeros((1, 3)), np.zeros((3, 3)), FAR, 1.0),
        lambda: Features([(0,), (1,)], [(0, 2)], ZERO, ZERO),
        lambda: Features([(0,), (1,)], [(0, 1)], ZERO, np.zeros((2, 1, 3))),
        lambda: Features([(0,), (9,)], [(0, 1)], ZERO, ZERO).measure(np.zeros((9, 3)), 0.0, np.zeros(1)),
        lambda: native_eye_aspect(np.zeros((4, 3)), np.array([[0, 1, 2, 3, 4, 3]], dtype=np.intc)),
        lambda: Leak(np.ones(2), np.ones(4), 0.2, 2.0, 0.7),
        lambda: Leak(np.ones(2), np.zeros(5), 0.2, 2.0, 0.7),
        lambda: Leak(np.ones(2), np.ones(5), 0.2, 2.0, 0.7).learn(np.ones(3), 0.0, 0.0, 1.0, 1.0),
        lambda: Leak(np.ones(2), np.ones(5), 0.2, 2.0, 0.7).remove(np.ones(1), 0.0, 0.0),
        lambda: channels.glide(np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(3), 1.0),
        lambda: channels.activity(np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(3, np.uint8)),
    ],
)
def test_what_does_not_fit_is_refused(call):
    """Arrays that do not belong together are a ValueError, never a read beyond the end."""
    with pytest.raises(ValueError, match="expected"):
        call()
