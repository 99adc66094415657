"""Recordings of one meeting side by side: offsets given or heard, one set of numbers, who is in which."""

import json

import numpy as np
import pytest

from edge.alignment import align
from edge.camera.sound import sound
from edge.cli import main
from edge.cli._scene import scene
from edge.errors import CameraError, SignalsError
from edge.pipeline.together import by_sound
from edge.stage import Stage
from edge.tables import read
from tests.cli.meeting import RATE_HZ, film, heard, voices

GREY = np.full((48, 64, 3), 120, np.uint8)
LONG_S = 24.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder for the films of this module."""
    return tmp_path_factory.mktemp("together")


@pytest.fixture(scope="module")
def sounding(folder):
    """Write two films of one meeting: the second begins 3.417 s later and has 29.97 pictures a second."""
    said = voices(LONG_S)
    left = film(folder / "left.mp4", [GREY] * 120, 5, heard(said, 0.0, LONG_S))
    own = heard(said, 3.417, LONG_S - 4, gain=0.4, seed=5)
    right = film(folder / "right.mp4", [GREY] * 80, 30000 / 1001, own, sound_s=0.25)
    return left, right


def test_sound_places_a_recording(sounding):
    """The offset is found to a few milliseconds, whatever lies between first picture and first sound."""
    (one,) = by_sound(sounding)
    assert one.offset_s == pytest.approx(3.417 - 0.25, abs=0.005)
    assert one.agreeing == one.pieces >= 3
    assert one.spread_s < 0.002


def test_the_command_says_how_certain_it_is(sounding, capsys):
    """Offset, spread, agreeing pieces and drift on stderr; the health line has both recordings."""
    left, right = map(str, sounding)
    assert main(["replay", left, right, "--together", "--sync-audio"]) == 0
    said = capsys.readouterr()
    assert "right.mp4 begins +3.16" in said.err
    assert "pieces agree" in said.err
    health = json.loads(said.out.splitlines()[-1])
    assert [one["input"] for one in health["recordings"]] == ["left.mp4", "right.mp4"]
    assert [one["frames"] for one in health["recordings"]] == [120, 80]
    assert health["recordings"][1]["offset_s"] == pytest.approx(3.167, abs=0.005)
    assert health["t_s"] == pytest.approx(23.8, abs=0.01)


def test_clocks_that_drift_are_followed():
    """Over minutes a clock slow by 80 ppm is found to 5 ppm, and the offset at its zero to a millisecond."""
    said = voices(150)
    a, b = heard(said, 0.0, 150), heard(said, 3.417, 140, slow=80e-6, seed=6)
    one = align(*((8000 * sound).astype(np.int16) for sound in (a, b)), RATE_HZ)
    assert one.offset_s == pytest.approx(3.417, abs=0.001)
    assert one.drift == pytest.approx(80e-6, abs=5e-6)


@pytest.mark.parametrize("begin_s", [-6.0, 6.0])
def test_either_may_begin_first(begin_s):
    """A recording that began earlier has a negative offset."""
    said = voices(40)
    sounds = heard(said, 10, 25), heard(said, 10 + begin_s, 20, seed=6)
    one = align(*((8000 * sound).astype(np.int16) for sound in sounds), RATE_HZ)
    assert one.offset_s == pytest.approx(begin_s, abs=0.001)


def test_other_meetings_have_no_offset(folder, sounding, refused):
    """Sound of another meeting, silence and too little sound are refused; so is a recording without any."""
    a, b = ((8000 * voices(30, seed)).astype(np.int16) for seed in (3, 9))
    for other in (b, np.zeros(30 * RATE_HZ, np.int16), a[:RATE_HZ]):
        with pytest.raises(SignalsError, match=r"expected (sound of one|at least 8 s of sound)"):
            align(a, other, RATE_HZ)
    mute = film(folder / "mute.mp4", [GREY] * 10, 5)
    with pytest.raises(CameraError, match=r"expected a sound track, got none at .+mute\.mp4"):
        sound(mute)
    status, line = refused("replay", sounding[0], mute, "--together", "--sync-audio")
    assert status == 1
    assert line.endswith(f"expected a sound track, got none at {mute}")


@pytest.fixture(scope="module")
def halves(folder):
    """Cut a rendered scene of two people apart: one film each, of other rates."""
    images = [frame.image for frame in Stage(scene(2, 2.0, rate_hz=10))]
    left = film(folder / "ada.mp4", [np.ascontiguousarray(image[:, :640]) for image in images], 10)
    right = film(folder / "ben.mp4", [np.ascontiguousarray(image[:, 640:]) for image in images[::2]], 5)
    return left, right


def test_signals_of_both_in_one_table(halves, tmp_path, capsys):
    """One table in the order of time, its people in their recordings, numbers never shared."""
    out, points = tmp_path / "both.csv", tmp_path / "points.npz"
    words = ["signals", *map(str, halves), "--together", "--offset-s", "2.5,2", "--out", str(out)]
    assert main([*words, "--landmarks", str(points)]) == 0
    table = read(out)
    assert sorted(table.recordings.values()) == [1, 2]
    assert len(table.people) == 2
    first_s = {table.recordings[one]: table.t_s[table.person == one][0] for one in table.people}
    assert first_s[1] - first_s[2] == pytest.approx(0.5, abs=0.25)
    with np.load(points) as arrays:
        assert {1, 2} == set(arrays["recording"].tolist())
        assert len(arrays["t_s"]) == 30
    assert main(["replay", str(out), "--frames"]) == 0
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    assert {one["person"] for one in lines if one["type"] == "frame"} <= set(table.people)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["{a}", "{b}", "--sync-audio"], "expected --together beside --offset-s or --sync-audio"),
        (["{a}", "--together"], "expected two recordings or more with --together, got 1"),
        (
            ["{a}", "{b}", "--together", "--offset-s", "1"],
            "expected 2 numbers, one for each",
        ),
        (["{a}", "x.csv", "--together"], "expected recordings with --together, got a table at x.csv"),
        (["{a}", "none.mp4", "--together"], "expected a video or image file, got nothing at none.mp4"),
    ],
)
def test_wrong_words_are_refused(halves, refused, words, expected):
    """What does not fit together is one line."""
    a, b = halves
    status, line = refused("replay", *(word.format(a=a, b=b) for word in words))
    assert status == 1
    assert expected in line


def test_several_recordings_need_the_word(halves, tmp_path, refused):
    """`signals` of two recordings without `--together` is refused, and writes nothing."""
    status, line = refused("signals", *halves, "--out", tmp_path / "x.csv")
    assert (status, list(tmp_path.iterdir())) == (1, [])
    assert "expected one recording, or --together, got 2 recordings" in line
