"""The discovery message: complete by itself, and valid for Home Assistant where one is at hand."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from edge.publish.building.homeassistant import discovery
from edge.publish.building.identity import Identity
from edge.publish.building.topics import topics_of
from tests.chaos import house
from tests.publish.conftest import section

DEVICE = Identity(device_id="dev-1", serial="1", make="m", model="x")


def _discovery():
    return discovery(section(1883), DEVICE, topics_of(section(1883), "dev-1"))


def test_entities_are_unique_and_topics_absolute():
    """Every entity has its own id and reads a topic of this device; the switch is never retained."""
    content = _discovery()
    components = content["cmps"].values()
    assert len(components) == len({one["uniq_id"] for one in components})
    assert all(one["stat_t"].startswith("site/devices/dev-1/") for one in components)
    assert content["cmps"]["priv"]["ret"] is False
    assert {"dev", "o", "avty", "cmps"} <= set(content)


def test_home_assistant_accepts_it(tmp_path):
    """Home Assistant's own schemas take the device and every entity, and know every key."""
    python = os.environ.get("HOMEASSISTANT_PYTHON", "")
    if not python:
        pytest.skip("needs HOMEASSISTANT_PYTHON, an interpreter with the homeassistant package")
    (tmp_path / "discovery.json").write_text(json.dumps(_discovery()))
    script = Path(__file__).with_name("homeassistant_check.py")
    command = [python, str(script), str(tmp_path / "discovery.json")]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(_discovery()["cmps"]) == len(lines)
    assert all(line.endswith(" ok") for line in lines)


def test_a_running_home_assistant_keeps_it(tmp_path):
    """Every entity appears, the switch mutes, all survive restarts of broker and house, a stop is seen."""
    figures = house.discovery(tmp_path)
    if "skipped" in figures:
        pytest.skip(figures["skipped"])
    assert (figures["entities"], figures["complaints"]) == (7, 0)
