"""The benches measure what they say: a model against itself is at 1, our side finds every face."""

import json

import pytest

from edge.bench import mesh, pipeline


@pytest.mark.slow
def test_a_variant_equal_to_float_is_at_one(models):
    """The float model under another name has its own noise, gain and landmarks, and about its own speed."""
    path = models / "float/face_landmark.tflite"
    got = mesh.compare({"float": path, "again": path})["again"]
    assert got["noise_over_float"] == dict.fromkeys(mesh.SIGNALS, 1.0)
    assert got["slope_over_float"] == dict.fromkeys(mesh.SIGNALS, 1.0)
    assert got["nme_pct"] == 0.0
    assert 0.3 < got["ms_over_float"] < 3.0


@pytest.mark.slow
def test_pipeline_bench_without_the_peer(models, monkeypatch):
    """Where the peer cannot be installed our figures stand alone and the ratio is null."""
    monkeypatch.setattr(pipeline, "_peer_command", list)
    monkeypatch.setattr(pipeline, "CELLS", {2: pipeline.CELLS[2]})
    monkeypatch.setattr(pipeline, "ROUNDS", 1)
    got = pipeline.run()
    assert got["2"]["found"] == 2
    assert got["2"]["fps_over_mediapipe"] is None
    assert {"faces", "mesh", "expression"} <= got["2"]["stage_ms"].keys()
    assert got["rss_mb"] > 0
    assert got["start_s"] > 0
    json.dumps(got, allow_nan=False)
