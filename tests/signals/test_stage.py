"""The short form of the validation of signals: what the stage planted against what is measured."""

import numpy as np
import pytest

from edge.config.sections import TfliteSection
from edge.errors import ModelError, StageError
from edge.expression import CHANNELS
from edge.tflite import manifest
from tests.validate import scenes
from tests.validate.megc import Score, match


def film(script):
    """Measure a scene, or skip where models or portraits were not fetched."""
    try:
        manifest.locate(TfliteSection(), "face_landmark")
        return scenes.film(script)
    except (ModelError, StageError) as error:
        pytest.skip(str(error))


@pytest.mark.slow
@pytest.mark.parametrize(("planted", "channels"), [("AU12", ("AU12",)), ("AU25", ("AU25", "AU26"))])
def test_planted_amplitude_is_measured(planted, channels):
    """The planted amplitude and the raw signal agree with r >= .95."""
    take = film(scenes.alone("astronaut", planted, 15.0))
    a, b = take.planted(planted), take.measured(*channels)
    both = np.isfinite(b)
    assert both.mean() > 0.9
    assert np.corrcoef(a[both], b[both])[0, 1] >= 0.95


@pytest.mark.slow
def test_brief_events_on_the_stage():
    """Brief AU12 movements from .03 outer-canthus distances: F1 >= .9, median onset error within a frame."""
    unit = 0.1
    script = scenes.flashes("astronaut", "AU12", {"AU12": unit}, 30.0, rate_hz=30.0, gap_s=(2.0, 3.2))
    take = film(script)
    moves = [m for m in take.truth.movements if m.channel == "AU12"]
    truth = [(m.onset_s, m.offset_s) for m in moves]
    clear = [i for i, m in enumerate(moves) if m.amplitude * take.unit["AU12"] >= 0.028]
    found = [(e.onset_ns / 1e9, e.offset_ns / 1e9) for e in take.events if e.channel == "AU12" and e.brief]
    pairs = match(truth, found)
    hits = sum(i in pairs for i in clear)
    assert len(clear) >= 4
    assert Score(hits, len(found) - len(pairs), len(clear) - hits).f1 >= 0.9
    errors = [abs(found[j][0] - truth[i][0]) for i, j in pairs.items()]
    assert np.median(errors) <= 1 / 30


@pytest.mark.slow
def test_a_turning_neutral_face_stays_neutral():
    """A neutral face turning by 20 and 15 degrees moves AU12 by under a sixth of a smile 95 % of the time."""
    take = film(scenes.turning("astronaut", 15.0))
    smile = take.raw[:, CHANNELS.index("AU12")]
    assert np.ptp(take.pose_deg[:, 0]) > 15
    assert np.nanpercentile(np.abs(smile - np.nanmedian(smile)), 95) < 0.24
    assert [event for event in take.events if event.channel == "AU12"] == []
