"""The shipped Node-RED flow in a running Node-RED, against a real Mosquitto.

NODE_RED names Node-RED's `red.js` (`npm install node-red`, `node_modules/node-red/red.js`).
"""

import contextlib
import json
import os
import subprocess
from pathlib import Path

from edge.publish import Publisher
from tests.publish.broker import Broker, Listener, free_port, until
from tests.publish.browser import Browser
from tests.publish.conftest import section

RED = os.environ.get("NODE_RED", "")
FLOW = Path("firmware_configs/hub/node-red.json")
ALARM = ("rooms", "told")
BODY = {"t_s": 60.0, "people": 4, "index": 0.42, "state": "above"}
BAD = {"mode": "degraded", "condition": "degraded", "why": "degraded, no camera"}
SETTINGS = """\
module.exports = {
  uiHost: "127.0.0.1", telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, palette: { catalogues: [] } },
};
"""


def _shipped(port):
    """Return the shipped flow for a broker on loopback, with an alarm that does not wait."""
    flow = json.loads(FLOW.read_text())
    for node in flow:
        if node["type"] == "mqtt-broker":
            node |= {"broker": "127.0.0.1", "port": str(port), "usetls": False, "tls": ""}
        if node["type"] == "tab":
            node["env"] = [{"name": "ALARM_AFTER_MS", "value": "100", "type": "num"}]
    return [one for one in flow if one["type"] != "tls-config"]


def _told(port):
    """Return the flow whose nodes that show and say something publish it as well."""
    flow = _shipped(port)
    for node in flow:
        if node["id"] in ALARM:
            topic = f"seen/{node['id']}"
            node |= {"type": "mqtt out", "topic": "", "broker": "hub", "qos": "1", "retain": ""}
            node["name"] = topic
    for node in flow:
        node["wires"] = [
            [f"at-{one}" if one in ALARM else one for one in row] for row in node.get("wires", [])
        ]
    for name in ALARM:
        code = f"msg.topic = 'seen/{name}'; return msg;"
        flow.append({"id": f"at-{name}", "type": "function", "z": "mimicry", "func": code, "outputs": 1,
                     "x": 0, "y": 0, "libs": [], "wires": [[name]]})  # fmt: skip
    return flow


@contextlib.contextmanager
def _red(folder, flow):
    """Run Node-RED with a flow; yield the address of its editor."""
    port, log = free_port(), folder / "log"
    (folder / "flow.json").write_text(json.dumps(flow))
    (folder / "settings.js").write_text(SETTINGS)
    command = ["node", RED, "-s", str(folder / "settings.js"), "-u", str(folder / "red"), "-p", str(port)]
    with log.open("wb") as out:
        red = subprocess.Popen([*command, str(folder / "flow.json")], stdout=out, stderr=out)
        try:
            until(lambda: b"Connected to broker" in log.read_bytes(), 60)
            yield f"http://127.0.0.1:{port}/"
        finally:
            red.terminate()
            red.wait(30)


def run(folder):
    """Let a device speak; return what the flow showed of the present, the past and a trouble."""
    if not RED:
        return {"skipped": "needs NODE_RED, the red.js of a Node-RED"}
    with (
        Broker(folder / "broker") as broker,
        Listener(broker.port, "seen/#") as seen,
        _red(folder, _told(broker.port)),
    ):
        return _said(broker, seen, folder)


def shown(folder, path, size):
    """Let a device speak, then lack its camera; take a picture of the flow in its editor."""
    with (
        Broker(folder / "broker") as broker,
        _red(folder, _shipped(broker.port)) as address,
        Browser(folder / "browser", size) as page,
    ):
        page.open(address)
        page.wait("the room now")
        device = Publisher(section(broker.port), folder / "state", muted=False)
        device.start()
        device.publish_summary(BODY)
        device.publish_health(BAD)
        page.wait("dev-1: 4 people, index 0.42, above", "degraded")
        page.picture(path)
        device.close()
    return {"picture": path.name}


def _said(broker, seen, folder):
    device = Publisher(section(broker.port), folder / "state", muted=False)
    device.start()
    until(lambda: device.connected)
    seen.send("site/devices/dev-1/mimicry/history", json.dumps(BODY | {"people": 9, "historical": True}))
    device.publish_summary(BODY)
    shown = [json.loads(one.payload) for one in seen.wait_for("seen/rooms")]
    fine = {"mode": "run", "condition": "measuring", "why": ""}
    device.publish_health(fine)
    until(lambda: device.publish_health(BAD) or seen.on("seen/told"), 20)
    device.close()
    told = seen.on("seen/told")[0].payload.decode()
    return {
        "people": [one["people"] for one in shown],
        "alarm": told,
        "complaints": (folder / "log").read_bytes().lower().count(b"[error]"),
    }
