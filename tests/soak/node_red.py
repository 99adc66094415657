"""The shipped Node-RED flow in a running Node-RED, against a real Mosquitto.

NODE_RED names Node-RED's `red.js` (`npm install node-red`, `node_modules/node-red/red.js`).
"""

import json
import os
import subprocess
from pathlib import Path

from edge.publish import Publisher
from tests.publish.broker import Broker, Listener, free_port, until
from tests.publish.conftest import section

RED = os.environ.get("NODE_RED", "")
FLOW = Path("firmware_configs/hub/node-red.json")
ALARM = ("rooms", "told")


def _flow(port):
    """Return the shipped flow for a broker on loopback; what it shows and says goes to MQTT as well."""
    flow = json.loads(FLOW.read_text())
    for node in flow:
        if node["type"] == "mqtt-broker":
            node |= {"broker": "127.0.0.1", "port": str(port), "usetls": False, "tls": ""}
        if node["type"] == "tab":
            node["env"] = [{"name": "ALARM_AFTER_MS", "value": "100", "type": "num"}]
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
    return [one for one in flow if one["type"] != "tls-config"]


def run(folder):
    """Let a device speak; return what the flow showed of the present, the past and a trouble."""
    if not RED:
        return {"skipped": "needs NODE_RED, the red.js of a Node-RED"}
    with Broker(folder / "broker") as broker, Listener(broker.port, "seen/#") as seen:
        (folder / "flow.json").write_text(json.dumps(_flow(broker.port)))
        command = ["node", RED, "-u", str(folder / "red"), "-p", str(free_port()), str(folder / "flow.json")]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as red:
            try:
                until(lambda: b"Connected to broker" in (folder / "log").read_bytes(), 60)
                return _said(broker, seen, folder)
            finally:
                red.terminate()


def _said(broker, seen, folder):
    device = Publisher(section(broker.port), folder / "state", muted=False)
    device.start()
    until(lambda: device.connected)
    body = {"t_s": 60.0, "people": 4, "index": 0.42, "state": "above"}
    seen.send("site/devices/dev-1/mimicry/history", json.dumps(body | {"people": 9, "historical": True}))
    device.publish_summary(body)
    shown = [json.loads(one.payload) for one in seen.wait_for("seen/rooms")]
    fine = {"mode": "run", "condition": "measuring", "why": ""}
    device.publish_health(fine)
    bad = {"mode": "degraded", "condition": "degraded", "why": "degraded, no camera"}
    until(lambda: device.publish_health(bad) or seen.on("seen/told"), 20)
    device.close()
    told = seen.on("seen/told")[0].payload.decode()
    return {
        "people": [one["people"] for one in shown],
        "alarm": told,
        "complaints": (folder / "log").read_bytes().lower().count(b"[error]"),
    }
