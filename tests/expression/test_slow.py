"""The running parts of one person against slow twins, after every sample."""

import numpy as np
import pytest

from edge.expression import CHANNELS, TABLE
from edge.expression.align import ANCHORS, TEMPLATE_CM, WEIGHTS, Head
from edge.expression.calibration import Calibration
from edge.expression.channels import ACTIVE
from edge.expression.pose import Residual
from edge.expression.speech import Speech
from tests.expression import slow, twins
from tests.expression.faces import bump, canonical_cm, pixels, turned

NS = 1_000_000_000
N = len(TABLE)


def twin(warmup_s=20.0):
    """Return the slow twin of a calibration with the site's priors."""
    scale, noise = (np.array([getattr(one, name) for one in TABLE]) for name in ("scale", "noise"))
    return slow.Calibration(scale, noise, np.array([one.bipolar for one in TABLE]), ACTIVE, warmup_s)


def walk(rng, n, step_s):
    """Return times with jitter and signals that wander, shake, and now and then move."""
    t_ns = np.cumsum(np.round(rng.uniform(0.8, 1.2, n) * step_s * NS)).astype(np.int64)
    t_s = t_ns / NS
    y = 0.01 * np.cumsum(rng.normal(size=(n, N)), axis=0) * np.sqrt(step_s) + 0.05 * rng.normal(size=(n, N))
    for at_s in np.arange(3, t_s[-1], 6):
        y += 0.4 * bump(t_s, at_s, 1.5)[:, None]
    return t_ns, y


