"""The hub as its README sets it up: the shipped files in a real Mosquitto, TLS, one user each."""

import html
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.config.sections import CameraSection
from edge.pipeline.cameras import Cameras
from edge.pipeline.meter import Meter
from edge.publish.building.homeassistant import discovery
from edge.publish.building.identity import Identity
from edge.publish.building.topics import topics_of
from edge.words import Condition
from tests.publish.broker import MOSQUITTO, free_port, until
from tests.publish.conftest import section

HUB = Path("firmware_configs/hub")
USERS = ("dev-1", "dev-2", "homeassistant", "telegraf", "collect", "floors", "nodered", "watch", "building")
EVENT = {"type": "start", "id": "1", "t_s": 1.0, "start_s": 1.0, "end_s": None}


MAIN = """\
pid_file {folder}/pid

persistence true
persistence_location {folder}/

log_dest file {folder}/mosquitto.log

include_dir {folder}/conf.d
"""
"""Debian's own mosquitto.conf, 12 and 13, with this test's folder."""


@pytest.fixture
def hub(tmp_path):
    """Start Mosquitto as Debian does, on the shipped files, with this test's paths; return the port."""
    if not Path(MOSQUITTO).exists():
        pytest.skip("needs mosquitto")
    port = free_port()
    subprocess.run(
        ["sh", str(HUB / "make-certificates.sh"), str(tmp_path / "certs"), "hub.example", "127.0.0.1"],
        check=True,
        capture_output=True,
    )
    for name in USERS:
        create = [] if (tmp_path / "mimicry.passwd").exists() else ["-c"]
        file = str(tmp_path / "mimicry.passwd")
        subprocess.run(["mosquitto_passwd", "-b", *create, file, name, f"{name}-pw"], check=True)
    (tmp_path / "mimicry.acl").write_bytes((HUB / "mimicry.acl").read_bytes())
    text = (HUB / "mosquitto.conf").read_text()
    assert "listener 8883\n" in text
    text = text.replace("listener 8883", f"listener {port} 127.0.0.1").replace(
        "/etc/mosquitto", str(tmp_path)
    )
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "mimicry.conf").write_text(text + ("user root\n" if os.getuid() == 0 else ""))
    (tmp_path / "mosquitto.conf").write_text(MAIN.format(folder=tmp_path))
    broker = subprocess.Popen([MOSQUITTO, "-c", str(tmp_path / "mosquitto.conf")], stderr=subprocess.PIPE)
    try:
        until(lambda: _listens(port) or broker.poll() is not None)
        assert broker.poll() is None, broker.stderr.read()
        yield port
    finally:
        broker.kill()
        broker.communicate()


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class User:
    """One user of the hub, who hears what the rules let through and asks for things."""

    def __init__(self, name, port, authority, topic):
        self.heard, self.reasons, subscribed = [], [], []
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.username_pw_set(name, f"{name}-pw")
        self._client.tls_set_context(ssl.create_default_context(cafile=authority))
        self._client.on_message = lambda _client, _data, message: self.heard.append(message)
        self._client.on_publish = lambda _c, _d, _mid, reason, _p: self.reasons.append(reason.value)
        self._client.on_subscribe = lambda *_: subscribed.append(True)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._client.subscribe(topic, 1)
        until(lambda: subscribed)

    def ask(self, topic, payload):
        """Publish with QoS 1; return the reason code."""
        count = len(self.reasons)
        self._client.publish(topic, payload, 1)
        until(lambda: len(self.reasons) > count)
        return self.reasons[-1]

    def names(self):
        """Return the last level of every topic heard."""
        return {message.topic.rpartition("/")[2] for message in self.heard}

    def close(self):
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()


