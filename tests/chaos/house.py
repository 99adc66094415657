"""A running Home Assistant beside the device: what appears, and what is left after restarts."""

import signal
import time

from edge.config.sections import PrivacySection
from edge.privacy import PrivacyState
from edge.publish import Publisher
from tests.publish.broker import Broker, Listener, until
from tests.publish.conftest import section
from tests.publish.home_assistant import PYTHON, HomeAssistant

SUMMARY = {"profile": "workplace", "t_s": 60.0, "people": 4, "index": 0.42, "state": "above", "evidence": 2.5}
HEALTH = {
    "mode": "run",
    "condition": "measuring",
    "why": "",
    "camera": {"fps": 29.97},
    "sys": {"temp_c": 61.2, "troubles": []},
}
DEVICE = {"connection": "on", "deaf": "off", "software": "on"}
BUTTONS = {"restart", "identify"}
EXPECTED = DEVICE | {
    "occupancy": "on",
    "people": "4",
    "coupling_index": "0.42",
    "coupling_state": "above",
    "evidence": "2.5",
    "privacy": "off",
    "frame_rate": "29.97",
    "mode": "run",
    "condition": "measuring",
    "problem": "off",
    "temperature": "61.2",
}
PAGE = "https://hub.example/2f26"


def discovery(folder):
    """Restart broker, house and device in turn; return how long the house was wrong each time, s."""
    if not PYTHON:
        return {"skipped": "needs HOMEASSISTANT_PYTHON, an interpreter with the homeassistant package"}
    broker = Broker(folder / "broker", persistent=False)
    with broker:
        device = Room(broker.port, folder / "state", configuration_url=PAGE)
        with HomeAssistant(folder / "house", broker.port) as house, Listener(broker.port) as hub:
            hub.send("site/software", "99.0.0", retain=True)
            figures = {"appeared_s": wait(house, EXPECTED), "entities": len(_shown(house))}
            figures |= {"triggers": len((known := house.device())["triggers"]), "page": known["url"] == PAGE}
            for button in BUTTONS:
                house.call("button/press", _entity(house, button))
            until(lambda: set(device.asked) >= BUTTONS)
            house.call("switch/turn_on", _entity(house, "privacy"))
            figures["muted_s"] = wait(house, {"privacy": "on"})
            assert device.privacy.muted
            house.call("switch/turn_off", _entity(house, "privacy"))
            wait(house, {"privacy": "off"})
            broker.signal(signal.SIGKILL)
            wait(house, {"privacy": "unavailable"})
            broker.start()
            figures["after_broker_s"] = wait(house, {"privacy": "off", "mode": "run"})
            device.tell()
            hub.send("site/software", "99.0.0", retain=True)
            wait(house, EXPECTED)
            house.close()
            house.start()
            figures["after_house_s"] = wait(house, EXPECTED)
            device.publisher.close()
            gone = dict.fromkeys(EXPECTED, "unavailable") | {"connection": "off"}
            figures["stopped_s"] = wait(house, gone)
            figures["complaints"] = sum(
                "mqtt" in line and "ERROR" in line for line in house.log().splitlines()
            )
    return figures


class Room:
    """A device whose camera is never asked: door and publisher only."""

    def __init__(self, port, state, **more):
        self.asked = []
        self.privacy = PrivacyState(PrivacySection(), state, time.time())
        self.publisher = Publisher(section(port, **more), state, muted=False, on_command=self._obey)
        self.publisher.start()
        self.tell()
        self.publisher.publish_privacy(self.privacy.payload())

    def tell(self):
        """Say what a minute says."""
        self.publisher.publish_summary(SUMMARY)
        self.publisher.publish_health(HEALTH)

    def _obey(self, command):
        if command.kind == "command":
            self.asked.append(command.body["name"])
            return
        self.privacy.handle(command, time.time())
        self.publisher.publish_privacy(self.privacy.payload(), since_ns=command.received_ns)


def _entity(house, name):
    (found,) = [one for one in house.states() if one.endswith(f"_mimicry_{name}")]
    return found


def _shown(house):
    """Return the states of the device's entities by their names."""
    return {
        one.rpartition("_mimicry_")[2]: value for one, value in house.states().items() if "_mimicry_" in one
    }


def wait(house, wanted):
    """Wait until the house shows these values; return the seconds it took."""

    def shown():
        states = _shown(house)
        return all(states.get(name) == value for name, value in wanted.items())

    start_s = time.monotonic()
    try:
        until(shown, 120)
    except AssertionError as error:
        states = _shown(house)
        wrong = {name: states.get(name) for name, value in wanted.items() if states.get(name) != value}
        raise AssertionError(f"expected {wanted}, got {wrong}") from error
    return round(time.monotonic() - start_s, 1)
