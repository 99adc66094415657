"""Settings that cannot be used on this machine leave the service on the hub, and health says which."""

import pytest

from tests.pipeline.conftest import Ear
from tests.publish.broker import until


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("service: {{state_dir: {0}/state, button_pin: 27}}", "expected usable GPIO pins|expected gpiozero"),
        ("camera: {{source: video, path: {0}/none.mp4}}", "none.mp4"),
        ("tflite: {{models: {0}/none}}", "expected model"),
        ("publish: {{metrics_port: {1}}}", ""),
    ],
)
def test_the_hub_is_told(service, broker, tmp_path, more, words):
    """Ready and muted or degraded, never restarted: a missing button, recording, model, a port in use."""
    folder = service.config.parent / "config.d"
    folder.mkdir()
    (folder / "one.yaml").write_text(more.format(tmp_path, broker.port))
    with Ear(broker.port) as ear:
        service.start()
        until(lambda: ear.last("health").get("mode") == ("degraded" if words else "run"))
        health = ear.last("health")
        told = "; ".join([*health["config"]["problems"], health["infer"]["degraded"]])
        assert any(word in told for word in words.split("|"))
        assert service.signal(15) == 0
