"""What is asked of the loop: nothing is lost, nothing is served twice, a signal wakes without an event."""

import os
import signal
import time

import pytest

from edge.config import Config
from edge.config.sections import PublishSection, ServiceSection
from edge.pipeline.device import Device
from edge.pipeline.requests import Requests
from edge.privacy.file import NAME
from edge.service import Boot


@pytest.fixture
def handlers():
    """Put the handlers of signals back."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_each_request_is_served_once():
    """A reload, a press and a change of the mute are taken once each; to ask ends the rest at once."""
    requests = Requests()
    requests.reload()
    requests.press()
    requests.muted_ns = 7
    start_s = time.monotonic()
    requests.rest(60.0)
    assert time.monotonic() - start_s < 30
    taken = (requests.take_reload, requests.take_press, requests.take_muted_ns)
    assert [take() for take in taken] == [True, True, 7]
    assert [take() for take in taken] == [False, False, None]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops(handlers, number):
    """SIGTERM and SIGINT end the process well; SIGHUP only reloads."""
    requests = Requests()
    requests.listen()
    os.kill(os.getpid(), signal.SIGHUP)
    assert requests.take_reload() is True
    assert requests.status is None
    os.kill(os.getpid(), number)
    assert requests.status == 0


def test_a_button_mutes_on_a_disk_that_takes_nothing(tmp_path):
    """A mute by the button that cannot be written is in force and the service goes on; no un-mute is."""
    hub = PublishSection(host="127.0.0.1", tls=False)
    config = Config(publish=hub, service=ServiceSection(state_dir=str(tmp_path)))
    device = Device(Boot(config=config, problems=()), tmp_path / "config.yaml")
    (tmp_path / NAME).unlink(missing_ok=True)
    (tmp_path / NAME / "in the way").mkdir(parents=True)
    assert device.privacy.muted is False
    for _ in range(2):
        device.requests.press()
        device.turn()
        assert device.privacy.muted is True
    device.close()
