"""A real Mosquitto on a free loopback port, and a listener that shares no code with the package."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

MOSQUITTO = os.environ.get("MOSQUITTO") or shutil.which("mosquitto") or "/usr/sbin/mosquitto"
"""The broker of the tests; the variable names that of another distribution."""


def version():
    """Return the version of the broker of the tests."""
    told = subprocess.run([MOSQUITTO, "-h"], check=False, capture_output=True, text=True)
    return told.stdout.split()[2]


def free_port():
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, timeout_s=120.0):
    """Look at the condition until it holds; fail the test when it does not in time."""
    rest, deadline_s = threading.Event(), time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise AssertionError(f"expected {condition} within {timeout_s} s")
        rest.wait(0.01)


class Broker:
    """One Mosquitto with its own folder; may be killed, frozen and started again on the same port."""

    def __init__(self, folder: Path, extra: str = "", listener: str = "", persistent: bool = True):
        if not Path(MOSQUITTO).exists():
            pytest.skip("needs mosquitto")
        self.folder, self.port = folder, free_port()
        self.process = None
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"listener {self.port} 127.0.0.1", listener, "allow_anonymous true"]
        if persistent:
            lines += ["persistence true", f"persistence_location {folder}/", "autosave_interval 1"]
        if os.getuid() == 0:
            lines.append("user root")
        (folder / "mosquitto.conf").write_text("\n".join([*lines, extra, ""]))

    def start(self):
        """Start and wait until it listens."""
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self.folder / "mosquitto.conf")], stdout=log, stderr=log
        )
        log.close()
        until(self._listens)
        return self

    def signal(self, number):
        """Send a signal; SIGKILL is waited for."""
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait()

    def close(self):
        """Stop it for good."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        """Start."""
        return self.start()

    def __exit__(self, *_):
        """Stop."""
        self.close()

    def _listens(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class OldBroker:
    """aMQTT, which speaks MQTT 3.1.1 and nothing else."""

    def __init__(self, folder: Path):
        self.port, self._folder = free_port(), folder
        folder.mkdir(parents=True)
        (folder / "amqtt.yaml").write_text(
            f"listeners: {{default: {{type: tcp, bind: '127.0.0.1:{self.port}'}}}}\n"
            "plugins: {amqtt.plugins.authentication.AnonymousAuthPlugin: {allow_anonymous: true}}\n"
        )

    def __enter__(self):
        """Start and wait until it listens."""
        command = [str(Path(sys.executable).parent / "amqtt"), "-c", str(self._folder / "amqtt.yaml")]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._listens)
        return self

    def __exit__(self, *_):
        """Stop."""
        self._process.kill()
        self._process.wait()

    def _listens(self):
        assert self._process.poll() is None, (self._folder / "log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Listener:
    """Hears everything a broker passes on, with its MQTT 5 properties; survives broker restarts."""

    def __init__(self, port, topic="#", client_id="", user="", password=None):
        self.heard, self._lock, self.connected = [], threading.Lock(), threading.Event()
        self._topic = topic
        self.client = Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5
        )
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect, self.client.on_message = self._on_connect, self._on_message
        self.client.on_subscribe = lambda *_: self.connected.set()
        self.client.on_disconnect = lambda *_: self.connected.clear()
        options = {}
        if user:
            self.client.username_pw_set(user, password)
        if client_id:
            options["properties"] = Properties(PacketTypes.CONNECT)
            options["properties"].SessionExpiryInterval = 3600
            options["clean_start"] = False
        self.client.connect("127.0.0.1", port, 60, **options)
        self.client.loop_start()
        assert self.connected.wait(10)

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *_):
        """Disconnect."""
        self.client.disconnect()
        self.client.loop_stop()

    def on(self, suffix):
        """Return the messages whose topic ends so."""
        with self._lock:
            return [message for message in self.heard if message.topic.endswith(suffix)]

    def wait_for(self, suffix, count=1, timeout_s=60.0):
        """Wait for this many messages on the topic; return them."""
        until(lambda: len(self.on(suffix)) >= count, timeout_s)
        return self.on(suffix)

    def send(self, topic, payload, **options):
        """Publish with QoS 1 and wait for the acknowledgement."""
        self.client.publish(topic, payload, 1, **options).wait_for_publish(5)

    def _on_connect(self, client, _data, _flags, _reason, _properties):
        client.subscribe(self._topic, 1)

    def _on_message(self, _client, _data, message):
        with self._lock:
            self.heard.append(message)
