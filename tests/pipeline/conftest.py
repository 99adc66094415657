"""The service as an operator runs it: a process, a configuration file, a real broker."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from edge.cli._scene import scene
from tests.publish.broker import Listener

BASE = "demo/devices/dev-1"


class Running:
    """One service process with its files; may be killed and started again."""

    def __init__(self, folder, port):
        self.folder, self.config = folder, folder / "config.yaml"
        (folder / "scene.yaml").write_text(scene(2, 600.0, rate_hz=15.0))
        self.write(port)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(folder / "notify"))
        self.process = None

    def write(self, port, more=""):
        """Write the configuration; `more` is appended."""
        self.config.write_text(
            f"camera: {{source: stage, path: {self.folder}/scene.yaml}}\n"
            "privacy: {profile: research}\n"
            f"publish: {{host: 127.0.0.1, port: {port}, tls: false, site: demo, device_id: dev-1, live_hz: 5,"
            " health_s: 1, summary_s: 2}\n"
            f"service: {{state_dir: {self.folder}/state}}\n{more}"
        )

    def start(self, **more):
        """Start, with more in its environment, and wait for READY=1."""
        (self.folder / "state").mkdir(exist_ok=True)
        self._forget_notices()
        environ = os.environ | {
            "NOTIFY_SOCKET": str(self.folder / "notify"),
            "RUNTIME_DIRECTORY": str(self.folder),
            "STATE_DIRECTORY": str(self.folder / "state"),
            **more,
        }
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "edge", "run", "--config", str(self.config)]
            self.process = subprocess.Popen(command, env=environ, stderr=log)
        self.wait_notified("READY=1")
        return self

    def wait_notified(self, word, timeout_s=60.0):
        """Wait until the service said a word to its manager."""
        self.socket.settimeout(timeout_s)
        while word not in self.socket.recv(4096).decode():
            assert self.process.poll() is None, (self.folder / "log").read_text()

    def _forget_notices(self):
        """Empty the socket of what the last run said."""
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while self.socket.recv(4096):
                pass

    def signal(self, number):
        """Send a signal; a deadly one is waited for, the exit status returned."""
        self.process.send_signal(number)
        return self.process.wait(30) if number in {signal.SIGTERM, signal.SIGKILL} else None

    def close(self):
        """Stop it if it still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.socket.close()


class Ear(Listener):
    """Hears a broker; bodies by the rest of the topic after the device's base."""

    def bodies(self, name):
        """Return every payload of a topic, oldest first."""
        found = [message.payload for message in list(self.heard) if message.topic == f"{BASE}/{name}"]
        return [json.loads(one) if one[:1] == b"{" else one.decode() for one in found]

    def last(self, name):
        """Return the newest payload of a topic, or {}."""
        return (self.bodies(name) or [{}])[-1]

    def send(self, name, body):
        """Ask the device."""
        self.client.publish(f"{BASE}/{name}", json.dumps(body), qos=1)


@pytest.fixture
def ear(broker):
    """Hear everything."""
    with Ear(broker.port) as one:
        yield one


@pytest.fixture
def service(tmp_path, broker):
    """Return the service, not yet started."""
    one = Running(tmp_path, broker.port)
    yield one
    one.close()
