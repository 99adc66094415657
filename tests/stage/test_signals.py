"""The real mesh and the real signals see the planted amplitudes in the rendered faces."""

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from edge.config.sections import ExpressionSection, FacesSection, TfliteSection
from edge.expression import CHANNELS, Expressions
from edge.faces import FaceTracker
from edge.mesh import FaceMesh
from edge.stage import Stage

AU04_R = 0.92  # the mesh saturates on lowered brows; measured .94 to .96, see docs/stage.md
PLAN = (("AU12", 0.95), ("AU26", 0.95), ("AU25", 0.95), ("AU01", 0.95), ("AU02", 0.95), ("AU04", AU04_R))
BLINK_R = 0.85
LOWPASS = butter(2, 6.0, fs=30.0, output="sos")  # the product's own cut-off, on planted and measured alike
GUARD_N = 5  # frames beside other movements that the low-pass still carries
START_S, EACH_S = 1.5, 1.1
PEOPLE = """
size_px: [1280, 720]
seconds: SECONDS
seed: 9
noise_sd: 3
people:
  - {portrait: astronaut, position: [0.19, 0.45], canthus_px: 110}
  - {portrait: hopper, position: [0.50, 0.43], canthus_px: 112}
  - {portrait: astronaut, variant: mirror-blue, position: [0.81, 0.45], canthus_px: 108}
behaviour:
  events:
"""


def _script():
    """Each channel alone, three times at 0.4, 0.7 and 1 of its movement; AU01 and AU02 together; blinks."""
    groups = ["AU04", "AU12", "AU26", "AU25", "AU01, AU02", "AU45"] * 3
    lines = []
    for k, channels in enumerate(groups):
        blink = channels == "AU45"
        amplitude = 1.0 if blink else (0.4, 0.7, 1.0)[k // 6]
        shape = (
            "onset_s: 0.08, hold_s: 0.06, offset_s: 0.14"
            if blink
            else ("onset_s: 0.25, hold_s: 0.3, offset_s: 0.3")
        )
        lines += [
            f"    - {{person: {person}, channels: [{channels}], at_s: {START_S + EACH_S * k + late_s:.2f}, "
            f"amplitude: {amplitude}, {shape}}}"
            for person in range(3)
            for late_s in ((0.0, 0.4, 0.8) if blink else (0.0,))
        ]
    seconds = START_S + EACH_S * len(groups) + 0.5
    return PEOPLE.replace("SECONDS", f"{seconds:.2f}") + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def measured(portraits):
    """Planted truth and measured raw signals, [3, F, C], NaN where nobody was found."""
    stage = Stage(_script(), portraits=portraits)
    tracker, mesh = (
        FaceTracker(FacesSection(), TfliteSection(), seed=1),
        FaceMesh(FacesSection(), TfliteSection()),
    )
    expressions = Expressions(ExpressionSection())
    raw = np.full((3, stage.expected_n, len(CHANNELS)), np.nan)
    people = set()
    for frame in stage:
        meshes = tracker.observe(mesh.update(frame, tracker.update(frame)))
        for one in expressions.update(meshes, (1280, 720)):
            middle = one.box_px[0] + one.box_px[2] / 2
            raw[int(middle / 1280 * 3), frame.index] = one.raw
            people.add(one.person)
    return stage.truth, raw, people


@pytest.mark.slow
def test_every_face_is_found_and_keeps_its_number(measured):
    """All three people are found on nearly every frame under three numbers."""
    _, raw, people = measured
    assert len(people) == 3
    assert np.isfinite(raw[:, :, CHANNELS.index("AU12")]).mean() > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("person", range(3))
@pytest.mark.parametrize(("channel", "least"), [*PLAN, ("AU45", BLINK_R)])
def test_measured_signal_follows_the_planted_amplitude(measured, channel, least, person):
    """Over rest and its own movements, a channel measured and planted agree below 6 Hz as the table asks."""
    truth, raw, _ = measured
    together = {"AU01", "AU02"} if channel in {"AU01", "AU02"} else {channel}
    others = [c for c, name in enumerate(truth.channels) if name not in together]
    busy = (truth.amplitude[person, others] > 0).any(axis=0)
    alone = np.convolve(busy, np.ones(2 * GUARD_N + 1), "same") == 0
    signal = raw[person, :, CHANNELS.index(channel)]
    alone &= np.isfinite(signal) & (truth.t_ns > 1e9)
    index = np.arange(len(signal))
    whole = np.interp(index, index[np.isfinite(signal)], signal[np.isfinite(signal)])
    planted, found = sosfiltfilt(LOWPASS, [truth.channel(person, channel), whole])[:, alone]
    assert np.corrcoef(planted, found)[0, 1] >= least
