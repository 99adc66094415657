"""The hub as its README sets it up: the shipped files in a real Mosquitto, TLS, one user each."""

import json
import os
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.publish.broker import MOSQUITTO, free_port, until

HUB = Path("firmware_configs/hub")
USERS = ("dev-1", "dev-2", "homeassistant", "telegraf", "building")
EVENT = {"type": "start", "id": "1", "t_s": 1.0, "start_s": 1.0, "end_s": None}


@pytest.fixture
def hub(tmp_path, certificates):
    """Start Mosquitto on the shipped files, with this test's paths and port; return the port."""
    port = free_port()
    for name in USERS:
        create = [] if (tmp_path / "passwd").exists() else ["-c"]
        subprocess.run(
            ["mosquitto_passwd", "-b", *create, str(tmp_path / "passwd"), name, f"{name}-pw"], check=True
        )
    (tmp_path / "acl").write_bytes((HUB / "mimicry.acl").read_bytes())
    text = (HUB / "mosquitto.conf").read_text()
    for here, there in (
        ("listener 8883", f"listener {port} 127.0.0.1"),
        ("/etc/mosquitto/certs/ca.pem", f"{certificates}/ca.pem"),
        ("/etc/mosquitto/certs/hub.pem", f"{certificates}/good.pem"),
        ("/etc/mosquitto/certs/hub.key", f"{certificates}/good.key"),
        ("/etc/mosquitto/mimicry.passwd", f"{tmp_path}/passwd"),
        ("/etc/mosquitto/mimicry.acl", f"{tmp_path}/acl"),
        ("/var/lib/mosquitto/", f"{tmp_path}/"),
    ):
        assert here in text
        text = text.replace(here, there)
    (tmp_path / "hub.conf").write_text(text + ("user root\n" if os.getuid() == 0 else ""))
    if not Path(MOSQUITTO).exists():
        pytest.skip("needs mosquitto")
    with (tmp_path / "log").open("wb") as log:
        broker = subprocess.Popen([MOSQUITTO, "-c", str(tmp_path / "hub.conf")], stdout=log, stderr=log)
    try:
        until(lambda: _listens(port) or broker.poll() is not None)
        assert broker.poll() is None, (tmp_path / "log").read_text()
        yield port
    finally:
        broker.kill()
        broker.wait()


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


def test_the_shipped_rules_let_each_do_its_own(tmp_path, hub, certificates, publisher):
    """A device delivers, the house switches the mute, the building books; nobody does another's part."""
    authority, commands = str(certificates / "ca.pem"), []
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
    assert users["building"].ask("site/rooms/room/privacy", "ON") == 0
    assert users["building"].ask(f"{base}/cmd/reload/req", "{}") == 0
    until(lambda: {one.kind for one in commands} >= {"privacy", "room_privacy", "command"})
    for user in users.values():
        user.close()


def test_the_other_files_are_whole():
    """The dashboard and the site model are JSON; Telegraf reads the summaries of every device."""
    assert json.loads((HUB / "grafana.json").read_text())["panels"]
    assert {"pointset", "system"} <= set(json.loads((HUB / "metadata.json").read_text()))
    assert "/devices/+/mimicry/summary" in (HUB / "telegraf.conf").read_text()
    if shutil.which("telegraf"):
        subprocess.run(["telegraf", "--config", str(HUB / "telegraf.conf"), "config", "check"], check=True)
