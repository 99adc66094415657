"""What the continuous measures bet on: ranks near the null without a coupling, the top with one."""

import numpy as np
import pytest

from edge.config.sections import MimicrySection
from edge.measures.bets.foretold import foretold
from edge.measures.bets.table import BLOCKS
from edge.measures.context import Context
from edge.measures.onsets import Onsets
from edge.measures.peaks import Peaks
from edge.measures.roles import resolve
from edge.records import Tick

CHANNELS = ("AU12", "AU01", "AU25", "AU26")
RATE_HZ, SECONDS = 10, 500
VALUES = {block.name: block for block in BLOCKS}


def walk(rng, rows, n=RATE_HZ * SECONDS):
    """Return noise with a memory of a second or so, [rows, n]."""
    x = rng.standard_normal((rows, n + 200))
    for k in range(1, x.shape[1]):
        x[:, k] += 0.8 * x[:, k - 1]
    return x[:, 200:]


def context(x, pose):
    """Return one hop of everybody's signals [P, C, N] and pose [P, 3, N]."""
    people = tuple(range(1, len(x) + 1))
    tick = Tick(
        t_ns=SECONDS * 10**9,
        rate_hz=float(RATE_HZ),
        channels=CHANNELS,
        people=people,
        present=people,
        x={p: x[p - 1] for p in people},
        since_n=dict.fromkeys(people, x.shape[2]),
        pose_rad={p: pose[p - 1] for p in people},
        gain=dict.fromkeys(people, 1.0),
        offsets_s=np.empty(0),
        couplings=(),
        events=(),
    )
    grid = MimicrySection()
    return Context(
        tick,
        resolve(CHANNELS),
        onsets=Onsets(grid.horizon_s),
        fast_peaks=Peaks(1),
        slow_peaks=Peaks(1),
        mimicry=grid,
        seed=1,
        final=False,
    )


def ranked(name, seed, coupling, delay_n=4):
    """Return the rank, 0..1, of the newest block of a measure among its far ones, of three people."""
    rng = np.random.default_rng(seed)
    x = np.stack([walk(rng, len(CHANNELS)) for _ in range(3)])
    pose = 0.1 * np.stack([walk(rng, 3) for _ in range(3)])
    for k in (1, 2):
        x[k] += coupling * np.roll(x[0], delay_n, axis=1)
        x[k - 1] += coupling * np.roll(x[k], delay_n, axis=1) if name == "coupling_loop" else 0.0
        pose[k] = pose[k] * (1 - min(coupling, 0.9)) + min(coupling, 0.9) * pose[0] * [[-1], [1], [1]]
    block = VALUES[name]
    values = block.values(context(x, pose), () if block.room else (1, 2), block.block_s)
    known = values[np.isfinite(values)]
    assert len(known) >= 10
    return ((known[1:] < known[0]).sum() + 0.5 * (known[1:] == known[0]).sum()) / (len(known) - 1)


def test_phases_are_locked_as_the_mean_of_the_rhythms_that_are_known():
    """Where head or jaw is missing in a far block, its value is the mean of what the rest give alone."""
    rng, hidden = np.random.default_rng(4), slice(1500, 2600)
    x, pose = (np.stack([walk(rng, rows) for _ in range(2)]) for rows in (len(CHANNELS), 3))
    pose[1, 1, hidden] = np.nan

    def locked(*kept):
        x_kept, pose_kept = x.copy(), pose.copy()
        x_kept[:, 2:] = x[:, 2:] if "jaw" in kept else np.nan
        for row, name in enumerate(("yaw", "pitch")):
            pose_kept[:, row] = pose[:, row] if name in kept else np.nan
        block = VALUES["behavioural_phase_locking"]
        return block.values(context(x_kept, pose_kept), (1, 2), block.block_s)

    alone = np.stack([locked(name) for name in ("yaw", "pitch", "jaw")])
    known = np.isfinite(alone).sum(axis=0)
    assert set(known) == {2, 3}
    np.testing.assert_allclose(locked("yaw", "pitch", "jaw"), np.nansum(alone, axis=0) / known)


DELAYS = {"configuration_alignment": 0, "slope_concordance": 0, "group_phase_coherence": 0}


@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_coupling_ranks_high_and_none_does_not(name):
    """Over sixteen scenes the coupled block ranks near the top, the one without a coupling in the middle."""
    coupled = np.mean([ranked(name, seed, 3.0, DELAYS.get(name, 4)) for seed in range(8)])
    alone = np.mean([ranked(name, seed, 0.0) for seed in range(16)])
    assert coupled > 0.85
    assert 0.25 < alone < 0.75


def test_a_block_of_slopes_rests_on_its_own_samples():
    """What happened just before a block changes nothing of its slopes, else two blocks would win together."""
    rng, block = np.random.default_rng(6), VALUES["slope_concordance"]
    x, pose = (np.stack([walk(rng, rows) for _ in range(2)]) for rows in (len(CHANNELS), 3))
    start = RATE_HZ * (SECONDS - round(block.block_s))
    before, inside = x.copy(), x.copy()
    before[:, 1, start - 200 : start] = (
        x[:, 1, start - 200 : start].reshape(2, 20, 10)[:, ::-1].reshape(2, -1)
    )
    inside[:, 1, start : start + 200] = (
        x[:, 1, start : start + 200].reshape(2, 20, 10)[:, ::-1].reshape(2, -1)
    )
    near, same, other = (
        block.values(context(one, pose), (1, 2), block.block_s)[0] for one in (x, before, inside)
    )
    assert same == pytest.approx(near, abs=1e-9)
    assert abs(other - near) > 0.01


def test_what_is_foretold_is_what_was_left_unexplained():
    """A follower made of x's last value alone: with x its error falls to the noise's, by the closed form."""
    rng = np.random.default_rng(2)
    x, noise = rng.standard_normal(6000), 0.5 * rng.standard_normal(6000)
    y = noise.copy()
    y[1:] += x[:-1]
    gain = foretold(x, y, 1000, np.array([1500, 2000]), own=2, other=3)
    assert gain[0] == pytest.approx(np.log(1.25 / 0.25), abs=0.1)
    assert np.all(gain[1:] < -0.3)


def test_too_little_to_learn_from_is_no_bet():
    """With fewer than ten samples a coefficient before the block nothing is foretold."""
    x = np.random.default_rng(3).standard_normal(160)
    assert np.isnan(foretold(x, x, 100, np.array([10]), own=5, other=5)).all()
