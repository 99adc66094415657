"""The running device against a real broker: start, mute, death, reload, goodbye."""

import shutil
import signal
import subprocess
import sys

import pytest

from edge.tflite import manifest
from tests.publish.broker import until

pytestmark = pytest.mark.slow

HEALTH = {
    "camera": {"state", "fps", "frame_age_ms", "dropped", "restarts", "refused"},
    "infer": {"backend", "model", "degraded", "p50_ms", "p95_ms", "faces", "every_n"},
    "correlator": {"lag_frames", "p50_ms", "p95_ms"},
    "e2e_ms": {"p50", "p95"},
    "sys": {"temp_c", "throttled", "mem_free_mb", "rss_mb", "disk_free_mb", "troubles"},
    "config": {"problems"},
}


def test_it_measures_and_says_goodbye(service, ear):
    """From start to SIGTERM: online, people, health of a running pipeline, stopped, exit 0."""
    service.start()
    until(lambda: ear.last("mimicry/live").get("count") == 2, 60)
    until(lambda: ear.last("health").get("mode") == "run" and ear.last("health")["camera"]["fps"], 30)
    assert ear.last("availability") == "online"
    assert {name: set(ear.last("health")[name]) for name in HEALTH} == HEALTH
    assert {"AU12", "AU45"} <= set(ear.last("mimicry/live")["people"][0]["signals"])
    assert service.signal(signal.SIGTERM) == 0
    until(lambda: ear.last("availability") == "stopped")


def test_mute_closes_the_camera_and_survives_death(service, ear):
    """Mute is published after the camera closed, nothing is measured until it is lifted, kill -9 keeps it."""
    service.start()
    until(lambda: ear.last("mimicry/live").get("count") == 2, 60)
    ear.send("privacy/set", {"on": True, "by": "test", "until": None})
    until(lambda: ear.last("privacy/state").get("state") == "ON")
    until(lambda: ear.last("health").get("mode") == "privacy", 30)
    assert ear.last("health")["camera"]["state"] == "closed"
    service.signal(signal.SIGKILL)
    heard = len(ear.bodies("mimicry/live"))
    service.start()
    until(lambda: len(ear.bodies("privacy/state")) >= 2 and ear.last("health").get("mode") == "privacy", 30)
    assert ear.last("privacy/state")["state"] == "ON"
    assert len(ear.bodies("mimicry/live")) == heard
    ear.send("privacy/set", {"on": False, "by": "test", "until": None})
    until(lambda: len(ear.bodies("mimicry/live")) > heard, 60)


def test_a_bad_reload_keeps_measuring_and_says_what_is_wrong(service, ear, broker):
    """SIGHUP with a bad file changes nothing but the mode and names the key; a good file ends safe mode."""
    service.start()
    until(lambda: ear.last("health").get("mode") == "run", 60)
    service.write(broker.port, "mimicry: {window_s: -1}\n")
    service.signal(signal.SIGHUP)
    until(lambda: ear.last("health").get("mode") == "safe", 30)
    assert "mimicry.window_s" in ear.last("health")["config"]["problems"][0]
    service.write(broker.port)
    service.signal(signal.SIGHUP)
    until(lambda: ear.last("health").get("mode") == "run", 30)


def test_a_bad_file_at_boot_leaves_the_last_good_one_in_force(service, ear, broker):
    """A device that once ran comes up in safe mode with MQTT alive; one that never ran exits 78."""
    bad = "mimicry: {window_s: -1}\n"
    service.write(broker.port, bad)
    first = subprocess.run(
        [sys.executable, "-m", "edge", "run", "--config", str(service.config)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert first.returncode == 78
    assert "mimicry.window_s" in first.stderr
    assert "Traceback" not in first.stderr
    service.write(broker.port)
    service.start()
    until(lambda: ear.last("health").get("mode") == "run", 60)
    assert service.signal(signal.SIGTERM) == 0
    service.write(broker.port, bad)
    service.start()
    until(lambda: ear.last("health").get("mode") == "safe", 60)


def test_it_starts_without_a_broker(service, ear, broker):
    """The device is READY with the hub away and is heard when the hub comes back."""
    broker.signal(signal.SIGKILL)
    service.start()
    broker.start()
    until(lambda: ear.last("mimicry/live").get("count") == 2, 120)


def test_a_damaged_model_leaves_the_hub_told(service, ear, broker, tmp_path):
    """READY without a camera, degraded with the file named, and measuring once the file is whole again."""
    models = tmp_path / "models"
    shutil.copytree(manifest.folder(), models)
    mesh = models / "float" / "face_landmark.tflite"
    whole = mesh.read_bytes()
    mesh.write_bytes(whole[:-1])
    service.write(broker.port, f"tflite: {{models: {models}, variant: float}}\n")
    service.start()
    until(lambda: ear.last("health").get("mode") == "degraded", 60)
    assert ear.last("health")["camera"]["state"] == "closed"
    assert f"at {mesh}" in ear.last("health")["infer"]["degraded"]
    mesh.write_bytes(whole)
    service.signal(signal.SIGHUP)
    until(lambda: ear.last("mimicry/live").get("count") == 2, 60)
    until(lambda: ear.last("health").get("mode") == "run", 30)
