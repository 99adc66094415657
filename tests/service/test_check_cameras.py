"""`check` with two cameras: views that overlap and clocks that differ are found, with what to do."""

import json

import pytest

from edge.cli import main
from edge.cli._scene import scene

OTHERS = "device,board,permissions,libraries,models,delegate,broker,service,clock,disk,temperature"
OWN_CLOCK = "videotestsrc pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1"


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Return a call that checks two cameras, given as their sections; gives status and lines."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))

    def call(*sections):
        config = tmp_path / "c.yaml"
        config.write_text(f"cameras:\n  - {sections[0]}\n  - {sections[1]}\n")
        status = main(["check", "--config", str(config), "--skip", OTHERS])
        lines = capsys.readouterr().out.splitlines()
        return status, [line for line in lines if "config" not in line and "run: " not in line]

    return call


@pytest.fixture
def room(tmp_path):
    """Return a call that writes a scene of one person in a room of its own; gives the camera's section."""

    def write(seed):
        script = json.loads(scene(1, 3.0, seed=seed, rate_hz=15.0)) | {"size_px": [640, 360]}
        across, portrait = ((0.3, "astronaut"), (0.65, "hopper"))[seed - 1]
        script["people"][0] |= {"position": [across, 0.4], "portrait": portrait}
        (tmp_path / f"{seed}.yaml").write_text(json.dumps(script, indent=1))
        return f"{{source: stage, path: {tmp_path}/{seed}.yaml, rate_hz: 15}}"

    return write


def test_two_sides_of_a_room_are_fine(check, room):
    """Cameras that show different walls pass, one line each and one for clocks and views."""
    _, lines = check(room(1), room(2))
    assert [line for line in lines if line.startswith("ok")] == [
        "ok    camera 1     stage delivers 640 x 360",
        "ok    camera 2     stage delivers 640 x 360",
        "ok    clocks       one clock for all cameras",
        "ok    views        no two cameras seem to show the same",
    ]


def test_overlapping_views_are_found(check, room):
    """Two cameras before the same wall fail, with the pair and the remedy."""
    status, lines = check(room(1), room(1))
    assert status == 1
    assert "FAIL  views        camera 1 and camera 2 seem to overlap" in lines
    assert any("fix: turn them apart, so that nobody is in both" in line for line in lines)


def test_a_clock_of_its_own_is_found(check, room):
    """A recording behind a launch line is not on the machine's clock: it fails by name."""
    status, lines = check(room(1), f"{{source: gstreamer, launch: '{OWN_CLOCK}'}}")
    assert status == 1
    (line,) = (line for line in lines if line.startswith("FAIL  clocks"))
    assert "got camera 2 is " in line


def test_one_dead_camera_does_not_hide_the_other(check, room):
    """What cannot be opened fails by itself; the other camera is still judged."""
    status, lines = check("{source: video, path: /nowhere.mp4}", room(2))
    assert status == 1
    assert any(line.startswith("FAIL  camera 1") for line in lines)
    assert "ok    camera 2     stage delivers 640 x 360" in lines
