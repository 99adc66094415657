"""The discovery message: complete by itself, and valid for Home Assistant where one is at hand."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from edge.cli import main
from edge.publish.building.homeassistant import discovery
from edge.publish.building.identity import Identity
from edge.publish.building.topics import topics_of
from edge.service import Alone
from tests.chaos import house
from tests.publish import pictures
from tests.publish.broker import Broker, Listener, until
from tests.publish.conftest import section

DEVICE = Identity(device_id="dev-1", serial="1", make="m", model="x")


def _discovery(**more):
    own = section(1883, **more)
    return discovery(own, DEVICE, topics_of(own, "dev-1"))


def test_entities_are_unique_and_topics_absolute():
    """Every entity has its own id and reads a topic of this device; nothing that asks is retained."""
    content = _discovery()
    components = content["cmps"].values()
    entities = [one for one in components if one["p"] != "device_automation"]
    assert len(entities) == len({one["uniq_id"] for one in entities})
    topics = [one[key] for one in components for key in ("stat_t", "cmd_t", "t") if key in one]
    assert len(topics) > len(components)
    assert all(topic.startswith("site/devices/dev-1/") for topic in topics)
    assert {one["ret"] for one in components if "cmd_t" in one} == {False}
    assert {"dev", "o", "avty", "cmps"} <= set(content)


def test_it_says_where_it_belongs():
    """Area, page and discovery prefix are the building's to choose; without them nothing is made up."""
    assert not {"sa", "cu"} & set(_discovery()["dev"])
    own = {"area": "Floor 2", "configuration_url": "https://hub.example/2f26", "discovery_prefix": "ha/x"}
    assert {"sa": "Floor 2", "cu": "https://hub.example/2f26"}.items() <= _discovery(**own)["dev"].items()
    topics = topics_of(section(1883, **own), "dev-1")
    assert (topics.discovery, topics.birth) == ("ha/x/device/dev-1/config", "ha/x/status")
    assert ("ha/x/status", 0) in topics.subscriptions(section(1883, **own))


def test_automations_hear_of_episodes(broker, listener, publisher):
    """Start and end of an episode are a word each, for whoever listens now; a mute lets none out."""
    one = publisher(broker.port)
    until(lambda: one.publish_live({"count": 1}) or one.counters.live_sent)
    for count, word in enumerate(("start", "update", "end")):
        one.publish_event({"type": word, "id": "1", "t_s": 1.0, "start_s": 1.0})
        listener.wait_for("mimicry/event", count + 1)
        until(lambda: one.drain(1))
    heard = listener.wait_for("mimicry/episode", 2)
    one.withhold()
    one.publish_event({"type": "start", "id": "2", "t_s": 1.0, "start_s": 1.0})
    one.publish_health({})
    listener.wait_for("dev-1/health")
    assert [(one.payload, one.retain) for one in heard] == [(b"start", False), (b"end", False)]
    assert len(listener.on("mimicry/episode")) == 2


def test_what_is_switched_off_or_renamed_disappears(broker, listener, publisher):
    """Retained topics of earlier settings are emptied on the broker, once, and kept in mind until then."""
    first = publisher(broker.port)
    assert first.drain(10)
    first.close()
    other = publisher(broker.port, device_id="dev-2", homeassistant=False, udmi=False)
    assert other.drain(10)
    until(lambda: [m for m in listener.on("dev-1/state") if not m.payload])
    with Listener(broker.port) as late:
        late.wait_for("dev-2/availability")
        until(lambda: late.on("dev-2/availability"))
        assert {message.topic.split("/")[2] for message in late.heard} == {"dev-2"}
    other.close()
    emptied = len([message for message in listener.heard if not message.payload])
    third = publisher(broker.port, device_id="dev-2", homeassistant=False, udmi=False)
    assert third.drain(10)
    assert emptied == len([message for message in listener.heard if not message.payload])


def test_a_decommissioned_device_leaves_nothing(tmp_path, broker, publisher, capsys):
    """Every retained topic is emptied, those of an earlier name too; not while the service runs."""
    before = publisher(broker.port, device_id="dev-0")
    assert before.drain(10)
    before.close()
    one = publisher(broker.port)
    one.publish_health({})
    one.publish_summary({"t_s": 1.0, "people": 3})
    assert one.drain(10)
    one.close()
    config = tmp_path / "c.yaml"
    config.write_text(
        f"publish: {{host: 127.0.0.1, port: {broker.port}, tls: false, device_id: dev-1}}\n"
        f"service: {{state_dir: {tmp_path}/state}}\n"
    )
    with Alone(tmp_path / "state"):
        assert main(["decommission", "--config", str(config)]) == 1
    assert "expected no other service with this state folder" in capsys.readouterr().err
    assert main(["decommission", "--config", str(config)]) == 0
    assert "ok    emptied site/devices/dev-1/health" in capsys.readouterr().out
    with Listener(broker.port) as late:
        late.send("site/devices/dev-1/mimicry/episode", "start")
        late.wait_for("mimicry/episode")
        assert [message.topic for message in late.heard if message.retain] == []


def test_a_hub_that_keeps_ghosts_is_named(tmp_path, publisher, caplog):
    """An access list that forbids emptying old topics is named, is no trouble, and can be tried again."""
    acl = tmp_path / "acl"
    acl.write_text(
        "topic readwrite site/devices/dev-2/#\ntopic read site/rooms/#\ntopic read homeassistant/status\n"
    )
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "retained.json").write_text('["site/devices/dev-1/health"]')
    config = tmp_path / "c.yaml"
    with Broker(tmp_path / "b", extra=f"acl_file {acl}") as strict:
        config.write_text(
            f"publish: {{host: 127.0.0.1, port: {strict.port}, tls: false, device_id: dev-2}}\n"
            f"service: {{state_dir: {tmp_path}/state}}\n"
        )
        assert main(["decommission", "--config", str(config)]) == 1
        assert "dev-1" in (tmp_path / "state" / "retained.json").read_text()
        one = publisher(strict.port, device_id="dev-2", homeassistant=False)
        assert one.drain(10)
        until(lambda: "does not let this device empty site/devices/dev-1/health" in caplog.text)
        assert one.own_health()["mqtt"]["refused"] == 0
    assert "dev-1" not in (tmp_path / "state" / "retained.json").read_text()


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
    assert (figures["entities"], figures["triggers"], figures["complaints"]) == (18, 2, 0)


def test_the_card_shows_what_is(tmp_path):
    """The shipped card in a real browser: calm, then in trouble, then without a device."""
    figures = pictures.card(tmp_path, tmp_path)
    if "skipped" in figures:
        pytest.skip(figures["skipped"])
    assert figures == {"warned_while_calm": 0, "entities_missing": 0}
