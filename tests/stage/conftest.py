"""What the stage's tests share: portraits that were fetched, scripts that are small."""

import pytest

from edge.tflite import manifest

SCENE = """
size_px: [640, 360]
seconds: 2
seed: 4
noise_sd: 0
people:
  - {portrait: astronaut, position: [0.27, 0.42], canthus_px: 64, sway: SWAY}
  - {portrait: hopper, variant: mirror-blue, position: [0.73, 0.42], canthus_px: 66, sway: SWAY}
behaviour:
  events:
EVENTS
"""
STILL = "{x_px: 0, y_px: 0, scale: 0, roll_deg: 0, yaw_deg: 0, pitch_deg: 0}"
MOVING = "{x_px: 5, y_px: 4, scale: 0.03, roll_deg: 5, yaw_deg: 4, pitch_deg: 3, hz: 0.6}"


@pytest.fixture(scope="session")
def portraits():
    """Folder of the two portraits, fetched by `models fetch`."""
    folder = manifest.folder() / "portraits"
    if not (folder / "astronaut.png").is_file():
        pytest.fail("expected the portraits: run `mimicry-edge models fetch`")
    return folder


@pytest.fixture(scope="session")
def scene():
    """Make the text of a two-person script: events as (person, channels, at_s, amplitude)."""

    def make(events, *, sway=STILL):
        lines = [
            f"    - {{person: {person}, channels: [{channels}], at_s: {at_s}, amplitude: {amplitude}, "
            "onset_s: 0.2, hold_s: 0.4, offset_s: 0.2}"
            for person, channels, at_s, amplitude in events
        ]
        return SCENE.replace("SWAY", sway).replace("EVENTS", "\n".join(lines) or "    []")

    return make


@pytest.fixture(scope="session")
def moving():
    """Sway that exercises every motion of body and head."""
    return MOVING