def test_the_shipped_rules_let_each_do_its_own(tmp_path, hub, publisher):
    """A device delivers, the house switches the mute, the building books; nobody does another's part."""
    authority, commands = str(tmp_path / "certs/ca.pem"), []
    (tmp_path / "pw").write_text("dev-1-pw\n")
    users = {name: User(name, hub, authority, "#") for name in USERS if name != "dev-1"}
    one = publisher(
        hub,
        tls=True,
        ca_file=authority,
        username="dev-1",
        password_file=str(tmp_path / "pw"),
        on_command=commands.append,
    )
    until(lambda: one.connected)
    one.publish_event(EVENT)
    one.publish_summary({"t_s": 1.0, "people": 3})
    one.publish_health({})
    assert one.drain(10)
    assert one.counters.refused == 0
    until(lambda: {"event", "summary", "health", "availability"} <= users["building"].names())
    until(lambda: {"summary", "health", "config"} <= users["homeassistant"].names())
    assert "event" not in users["homeassistant"].names() | users["telegraf"].names()
    assert users["dev-2"].heard == []
    base = "site/devices/dev-1"
    assert users["dev-2"].ask(f"{base}/privacy/set", "OFF") == 0x87
    assert users["dev-2"].ask(f"{base}/mimicry/event", "{}") == 0x87
    assert users["homeassistant"].ask("site/rooms/room/booking", "") == 0x87
    assert users["homeassistant"].ask(f"{base}/privacy/set", "ON") == 0
    assert users["homeassistant"].ask(f"{base}/cmd/identify/req", "{}") == 0
    assert users["homeassistant"].ask(f"{base}/cmd/reload/req", "{}") == 0x87
    assert users["watch"].ask(f"{base}/privacy/set", "ON") == 0x87
    until(lambda: {"event", "health"} <= users["watch"].names())
    until(lambda: {"event", "health"} <= users["collect"].names())
    assert users["collect"].ask(f"{base}/cmd/resend/req", "{}") == 0
    assert users["collect"].ask(f"{base}/cmd/reload/req", "{}") == 0x87
    assert users["collect"].ask("site/buildings/A/hour", "{}") == 0x87
    assert users["floors"].ask(f"{base}/cmd/resend/req", "{}") == 0x87
    assert users["floors"].ask("site/buildings/A/hour", "{}") == 0
    until(lambda: all("hour" in users[name].names() for name in ("floors", "building")))
    assert [name for name in users if "hour" in users[name].names()] == ["floors", "building"]
    assert {one.topic for one in users["floors"].heard} == {"site/buildings/A/hour"}
    assert users["nodered"].ask(f"{base}/privacy/set", "ON") == 0
    assert "event" not in users["nodered"].names()
    assert users["building"].ask("site/rooms/room/privacy", "ON") == 0
    assert users["building"].ask(f"{base}/cmd/reload/req", "{}") == 0
    until(lambda: {one.kind for one in commands} >= {"privacy", "room_privacy", "command"})
    for user in users.values():
        user.close()


def test_the_certificates_stand_strict_checks(tmp_path):
    """Chain, names, usage and keys fit the strict rules of Debian 13; a second run keeps the authority."""
    make = ["sh", str(HUB / "make-certificates.sh"), str(tmp_path)]
    subprocess.run([*make, "hub.example", "10.0.0.7", "fe80::1"], check=True, capture_output=True)
    authority = (tmp_path / "ca.pem").read_bytes()
    subprocess.run([*make, "client", "dev-1"], check=True, capture_output=True)
    assert authority == (tmp_path / "ca.pem").read_bytes()
    for name, purpose in (("hub", "sslserver"), ("dev-1", "sslclient")):
        command = [
            "openssl",
            "verify",
            "-x509_strict",
            "-purpose",
            purpose,
            "-CAfile",
            "ca.pem",
            f"{name}.pem",
        ]
        subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
        assert (tmp_path / f"{name}.key").stat().st_mode & 0o777 == 0o600
    shown = ["openssl", "x509", "-in", "hub.pem", "-noout", "-ext", "subjectAltName"]
    names = subprocess.run(shown, check=True, cwd=tmp_path, capture_output=True, text=True).stdout
    assert "DNS:hub.example, IP Address:10.0.0.7, IP Address:FE80:0:0:0:0:0:0:1" in names
    bad = subprocess.run([*make, "two words"], check=False, capture_output=True, text=True)
    assert (bad.returncode, "expected a host name or an address, got 'two words'" in bad.stderr) == (1, True)


def test_the_flow_and_the_card_use_what_there_is(tmp_path):
    """Topics of the Node-RED flow and entities of the card are those of a device; history is read by none."""
    flow = json.loads((HUB / "node-red.json").read_text())
    read = {node["topic"] for node in flow if node["type"] == "mqtt in"}
    own = topics_of(section(1883), "dev-1")
    names = ("mimicry/summary", "health", "availability")
    assert read == {own.of(name).replace("site/devices/dev-1", "+/devices/+") for name in names}
    ids = {node["id"] for node in flow}
    wired = {target for node in flow for output in node.get("wires", []) for target in output}
    assert wired <= ids
    shown = set(re.findall(r"(?:sensor|binary_sensor|switch|button|update)\.(room_2f26_mimicry_\w+)",
                           (HUB / "home-assistant.yaml").read_text()))  # fmt: skip
    device = Identity(device_id="dev-1", serial="1", make="m", model="x")
    parts = discovery(section(1883, room_id="2F26"), device, own)["cmps"].values()
    known = {
        f"room_2f26_mimicry_{part['name'].lower().replace(' ', '_')}" for part in parts if "name" in part
    }
    assert shown <= known
    assert len(shown) > 8


