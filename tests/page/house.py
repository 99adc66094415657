"""The page beside a real broker and a device whose camera is never asked, seen by a real browser."""

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from edge.config.sections import PrivacySection
from edge.privacy import PrivacyState
from edge.publish import Publisher
from tests.publish.broker import free_port, until
from tests.publish.browser import PROGRAM
from tests.publish.conftest import section

HEALTH = {
    "mode": "run",
    "condition": "measuring",
    "why": "",
    "software": "0.1.0",
    "camera": {"state": "ok"},
    "sys": {"temp_c": 55.2},
    "missing": {"turned": 0.12},
}
needs_page = pytest.mark.skipif(
    not (PROGRAM and find_spec("nicegui")), reason="needs the extra page and Chromium: make page"
)


class Device:
    """A device without a camera: it keeps its mute and publishes what a test gives it."""

    def __init__(self, port, folder, name="dev-1", profile="research", **more):
        self.privacy = PrivacyState(PrivacySection(profile=profile), folder, time.time())
        self._publisher = Publisher(
            section(port, device_id=name, **more),
            folder,
            muted=False,
            on_command=self._obey,
            profile=profile,
        )
        self._publisher.start()
        self.say()

    def say(self, **health):
        """Publish health and the state of the mute."""
        self._publisher.publish_health(HEALTH | health)
        self._publisher.publish_privacy(self.privacy.payload())

    def live(self, body):
        """Publish a live value."""
        self._publisher.publish_live({k: v for k, v in body.items() if k not in {"v", "time", "boot"}})

    def summary(self, body):
        """Publish a summary."""
        self._publisher.publish_summary(body)

    def mute(self):
        """Mute by the button on the device."""
        self.privacy.set_local(time.time(), on=True)
        self._publisher.publish_privacy(self.privacy.payload())

    @property
    def connected(self):
        """Whether the broker is there for it."""
        return self._publisher.connected

    def close(self):
        """Stop."""
        self._publisher.close()

    def _obey(self, command):
        self.privacy.handle(command, time.time())
        self._publisher.publish_privacy(self.privacy.payload(), since_ns=command.received_ns)


@contextmanager
def page(broker_port, *options, folder=None, address=""):
    """Run the command; yield the address once it answers there."""
    with page_process(broker_port, *options, folder=folder, address=address) as (found, _):
        yield found


@contextmanager
def page_process(broker_port, *options, folder=None, address=""):
    """Run the command; yield the address once it answers, its own if none is given, and the process."""
    folder, port = folder or Path(tempfile.mkdtemp()), free_port()
    with (folder / "page.log").open("w") as log:
        command = [sys.executable, "-m", "edge", "page", "--broker", f"mqtt://127.0.0.1:{broker_port}"]
        process = subprocess.Popen([*command, "--port", str(port), *options], stdout=log, stderr=log)
    address = address or f"http://127.0.0.1:{port}"

    def answers():
        assert process.poll() is None, (folder / "page.log").read_text()
        return status(address) != 0

    try:
        until(answers)
        yield address, process
    finally:
        process.terminate()
        process.wait(30)


def status(address, **headers):
    """Return the status that an address answers with; 0: it does not."""
    try:
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
