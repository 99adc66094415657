"""A running Home Assistant beside the device: what appears, and what is left after restarts."""

import signal
import time

from edge.config.sections import PrivacySection
from edge.privacy import PrivacyState
from edge.publish import Publisher
from tests.publish.broker import Broker, until
from tests.publish.conftest import section
from tests.publish.home_assistant import PYTHON, HomeAssistant

SUMMARY = {"profile": "workplace", "t_s": 60.0, "people": 4, "index": 0.42, "state": "above"}
HEALTH = {"mode": "run", "camera": {"fps": 29.97}}
EXPECTED = {
    "occupancy": "on",
    "people": "4",
    "coupling_index": "0.42",
    "coupling_state": "above",
    "privacy": "off",
    "frame_rate": "29.97",
    "mode": "run",
}


def discovery(folder):
    """Restart broker, house and device in turn; return how long the house was wrong each time, s."""
    if not PYTHON:
        return {"skipped": "needs HOMEASSISTANT_PYTHON, an interpreter with the homeassistant package"}
    broker = Broker(folder / "broker", persistent=False)
    with broker:
        device = _Room(broker.port, folder / "state")
        with HomeAssistant(folder / "house", broker.port) as house:
            figures = {"entities": len(EXPECTED), "appeared_s": _wait(house, EXPECTED)}
            house.call("switch/turn_on", _entity(house, "privacy"))
            figures["muted_s"] = _wait(house, {"privacy": "on"})
            assert device.privacy.muted
            house.call("switch/turn_off", _entity(house, "privacy"))
            _wait(house, {"privacy": "off"})
            broker.signal(signal.SIGKILL)
            _wait(house, {"privacy": "unavailable"})
            broker.start()
            figures["after_broker_s"] = _wait(house, {"privacy": "off", "mode": "run"})
            device.tell()
            _wait(house, EXPECTED)
            house.close()
            house.start()
            figures["after_house_s"] = _wait(house, EXPECTED)
            device.publisher.close()
            figures["stopped_s"] = _wait(house, dict.fromkeys(EXPECTED, "unavailable"))
            figures["complaints"] = sum(
                "mqtt" in line and "ERROR" in line for line in house.log().splitlines()
            )
    return figures


class _Room:
    """A device whose camera is never asked: door and publisher only."""

    def __init__(self, port, state):
        self.privacy = PrivacyState(PrivacySection(), state, time.time())
        self.publisher = Publisher(section(port), state, muted=False, on_command=self._obey)
        self.publisher.start()
        self.tell()
        self.publisher.publish_privacy(self.privacy.payload())

    def tell(self):
        """Say what a minute says."""
        self.publisher.publish_summary(SUMMARY)
        self.publisher.publish_health(HEALTH)

    def _obey(self, command):
        self.privacy.handle(command, time.time())
        self.publisher.publish_privacy(self.privacy.payload(), since_ns=command.received_ns)


def _entity(house, name):
    (found,) = [one for one in house.states() if one.endswith(f"_mimicry_{name}")]
    return found


def _wait(house, wanted):
    """Wait until the house shows these values; return the seconds it took."""

    def shown():
        states = {one.rpartition("_mimicry_")[2]: value for one, value in house.states().items()}
        return all(states.get(name) == value for name, value in wanted.items())

    start_s = time.monotonic()
    until(shown, 120)
    return round(time.monotonic() - start_s, 1)
