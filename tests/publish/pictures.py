"""Pictures for the documents, of pages that really run: `python -m tests.publish.pictures docs/images`.

The card of `firmware_configs/hub` in Home Assistant (HOMEASSISTANT_PYTHON, see `home_assistant`) and the
flow in Node-RED (NODE_RED, see `tests.soak.node_red`), each seen by Chromium.
"""

import sys
import tempfile
from pathlib import Path

from tests.chaos.house import EXPECTED, HEALTH, SUMMARY, Room, wait
from tests.publish import browser, home_assistant
from tests.publish.broker import Broker
from tests.soak import node_red

CARD = Path("firmware_configs/hub/home-assistant.yaml")
CARD_SIZE, FLOW_SIZE = (440, 1260), (1500, 560)
INDEX = (0.5, 0.46, 0.44, 0.47, 0.52, 0.55, 0.61, 0.68, 0.7, 0.72, 0.66, 0.58, 0.53, 0.49, 0.45, 0.42)
HOURS = ("hours_to_show: 4", "hours_to_show: 0.005")
"""As shipped, and for a picture of seconds."""
TROUBLE = HEALTH | {"mode": "degraded", "condition": "degraded", "why": "degraded, no camera"}
WARNING = "not measured as it should be"


def card(folder, out):
    """Show the card of a device that measures, then lacks its camera, then is gone; return what it showed."""
    if not (home_assistant.PYTHON and browser.PROGRAM):
        return {"skipped": "needs HOMEASSISTANT_PYTHON and Chromium"}
    shown = folder / "card.yaml"
    shown.write_text(CARD.read_text().replace(*HOURS))
    with Broker(folder / "broker") as broker:
        device = Room(broker.port, folder / "state", room_id="2F26")
        with (
            home_assistant.HomeAssistant(folder / "house", broker.port, shown) as house,
            browser.Browser(folder / "browser", CARD_SIZE) as page,
        ):
            wait(house, EXPECTED | {"software": "unknown"})
            for index in INDEX:
                device.publisher.publish_summary(SUMMARY | {"index": index})
                wait(house, {"coupling_index": str(index)})
            page.open(f"{house.address}/lovelace/0", house.login())
            page.wait("Room 2F26", "Coupling index", "above", "measuring", "61.2")
            calm = page.text()
            page.picture(out / "card.png")
            device.publisher.publish_health(TROUBLE)
            page.wait(WARNING, "degraded, no camera")
            page.picture(out / "card-trouble.png")
            device.publisher.close()
            page.wait("the device is not there")
            page.picture(out / "card-gone.png")
            missing = page.text().count("Entity not found")
    return {"warned_while_calm": calm.count(WARNING), "entities_missing": missing}


def flow(folder, out):
    """Show the flow at work; return whether it showed the room."""
    if not (node_red.RED and browser.PROGRAM):
        return {"skipped": "needs NODE_RED and Chromium"}
    return node_red.shown(folder, out / "flow.png", FLOW_SIZE)


def main():
    """Write the pictures into a folder."""
    out = Path(sys.argv[1])
    for draw in (card, flow):
        with tempfile.TemporaryDirectory() as folder:
            print(draw.__name__, draw(Path(folder), out), flush=True)


if __name__ == "__main__":
    main()