@pytest.mark.parametrize(
    ("n", "step_s", "warmup_s"), [(900, 1 / 30, 20.0), (2600, 0.11, 20.0), (300, 0.7, 5.0), (4000, 0.1, 30.0)]
)
def test_calibration_is_its_definition(n, step_s, warmup_s):
    """Through jitter, gaps, speech, a smile that stays for minutes and more samples than the memory holds."""
    rng = np.random.default_rng(n)
    t_ns, y = walk(rng, n, step_s)
    y[n // 2 : n // 2 + n // 5] += 2.0
    t_ns[3 * n // 4 :] += 3 * NS
    raw = y + 0.02 * rng.normal(size=y.shape)
    spoken = (t_ns // (7 * NS)) % 5 == 3
    one, other = Calibration(warmup_s), twin(warmup_s)
    for k in range(n):
        expected = other.update(y[k], raw[k], int(t_ns[k]), speaking=bool(spoken[k]))
        found = one.update(y[k], raw[k], int(t_ns[k]), speaking=bool(spoken[k]))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
        assert one.gain == pytest.approx(other.gain, rel=1e-12, nan_ok=True)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("held_s", [100, 200])
def test_a_freeze_lasts_two_minutes(held_s):
    """A face that goes on expressing is neutral in the end, two minutes after it began, and not before."""
    rng = np.random.default_rng(7)
    t_ns, y = walk(rng, 10 * (40 + held_s), 0.1)
    y[400:] += 3.0
    one, other = Calibration(20.0), twin()
    for k, t in enumerate(t_ns):
        expected = other.update(y[k], y[k], int(t), speaking=False)
        np.testing.assert_allclose(
            one.update(y[k], y[k], int(t), speaking=False), expected, rtol=1e-9, atol=1e-9
        )
        assert one.calm == (other.frozen_s == 0.0) or other.seen_s < 20
    assert (other.frozen_s == 0.0 or other.frozen_s > 120) == (held_s > 120)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rate_hz", [20, 30])
def test_speech_is_its_definition(seed, rate_hz):
    """Syllables of every height and pace, pauses, dropped samples and gaps: the same state at each sample."""
    rng = np.random.default_rng(seed)
    n = 25 * rate_hz
    t_s = np.arange(n) / rate_hz
    pace, height = (np.repeat(rng.uniform(*span, n // rate_hz), rate_hz) for span in ((0.5, 3.0), (0.0, 2.0)))
    value = height * np.sin(2 * np.pi * np.cumsum(pace) / rate_hz) ** 2 + 0.004 * rng.normal(size=n)
    value[rng.random(n) < 0.05] = np.nan
    value[15 * rate_hz : 16 * rate_hz] = np.nan
    t_ns = np.round(t_s * NS).astype(np.int64)
    t_ns[20 * rate_hz :] += 5 * NS
    speech = Speech()
    found = [speech.update(float(v), int(t)) for v, t in zip(value, t_ns, strict=True)]
    assert found == slow.swinging(value, t_ns.tolist(), twins.swings)
    assert any(found)
    assert not all(found)


@pytest.mark.parametrize("step_s", [1 / 30, 0.2, 0.9])
def test_the_shape_of_a_head_is_its_definition(step_s):
    """Landmarks and pose of a head of changing shape, turned this way and that, also far, at every frame."""
    rng = np.random.default_rng(9)
    face = canonical_cm()
    one, other = Head(), slow.Head(ANCHORS, WEIGHTS, TEMPLATE_CM, twins.similarity)
    t_ns, yaw, pitch = 0, 0.0, 0.0
    for k in range(150):
        shape = face + 0.05 * rng.normal(size=face.shape) + (k > 60) * np.array([0, 0, 0.02]) * face
        yaw, pitch = 0.9 * yaw + rng.normal(0, 4), 0.9 * pitch + rng.normal(0, 3)
        points = pixels(turned(shape, yaw, pitch, rng.normal(0, 5)))
        aligned, (expected, pose) = one.align(points, t_ns), other.align(points, t_ns)
        np.testing.assert_allclose(aligned.points_cm, expected, atol=1e-6)
        assert aligned.pose_rad == pytest.approx(pose, abs=1e-7)
        t_ns += round(step_s * NS * rng.uniform(0.8, 1.2))


LIDS = np.array([{"AU05": -0.0124, "AU07": -0.0065, "AU45": 0.012}.get(name, 0.0) for name in CHANNELS])
SLOPES = {"prior_sd": np.array([0.7, 0.7, 0.5, 0.5, 0.5]), "noise": 0.2, "most": 2.0, "reach": 0.7}


@pytest.mark.parametrize("size", [0.2, 3.0])
@pytest.mark.parametrize(("step_s", "kept_s"), [(0.1, 0.1), (0.4, 0.4), (0.7, 0.5)])
def test_the_leak_of_a_pose_is_its_definition(step_s, kept_s, size):
    """The lids lose what is common to everybody, every channel what was learnt, a tenth second apart."""
    rng = np.random.default_rng(10)
    scale = np.array([one.scale for one in TABLE])
    poses = np.radians(np.clip(rng.normal(0, 8, (120, 3)), -19, 19))
    raw = (rng.normal(size=(120, N)) + size * 10 * poses[:, :2] @ rng.normal(size=(2, N))) * scale
    residual = Residual()
    for k in range(120):
        early = raw[k].copy()
        if k:
            residual.remove(early, (0.5, 0.3, 0.0), round((k * step_s - step_s + 0.05) * NS), speaking=False)
        left = raw[k].copy()
        residual.remove(left, tuple(poses[k]), round(k * step_s * NS), speaking=False)
    yaw, pitch = np.degrees(poses[:, :2]).T
    known = raw - pitch[:, None] * LIDS
    steps_s = np.array([0.1] + [kept_s] * 119)
    turns = np.stack([yaw, pitch], axis=1)
    slopes = twins.leak_slopes(known, turns, np.exp(-steps_s / 120), steps_s / 0.5, scale=scale, **SLOPES)
    u, v = yaw[-1] / 10, pitch[-1] / 10
    terms = np.array([u, v, u * u, u * v, v * v])
    np.testing.assert_allclose(left, known[-1] - terms @ slopes, rtol=1e-8, atol=1e-10)


def test_no_leak_is_learnt_beyond_reach_and_the_last_known_is_removed_there():
    """Beyond 30 degrees of yaw or 20 of pitch nothing is learnt, and what is known up to there is removed."""
    rng = np.random.default_rng(12)
    learnt, other = Residual(), Residual()
    for k in range(200):
        pose = (*np.radians(rng.uniform((-30, -20), (30, 20))), 0.0)
        raw = np.full(N, 0.01 * np.degrees(pose[0]))
        for residual in (learnt, other):
            residual.remove(raw.copy(), pose, k * NS, speaking=False)
        far = np.radians(((-50, 0, 0), (0, 28, 0), (31, -21, 0))[k % 3])
        other.remove(rng.normal(size=N), tuple(far), k * NS + NS // 2, speaking=False)
    for far, edge in (((50, 0), (30, 0)), ((-40, 35), (-30, 20)), ((0, -60), (0, -20))):
        left = np.ones((2, N))
        other.remove(left[0], (*np.radians(far), 0.0), 300 * NS, speaking=True)
        learnt.remove(left[1], (*np.radians(edge), 0.0), 300 * NS, speaking=True)
        left += LIDS * np.array([[far[1]], [edge[1]]])
        np.testing.assert_allclose(left[0], left[1], atol=1e-12)
        assert np.abs(left[0] - 1).max() > 0.05


def test_speech_teaches_no_leak():
    """While somebody speaks only what is common to everybody is taken out."""
    rng = np.random.default_rng(11)
    residual = Residual()
    for k in range(50):
        left, pitch = np.full(N, rng.normal()), rng.normal(0, 0.2)
        expected = left - np.degrees(pitch) * LIDS
        residual.remove(left, (0.1, pitch, 0.0), k * NS, speaking=True)
        np.testing.assert_allclose(left, expected, rtol=1e-12)
