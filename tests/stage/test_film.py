"""The `stage` command: a video, the truth as JSON, nothing half-written."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge.camera.video import VideoFile
from edge.cli import main
from edge.stage import Stage

PLANTED = Path(__file__).parents[2] / "firmware_configs/stage/planted.yaml"


@pytest.fixture
def script(tmp_path, scene):
    """Write a script of one second."""
    path = tmp_path / "scene.yaml"
    text = scene([(0, "AU12", 0.2, 0.8), (1, "AU26", 0.1, 0.5)]).replace("seconds: 2", "seconds: 1")
    path.write_text(text.replace("noise_sd: 0", "noise_sd: 1\njitter_s: 0.002"))
    return path


def test_video_holds_the_frames_at_their_times(tmp_path, script, portraits):
    """The file plays back every frame at its sensor time to 0.1 ms, close to the rendered pixels."""
    out = tmp_path / "scene.mp4"
    assert main(["stage", "--script", str(script), "--out", str(out)]) == 0
    stage = Stage(script, portraits=portraits)
    frames = list(VideoFile(out))
    assert len(frames) == 30
    np.testing.assert_allclose([f.t_ns for f in frames], stage.truth.t_ns, atol=1e5)
    error = np.abs(frames[12].image.astype(int) - stage.image(12)).mean()
    assert error < 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scene.mp4", "scene.yaml"]


def test_a_script_gives_the_same_film_every_time(tmp_path):
    """Films of one script, each made by a process of its own, are equal byte by byte."""
    script = tmp_path / "scene.yaml"
    script.write_text(PLANTED.read_text().replace("seconds: 300", "seconds: 3"))
    paths = [tmp_path / f"{number}.mp4" for number in range(3)]
    for path in paths:
        command = [sys.executable, "-m", "edge", "stage", "--script", script, "--out", path]
        subprocess.run(command, check=True, capture_output=True)
    assert len({path.read_bytes() for path in paths}) == 1


def test_truth_says_what_was_planted(tmp_path, script):
    """The JSON holds movements, amplitude runs, boxes and canthus distances of every person."""
    out = tmp_path / "truth.json"
    assert main(["stage", "--script", str(script), "--truth", str(out)]) == 0
    truth = json.loads(out.read_text())
    smile = truth["movements"][1]
    assert (smile["person"], smile["channel"], smile["cause"], smile["amplitude"]) == (0, "AU12", "own", 0.8)
    assert [smile[key] for key in ("onset_s", "apex_s", "release_s", "offset_s")] == [0.2, 0.4, 0.8, 1.0]
    (run,) = truth["people"][0]["amplitude"]["AU12"]
    assert run[0] == pytest.approx(6, abs=1)
    assert max(run[1]) == pytest.approx(0.8)
    assert truth["people"][1]["amplitude"]["AU12"] == []
    assert len(truth["t_ns"]) == len(truth["people"][0]["box_px"]) == 30
    assert truth["people"][0]["canthus_px"][0] == pytest.approx(64, abs=2)
    assert truth["people"][0]["present"] == [[0, 30]]


@pytest.mark.parametrize("name", ["scene.gif", "missing/scene.mp4"])
def test_a_file_that_cannot_be_written_is_one_line(tmp_path, script, capsys, name):
    """A suffix that is no video or a folder that is not there is one line on stderr and exit 1."""
    assert main(["stage", "--script", str(script), "--out", str(tmp_path / name)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("error: expected")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scene.yaml"]


def test_missing_portraits_name_the_fix(tmp_path, script, monkeypatch, capsys):
    """Without portraits the message says which command fetches them."""
    monkeypatch.setenv("MIMICRY_MODELS", str(tmp_path / "nowhere"))
    assert main(["stage", "--script", str(script), "--truth", str(tmp_path / "t.json")]) == 1
    assert "mimicry-edge models fetch" in capsys.readouterr().err
