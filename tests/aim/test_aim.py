"""Aiming on the stage and on a recording: sizes seat by seat, its end at a mute, and what refuses it."""

import json
import signal
import socket
from pathlib import Path

import numpy as np
import pytest

from edge.aim import Aim
from edge.aim.advice import BLURRED, for_camera, for_seat
from edge.aim.figures import CameraFigures, SeatFigures
from edge.aim.look import sharpness
from edge.cli import main
from edge.cli._scene import scene
from edge.config import load
from edge.errors import ServiceError
from edge.service import Alone, audit
from edge.stage import Stage

FOUR = Path(__file__).parents[3] / "shared/data/conversation/four-people.mp4"
SEATED = (("astronaut", 100.0), ("hopper", 60.0), ("hopper", 42.0))
GOOD = {
    "x": 0.5,
    "y": 0.5,
    "size_px": 70.0,
    "yaw_deg": 0.0,
    "pitch_deg": 0.0,
    "light": 110.0,
    "exposure": 190.0,
    "sharpness": 0.6,
    "readable": 1.0,
}


@pytest.fixture(autouse=True)
def quiet(tmp_path, monkeypatch):
    """Keep runtime files in the test's folder, and put the signal handlers back."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
def stage(tmp_path):
    """Write a short scene and its configuration."""
    return seated(tmp_path, 5.0)


def seated(folder, seconds=60.0):
    """Write a scene of three faces of known sizes, and a configuration that films it; return its path."""
    script = json.loads(scene(3, seconds, rate_hz=10.0)) | {"size_px": [960, 540]}
    for person, (portrait, size_px) in zip(script["people"], SEATED, strict=True):
        person |= {"portrait": portrait, "variant": "plain", "canthus_px": size_px}
    (folder / "scene.yaml").write_text(json.dumps(script, indent=1))
    return configured(folder, f"{{source: stage, path: {folder}/scene.yaml, rate_hz: 12}}")


def configured(folder, camera):
    """Write the configuration of one camera; return its path."""
    path = folder / "config.yaml"
    path.write_text(f"version: 1\ncamera: {camera}\nservice: {{state_dir: {folder}/state}}\n")
    return path


def reports(capsys, *words):
    """Aim with these words; return what was printed."""
    assert main(["aim", "--json", *map(str, words)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.slow
def test_sizes_of_the_stage(stage, capsys):
    """Three seats from left to right, each within 3 % of the size that the pictures have."""
    last = reports(capsys, "--config", stage, "--minutes", 10)[-1]
    truth = np.median(Stage(stage.parent / "scene.yaml").geometry.canthus_px, axis=1)
    (camera,) = last["cameras"]
    assert last["ended"] == "the recording is over"
    assert [one["seat"] for one in camera["seats"]] == [1, 2, 3]
    assert [one["size_px"] for one in camera["seats"]] == pytest.approx(truth.tolist(), rel=0.03)
    changes = [" ".join(one["change"]) for one in camera["seats"]]
    assert ["nearer" in words for words in changes] == [False, False, True]


def test_it_ends_by_itself(stage, capsys):
    """When its time is over the session ends and says so."""
    assert reports(capsys, "--config", stage, "--minutes", 0.001)[-1]["ended"] == "the time is over"


@pytest.mark.slow
@pytest.mark.skipif(not FOUR.exists(), reason="needs the recordings of ../shared/data")
def test_four_people_at_a_table(tmp_path, capsys):
    """Four seats of a real table, the two on the sides turned inwards."""
    config = configured(tmp_path, f"{{source: video, path: {FOUR}}}")
    (camera,) = reports(capsys, "--config", config, "--minutes", 0.1)[-1]["cameras"]
    assert len(camera["seats"]) == 4
    yaw_deg = [one["yaw_deg"] for one in camera["seats"]]
    assert yaw_deg[0] > 10 > -10 > yaw_deg[3]
    assert camera["camera_fps"] == pytest.approx(60, abs=3)


@pytest.mark.slow
def test_a_mute_ends_it(stage):
    """The button ends it with every camera closed; muted, it does not begin again."""
    said = []
    aim = Aim(load(stage), lambda report: (said.append(report), aim.requests.press()), minutes=5)
    assert aim.run() == "ended by a mute (local)"
    assert said[-1]["ended"] == "ended by a mute (local)"
    with pytest.raises(ServiceError, match="a mute by local"):
        Aim(load(stage), said.append, minutes=5).run()


def test_beside_the_service_it_is_refused(stage, capsys):
    """While the service has the state folder there is one line with the remedy."""
    with Alone(stage.parent / "state"):
        assert main(["aim", "--config", str(stage)]) == 1
    assert "stop the service first" in capsys.readouterr().err


def test_the_hub_that_is_away_mutes_it(stage):
    """Where the mute follows the hub, which aiming does not hear, it does not begin."""
    stage.write_text(stage.read_text() + "privacy: {on_hub_lost: mute}\n")
    with pytest.raises(ServiceError, match="a mute by hub"):
        Aim(load(stage), print, minutes=5).run()


def test_the_journal_knows(tmp_path):
    """One line goes to the system's log; without one nothing happens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(tmp_path / "log"))
        audit("aiming begins", str(tmp_path / "log"))
        assert b"]: aiming begins (user " in log.recv(200)
    audit("aiming begins", str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"size_px": 25.0}, "2.0 times nearer"),
        ({"yaw_deg": -40.0}, "picture's left"),
        ({"pitch_deg": 30.0}, "higher"),
        ({"exposure": 60.0}, "more light"),
        ({"exposure": 60.0, "light": 30.0}, "no window"),
        ({"exposure": 254.0}, "less light"),
        ({"sharpness": 0.1}, "focus"),
        ({"readable": 0.3}, "30% of the time"),
    ],
)
def test_each_fault_has_its_advice(odd, words):
    """A good seat needs nothing; a seat with one fault gets the one line about it."""
    assert for_seat(SeatFigures(**GOOD), 100.0) == []
    (change,) = for_seat(SeatFigures(**GOOD | odd), 100.0)
    assert words in change


def test_slow_cameras_and_devices():
    """Both rates are judged, and an empty room is said."""
    good = {"size_px": (640, 360), "light": 100.0, "camera_fps": 30.0, "processed_fps": 29.0, "problem": ""}
    assert for_camera(CameraFigures(**good), 30.0, 2) == []
    assert "nobody" in for_camera(CameraFigures(**good), 30.0, 0)[0]
    assert "15.0 of 30" in for_camera(CameraFigures(**good | {"camera_fps": 15.0}), 30.0, 2)[0]
    film = CameraFigures(**good | {"camera_fps": 15.0, "recorded": True})
    assert [one for one in for_camera(film, 30.0, 0) if "light" in one or "sit" in one] == []
    assert "too slow" in for_camera(CameraFigures(**good | {"processed_fps": 10.0}), 30.0, 2)[0]


def test_blur_lowers_the_sharpness():
    """Detail that a lens out of focus loses, or a movement in one direction, lowers it."""
    rng = np.random.default_rng(4)
    face = np.kron(rng.integers(0, 256, (12, 12)), np.ones((5, 5))).astype(np.uint8)

    def across(picture):
        kernel = np.ones(25) / 25
        return np.apply_along_axis(np.convolve, 1, picture.astype(float), kernel, "valid").astype(np.uint8)

    assert sharpness(face, 32.0) > 2 * sharpness(across(face), 32.0)
    assert sharpness(across(face), 32.0) < BLURRED
