"""The service with two cameras against a real broker: one meeting, and a mute that closes both."""

import json

import pytest

from edge.cli._scene import scene
from tests.publish.broker import until

pytestmark = pytest.mark.slow


@pytest.fixture
def two(service):
    """Give the service two stages with one person each."""
    for seed in (1, 2):
        (service.folder / f"{seed}.yaml").write_text(small(seed))
    lines = [line for line in service.config.read_text().splitlines() if not line.startswith("camera:")]
    paths = (f"{{path: {service.folder}/{seed}.yaml}}" for seed in (1, 2))
    cameras = f"camera: {{source: stage}}\ncameras: [{', '.join(paths)}]"
    service.config.write_text("\n".join([cameras, *lines]) + "\n")
    return service


def small(seed):
    """Write a scene of one person, quick to render."""
    script = json.loads(scene(1, 600.0, seed=seed, rate_hz=15.0))
    script["size_px"] = [640, 360]
    return json.dumps(script)


def test_two_cameras_are_one_meeting(two, ear):
    """Both people are counted under numbers of their own; a mute is said once both cameras are closed."""
    two.start()
    until(lambda: ear.last("mimicry/live").get("count") == 2, 120)
    people = [one["id"] for one in ear.last("mimicry/live")["people"]]
    assert len(set(people)) == 2
    until(lambda: [one["state"] for one in ear.last("health")["camera"].get("each", ())] == ["ok", "ok"])
    ear.send("privacy/set", {"on": True, "by": "test", "until": None})
    until(lambda: ear.last("privacy/state").get("state") == "ON")
    until(lambda: ear.last("health").get("mode") == "privacy")
    assert [one["state"] for one in ear.last("health")["camera"]["each"]] == ["closed", "closed"]
