"""Value and null lose the same: gaps, lags, speakers; gates that look at both faces close."""

from dataclasses import replace

import numpy as np
import pytest

from edge.measures.aggregate import room
from edge.measures.conclude import conclude
from edge.measures.configuration_alignment import cosines, matched_cosines
from edge.measures.findings import Finding
from edge.measures.matching import owed, speech
from edge.measures.peaks import Peaks
from edge.measures.shifts import jointly
from edge.measures.table import BY_NAME
from edge.measures.verdict import judge
from edge.records import Coupling
from tests.measures.test_blocks import context, walk
from tests.validate.drive import GRID, at_once, on_grid, run
from tests.validate.gatherings import CHANNELS, Gathering, meet

NULL_39 = np.linspace(-1.0, 1.0, 39)
SMILES = replace(GRID, channels=("AU12",))


def test_what_offsets_owe_is_taken_out():
    """Peaks that rise by 2 with a condition that far windows meet more often differ by nothing else."""
    rng = np.random.default_rng(1)
    condition = np.concatenate((rng.uniform(0, 0.2, (400, 1)), rng.uniform(0, 1, (400, 20))), axis=1)
    peaks = 0.3 + 2 * condition + 0.1 * rng.normal(size=condition.shape)
    less = owed(peaks, condition[..., None], np.ones(20, bool))
    left = peaks[:, 1:].mean(axis=0) - less - peaks[:, 0].mean()
    assert np.abs(left).max() < 0.05
    assert less.min() > 0.5


def test_a_condition_that_is_the_same_takes_nothing():
    """Without a difference between near and far, or without any variation, nothing is taken."""
    rng = np.random.default_rng(2)
    peaks = rng.normal(size=(300, 11))
    assert np.abs(owed(peaks, np.full((300, 11, 2), 0.4), np.ones(10, bool))).max() < 1e-6


def test_a_mouth_that_is_not_seen_is_quiet():
    """Of a face whose mouth is hidden all the time nobody can say that it speaks."""
    rng = np.random.default_rng(3)
    x = np.stack([walk(rng, 4) for _ in range(2)])
    x[0] = np.nan
    hop = context(x, np.stack([walk(rng, 3) for _ in range(2)]))
    assert speech(hop, 1).tolist() == [0.0] * x.shape[2]
    assert speech(hop, 2).max() == 1.0


def test_a_window_that_lacks_a_lag_has_no_peak():
    """A maximum over fewer lags is smaller, so a window counts only with all of them."""
    peaks = Peaks(4)
    for missing in (False, True):
        r = np.array([0.1, 0.6, 0.2])
        if missing:
            r[0] = np.nan
        peaks.update([_coupling(r)])
    assert peaks.means((1, 2), "AU12").windows == 1
    assert peaks.means((1, 2), "AU12").near == pytest.approx(np.arctanh(0.6), rel=1e-6)


def _coupling(r):
    return Coupling(
        pair=(1, 2),
        channel="AU12",
        t_ns=0,
        lags_s=np.array([-1.0, 0.0, 1.0]),
        r=r,
        offsets_s=np.array([40.0]),
        far_r=np.array([[0.1, 0.2, 0.3]]),
        coverage=1.0,
    )


def test_both_rows_lose_what_either_lacks():
    """Every draw and the value beside it are missing at the same samples."""
    rows = np.array([[1.0, np.nan, 3.0, 4.0], [5.0, 6.0, np.nan, 8.0], [9.0, 1.0, 2.0, 3.0]])
    near, far = jointly(rows)
    assert np.array_equal(np.isnan(near), np.isnan(far))
    assert np.isnan(near).tolist() == [[False, True, True, False], [False, True, False, False]]
    assert (far[0, 3], near[0, 3]) == (8.0, 4.0)


def test_alike_speakers_do_not_push_listeners_down():
    """Where speaker and listener never look alike at once, shifts that pair speakers count no more."""
    rng = np.random.default_rng(3)
    speaks = np.arange(2000) // 25 % 2 == 0
    u, v = np.zeros((2, 2, 2000))
    for face, on in ((u, speaks), (v, ~speaks)):
        face[:, on] = np.array([[1.0], [0.2]]) + 0.1 * rng.normal(size=(2, on.sum()))
        face[:, ~on] = np.array([[0.2], [1.0]]) + 0.1 * rng.normal(size=(2, (~on).sum()))
    u, v = u / np.linalg.norm(u, axis=0), v / np.linalg.norm(v, axis=0)
    plain = cosines(u, v)[0]
    assert plain[25] > plain[0] + 0.3
    assert matched_cosines(u, v, speaks, ~speaks)[13:900].mean() == pytest.approx(plain[0], abs=0.02)


