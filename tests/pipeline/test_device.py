"""The running device against a real broker: start, mute, death, reload, goodbye."""

import json
import shutil
import signal
import subprocess
import sys
import time

import pytest

from edge.pipeline.visibility import REASONS
from edge.service import PROGRESS
from edge.tflite import manifest
from tests.pipeline.conftest import BASE, Ear
from tests.publish.broker import Broker, until

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
    until(lambda: ear.last("mimicry/live").get("count") == 2)
    until(lambda: ear.last("health").get("mode") == "run" and ear.last("health")["camera"]["fps"])
    assert ear.last("availability") == "online"
    assert {name: set(ear.last("health")[name]) for name in HEALTH} == HEALTH
    assert set(ear.last("health")["missing"]) <= set(REASONS)
    assert {"AU12", "AU45"} <= set(ear.last("mimicry/live")["people"][0]["signals"])
    assert service.signal(signal.SIGTERM) == 0
    until(lambda: ear.last("availability") == "stopped")


def test_mute_closes_the_camera_and_survives_death(service, ear):
    """Mute is published after the camera closed, nothing is measured until it is lifted, kill -9 keeps it."""
    service.start()
    until(lambda: ear.last("mimicry/live").get("count") == 2)
    ear.send("privacy/set", {"on": True, "by": "test", "until": None})
    until(lambda: ear.last("privacy/state").get("state") == "ON")
    until(lambda: ear.last("health").get("mode") == "privacy")
    assert ear.last("health")["camera"]["state"] == "closed"
    service.signal(signal.SIGKILL)
    heard = len(ear.bodies("mimicry/live"))
    service.start()
    until(lambda: len(ear.bodies("privacy/state")) >= 2 and ear.last("health").get("mode") == "privacy")
    assert ear.last("privacy/state")["state"] == "ON"
    assert len(ear.bodies("mimicry/live")) == heard
    ear.send("privacy/set", {"on": False, "by": "test", "until": None})
    until(lambda: len(ear.bodies("mimicry/live")) > heard)


def test_the_privacy_topic_tells_the_present(service, ear):
    """Consent, who asked and until when are published when they change and when they end, muted or not."""
    service.start()
    until(lambda: ear.last("privacy/state").get("state") == "OFF")
    now_s = time.time()
    start, end = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now_s + shift)) for shift in (-60, 4))
    booking = {"id": "b", "start": start, "end": end, "consent": True}
    ear.client.publish("demo/rooms/room/booking", json.dumps(booking), 1)
    until(lambda: ear.last("privacy/state")["consent"] is True)
    until(lambda: ear.last("privacy/state")["consent"] is False)
    ear.send("privacy/set", {"on": True, "by": "one", "until": None})
    until(lambda: ear.last("privacy/state")["by"] == "one")
    ear.client.publish("demo/rooms/room/privacy", "ON", 1)
    until(lambda: ear.last("privacy/state")["sources"]["room"])
    ear.send("privacy/set", {"on": False, "by": "two", "until": None})
    until(lambda: ear.last("privacy/state")["by"] == "two")
    assert ear.last("privacy/state")["state"] == "ON"
    words = [(one["state"], one["consent"]) for one in ear.bodies("privacy/state")]
    assert words == [("OFF", False), ("OFF", True), ("OFF", False), *[("ON", False)] * 3]


def test_a_deaf_device_says_so_and_mutes(service, tmp_path):
    """A hub that lets it read nothing: degraded and `deaf` in health, availability and, if wished, a mute."""
    acl = tmp_path / "acl"
    acl.write_text("topic write #\nuser ear\ntopic read #\n")
    with Broker(tmp_path / "strict", extra=f"acl_file {acl}") as strict, Ear(strict.port, user="ear") as ear:
        service.write(strict.port)
        service.config.write_text(service.config.read_text().replace("research}", "research, on_deaf: mute}"))
        service.start()
        until(lambda: ear.last("availability") == "deaf")
        until(lambda: ear.last("privacy/state").get("state") == "ON")
        assert ear.last("privacy/state")["sources"]["hub"] is True
        until(lambda: ear.last("health")["mqtt"]["deaf"])
        assert f"nothing sent to {BASE}/cmd/hear/req arrives" in ear.last("health")["mqtt"]["troubles"][0]
        asked = [sys.executable, "-m", "edge", "healthcheck", "--file", str(tmp_path / PROGRESS)]
        until(lambda: subprocess.run(asked, check=False, capture_output=True).returncode == 1)
        done = subprocess.run(asked, check=False, capture_output=True, text=True)
        assert (done.returncode, "hears its hub, got a deaf one: nothing sent" in done.stderr) == (1, True)
        acl.write_text("topic readwrite #\nuser ear\ntopic read #\n")
        strict.signal(signal.SIGHUP)
        until(lambda: ear.last("availability") == "online")
        until(lambda: ear.last("privacy/state")["state"] == "OFF")
        until(lambda: ear.last("health")["mode"] == "run")


def test_a_bad_reload_keeps_measuring_and_says_what_is_wrong(service, ear, broker):
    """SIGHUP with a bad file changes nothing but the mode and names the key; a good file ends safe mode."""
    service.start()
    until(lambda: ear.last("health").get("mode") == "run")
    service.write(broker.port, "mimicry: {window_s: -1}\n")
    service.signal(signal.SIGHUP)
    until(lambda: ear.last("health").get("mode") == "safe")
    assert "mimicry.window_s" in ear.last("health")["config"]["problems"][0]
    service.write(broker.port)
    service.signal(signal.SIGHUP)
    until(lambda: ear.last("health").get("mode") == "run")


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
    until(lambda: ear.last("health").get("mode") == "run")
    assert service.signal(signal.SIGTERM) == 0
    service.write(broker.port, bad)
    service.start()
    until(lambda: ear.last("health").get("mode") == "safe")


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
    until(lambda: ear.last("health").get("mode") == "degraded")
    assert ear.last("health")["camera"]["state"] == "closed"
    assert f"at {mesh}" in ear.last("health")["infer"]["degraded"]
    mesh.write_bytes(whole)
    service.signal(signal.SIGHUP)
    until(lambda: ear.last("mimicry/live").get("count") == 2)
    until(lambda: ear.last("health").get("mode") == "run")
