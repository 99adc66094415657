"""The benches measure what they say: a model against itself is at 1, our side finds every face."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from edge.errors import CameraError
from edge.tuning import yardstick
from tests.bench import mesh, pipeline, recordings


@pytest.mark.slow
def test_a_variant_equal_to_float_is_at_one(models):
    """The float model under another name has its own noise, gain and landmarks."""
    path = models / "float/face_landmark.tflite"
    got = yardstick.compare({"float": path, "again": path})["again"]
    assert got["noise_over_float"] == dict.fromkeys(yardstick.SIGNALS, 1.0)
    assert got["slope_over_float"] == dict.fromkeys(yardstick.SIGNALS, 1.0)
    assert got["nme_pct"] == 0.0


@pytest.mark.slow
def test_pipeline_bench_without_the_peer(models):
    """Where the peer cannot be installed our figures stand alone and the ratio is null."""
    got = pipeline.run(faces_n=(2,), rounds=1, beside=None)
    assert got["2"]["found"] == 2
    assert got["2"]["fps_over_mediapipe"] is None
    assert {"faces", "mesh", "expression"} <= got["2"]["stage_ms"].keys()
    assert got["rss_mb"] > 0
    assert got["start_s"] > 0
    json.dumps(got, allow_nan=False)


def test_recordings_are_read_under_several_draws_of_noise(models, data):
    """On a real smile the float model is at one beside itself; one that sees noise of its own is above."""
    path = {"float": models / "float/face_landmark.tflite"}
    twice = yardstick.models_of(path) | {"again": yardstick.models_of(path)["float"]}
    run, noise = twice["again"].run, np.random.default_rng(1)
    twice["loud"] = SimpleNamespace(input=twice["again"].input, run=lambda: [_shaken(run()[0], noise)])
    got = recordings.compare(next(data.rglob("single_face.mp4")), twice)
    assert got["again"]["faces"] >= 60
    assert got["again"]["noise_over_float"] == dict.fromkeys(yardstick.SIGNALS, 1.0)
    assert got["again"]["slope_over_float"]["AU12"] == pytest.approx(1.0)
    assert got["again"]["nme_pct"] == 0.0
    assert min(got["loud"]["noise_over_float"].values()) > 1.5
    assert got["loud"]["slope_over_float"]["AU12"] == pytest.approx(1.0, abs=0.1)
    assert got[recordings.ELSEWHERE]["slope_over_float"]["AU25"] == pytest.approx(1.0, abs=0.05)
    film = {name: one | {"ms": 1.0, "ms_over_float": 1.0} for name, one in got.items()}
    assert "| single_face.mp4 |" in mesh.table({"film": film, "recordings": {"single_face.mp4": got}})


def test_noise_and_slope_are_those_put_in():
    """Takes of a known series give noise 3 times float's and a slope of a half, within 3 standard errors."""
    rng = np.random.default_rng(3)
    truth = np.cumsum(rng.normal(0, 0.3, (2, 400)), axis=1)
    takes = [{key: one + rng.normal(0, 0.1, (3, 400)) for key in yardstick.SIGNALS} for one in truth]
    loud = [{key: 0.5 * one + rng.normal(0, 0.3, (3, 400)) for key in yardstick.SIGNALS} for one in truth]
    still = [{key: rng.normal(0, 0.1, (3, 400)) for key in yardstick.SIGNALS}]
    got = recordings.compared(loud, takes)
    for key in yardstick.SIGNALS:
        assert abs(got["noise_over_float"][key] - 3) < 3 * got["noise_se"][key] < 0.5
        assert abs(got["slope_over_float"][key] - 0.5) < 3 * got["slope_se"][key] < 0.1
    assert set(recordings.compared(still, still)["slope_over_float"].values()) == {None}


def _shaken(landmarks, noise):
    return landmarks + noise.normal(0, 1, landmarks.shape).astype(np.float32)


def test_a_recording_without_a_face_tells_nothing(models, tmp_path):
    """A file that is no film gives no figures and no error; a folder without any is an error."""
    path = {"float": models / "float/face_landmark.tflite"}
    with pytest.raises(CameraError, match=r"expected recordings .* got none at"):
        recordings.find(tmp_path)
    text = tmp_path / "text.mp4"
    text.write_text("not a film")
    assert recordings.find(tmp_path) == recordings.find(text) == [text]
    assert recordings.compare(text, yardstick.models_of(path)) == {}