def test_resting_faces_do_not_move():
    """Two faces that only tremble are never both above rest: the measure has nothing to compare."""
    x = np.random.default_rng(4).normal(size=(2, len(CHANNELS), 3000))
    found = run(np.arange(3000) / 10, x, CHANNELS, enabled=("configuration_alignment",)).finish()
    assert [(one.state, one.value) for one in found] == [("insufficient", None)]
    assert found[0].n < 10


def test_following_one_way_is_no_loop():
    """A loop is above only with both directions: a tail and a p however small are not enough."""
    rng = np.random.default_rng(5)
    finding = Finding(
        name="coupling_loop",
        subject=(1, 2),
        t_ns=0,
        value=9.0,
        draws=rng.normal(size=39),
        parts=((3.0, NULL_39), (0.2, NULL_39)),
    )
    states = [
        conclude([judge(one)], BY_NAME, alpha=0.05, fdr_q=0.1)[0].state
        for one in (finding, replace(finding, parts=((3.0, NULL_39), (2.9, NULL_39))))
    ]
    assert states == ["at_chance", "above"]


@pytest.mark.parametrize(("backward", "state"), [(0.0, "at_chance"), (3.0, "above")])
def test_a_room_that_follows_one_way_has_no_loop(backward, state):
    """The room's loop too asks for both directions, whichever person of a pair has the lower number."""
    rng = np.random.default_rng(6)
    pairs = [
        judge(
            Finding(
                name="coupling_loop",
                subject=subject,
                t_ns=0,
                value=9.0,
                draws=rng.normal(size=39),
                parts=tuple((value, rng.normal(size=39)) for value in values),
            )
        )
        for subject, values in zip(
            ((1, 2), (1, 3), (2, 3)), ((5.0, backward), (backward, 5.0), (5.0, backward)), strict=True
        )
    ]
    found = conclude(pairs + room(pairs, 0, 1), BY_NAME, alpha=0.05, fdr_q=0.1)
    assert [one.state for one in found if not one.subject] == [state]


def test_common_gaps_leave_the_index_where_it_was():
    """Gaps of .8 s that all faces share, three a minute, do not push the pooled distance below chance."""
    z = []
    for seed in range(6):
        measures = on_grid(
            meet(Gathering(minutes=6.0, gaps_min=3.0, seed=seed)),
            CHANNELS,
            enabled=("expression_synchrony",),
            grid=SMILES,
        )
        z += [one.extra["z"] for one in measures if len(one.subject) == 2]
    assert np.mean(z) == pytest.approx(0.0, abs=0.45)


def test_short_looks_away_leave_slopes_and_low_intensity():
    """Two seconds away twice a minute cost neither measure its verdict over five minutes."""
    names = ("slope_concordance", "low_intensity_response")
    one = meet(Gathering(people=2, minutes=5.0, seed=9))
    for k in range(10):
        one.x[k % 2, :, 200 + 300 * k : 220 + 300 * k] = np.nan
    found = on_grid(one, CHANNELS, enabled=names, grid=SMILES)
    assert {(m.name, m.value is not None) for m in found} == {(name, True) for name in names}


def test_gaps_leave_coherence_where_it_was():
    """Gaps that all faces share, six a minute, do not move the group's rhythm from its null."""
    name, z = "group_phase_coherence", []
    for seed in range(100, 140):
        (one,) = at_once(meet(Gathering(minutes=6.0, gaps_min=6.0, seed=seed)), CHANNELS, enabled=(name,))
        z.append(one.z)
    assert np.mean(z) == pytest.approx(0.0, abs=0.25)


def test_a_minute_of_few_moments_counts_little():
    """A few moments always go together: a minute that is nearly all missing does not raise the rhythm."""
    one = meet(Gathering(minutes=5.0, seed=3))
    rho = []
    for start in (600, 0):
        x = one.x.copy()
        x[0, :, 8:592] = np.nan
        cut = replace(one, x=x[..., start:], t_s=one.t_s[start:], pose=one.pose[..., start:], events=())
        (found,) = at_once(cut, CHANNELS, enabled=("group_phase_coherence",))
        rho.append(found.extra["rho"])
    assert rho[1] == pytest.approx(rho[0], abs=0.02)


def test_gaps_leave_low_intensity_where_it_was():
    """Eight gaps a minute that all faces share move no draw: what is missing of the other counts as rest."""
    found = [
        one
        for seed in range(100, 108)
        for one in at_once(
            meet(Gathering(minutes=6.0, gaps_min=8.0, seed=seed)),
            CHANNELS,
            enabled=("low_intensity_response",),
        )
        if len(one.subject) == 2
    ]
    assert len(found) == 8 * 12
    assert np.mean([one.z for one in found]) == pytest.approx(0.0, abs=0.35)
    assert np.mean([one.p <= 0.05 for one in found]) <= 0.11