def test_the_notice_is_a_page_to_print():
    """Both languages of the notice, whole, with building, responsible and address filled in and escaped."""
    words = ["Haus <A> & B", "Ms X", "room 1"]
    done = subprocess.run(["sh", str(HUB / "notice.sh"), *words], check=True, capture_output=True, text=True)
    page = done.stdout
    text = html.unescape(re.sub(r"<[^>]+>", "", page.partition("</style>")[2]))
    said = Path("docs/privacy-notice.md").read_text()
    assert all(text.count(word) == 2 for word in words)
    assert "___" not in page
    assert page.count("<section lang=") == 2
    assert page.count("<li>") == page.count("</li>") == said.count("\n> - ") == 10
    for tag in ("p", "ul", "section", "b"):
        assert page.count(f"<{tag}>") + page.count(f"<{tag} ") == page.count(f"</{tag}>")
    few = subprocess.run(["sh", str(HUB / "notice.sh")], check=False, capture_output=True, text=True)
    assert (few.returncode, few.stderr) == (
        2,
        "error: expected BUILDING, RESPONSIBLE and QUESTIONS, got 0 words\n",
    )


def test_the_dashboard_asks_for_what_is_stored():
    """Every panel reads a field of a payload, or the availability, that Telegraf subscribes and may read."""
    stored = tomllib.loads((HUB / "telegraf.conf").read_text())["inputs"]["mqtt_consumer"]
    topics = [topic for one in stored for topic in one["topics"]]
    allowed = (HUB / "mimicry.acl").read_text().partition("user telegraf")[2].partition("\nuser ")[0]
    assert all(f"topic read {topic}\n" in allowed for topic in topics)
    known = {("availability", "value")}
    for name, topic in (("summary", "mimicry/summary"), ("health", "health"), ("privacy", "privacy/state")):
        assert f"+/devices/+/{topic}" in topics
        schema = json.loads(Path(f"edge/publish/schemas/{name}.json").read_text())
        known |= {(topic.partition("/")[0], field) for field in _fields(schema)}
    camera = Cameras([CameraSection()], Meter(1), lambda: None).health()
    known |= {("health", f"camera_{name}") for name in camera}
    for panel in json.loads((HUB / "grafana.json").read_text())["panels"]:
        (target,) = panel["targets"]
        asked = re.search(r'_measurement == "(\w+)" and r\._field == "(\w+)"', target["query"])
        assert asked.groups() in known, panel["title"]


def test_the_dashboard_knows_every_word():
    """Its panels of states have a colour for each condition of a device and for each state of the mute."""
    panels = json.loads((HUB / "grafana.json").read_text())["panels"]
    words = {
        panel["title"].partition(":")[0]: set(panel["fieldConfig"]["defaults"]["mappings"][0]["options"])
        for panel in panels
        if panel["type"] == "state-timeline"
    }
    assert words["What each device is doing"] == set(get_args(Condition))
    assert words["Privacy"] == {"ON", "OFF"}
    assert words["Devices"] == {"online", "deaf", "stopped", "offline"}


def _fields(schema, lead=""):
    """Yield the names of the values in a payload, as Telegraf joins them."""
    for name, part in schema["properties"].items():
        if "properties" in part:
            yield from _fields(part, f"{lead}{name}_")
        else:
            yield lead + name


def test_the_other_files_are_whole():
    """The dashboard and the site model are JSON; Telegraf reads the summaries of every device."""
    assert json.loads((HUB / "grafana.json").read_text())["panels"]
    assert {"pointset", "system"} <= set(json.loads((HUB / "metadata.json").read_text()))
    assert "/devices/+/mimicry/summary" in (HUB / "telegraf.conf").read_text()
    if shutil.which("telegraf"):
        subprocess.run(["telegraf", "--config", str(HUB / "telegraf.conf"), "config", "check"], check=True)
