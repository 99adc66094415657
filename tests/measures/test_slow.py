"""The slow mode of windowed correlation against brute force, and in a session."""

import numpy as np
import pytest

from edge.config.sections import MimicrySection
from edge.measures.slow import Slow, sliding_r
from edge.records import Coupling, Tick
from tests.validate.drive import session
from tests.validate.simulate import CHANNELS, Script, simulate


def test_sliding_r_equals_corrcoef():
    """Every window at every start equals corrcoef over the pairs that are there; too few give NaN."""
    rng = np.random.default_rng(6)
    a, b = rng.standard_normal((3, 40)), rng.standard_normal(60)
    a[0, :8], b[44:] = np.nan, np.nan
    a[2] = 1.0
    ours = sliding_r(a, b)
    assert ours.shape == (3, 21)
    for s in range(2):
        for k in range(21):
            both = np.isfinite(a[s]) & np.isfinite(b[k : k + 40])
            expected = np.corrcoef(a[s][both], b[k : k + 40][both])[0, 1] if both.sum() >= 30 else np.nan
            assert ours[s, k] == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert np.isnan(ours[2]).all()
    assert np.isnan(ours[0, -1])


def test_lags_lie_where_they_are_named():
    """A copy 3 s later has r = 1 at lag +3 s, one turned by 40 s at the centre of the offset of 40 s."""
    grid = MimicrySection()
    rng = np.random.default_rng(7)
    x = rng.standard_normal((2, 3000))
    x[1, 30:] = x[0, :-30]
    for shift, person, row in ((30, 0, None), (400, 0, 1), (-400, 0, 0)):
        x[1] = np.roll(x[0], shift)
        tick = Tick(
            t_ns=300_000_000_000,
            rate_hz=10.0,
            channels=("AU12",),
            people=(1, 2),
            present=(1, 2),
            x={1: x[:1], 2: x[1:]},
            since_n={1: 3000, 2: 3000},
            pose_rad={},
            gain={},
            offsets_s=np.array([-40.0, 4.0, 40.0]),
            couplings=(_any(),),
            events=(),
        )
        coupling = Slow(grid).couplings(tick, person)[0]
        r = coupling.r if row is None else coupling.far_r[row]
        centre = {None: 3.0, 1: 0.0, 0: 0.0}[row]
        assert coupling.lags_s[int(np.argmax(r))] == pytest.approx(centre)
        assert r.max() == pytest.approx(1.0, abs=1e-9)


def _any():
    return Coupling(
        pair=(1, 2),
        channel="AU12",
        t_ns=0,
        lags_s=np.zeros(1),
        r=np.zeros(1),
        offsets_s=np.array([-40.0, 4.0, 40.0]),
        far_r=np.zeros((3, 1)),
        coverage=1.0,
    )


def test_slow_answers_are_found_in_the_slow_mode():
    """Answers 3.5 s later lie beyond the fast lags and are found by the slow ones, at their lag."""
    one = simulate(Script(q=0.9, delay_s=3.5, delay_spread=0.05, seed=8))
    measures = session(one, CHANNELS, enabled=("expression_synchrony",))
    extra = next(m for m in measures if m.subject == (1, 2)).extra
    assert extra["slow_p"] <= 0.05
    assert extra["slow_lag_s"] == pytest.approx(3.5, abs=0.3)
    assert extra["slow_n"] >= 8
