"""A thousand simulated devices on one page: `python -m tests.page.fleet [N]` prints what it costs.

First paint and the way of a change from the broker into the table, seen by a real browser; the processor time
of the page meanwhile, of one core. Each device sends health every 30 s and a summary every minute, as real
ones do.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.page.house import HEALTH, page_process
from tests.publish.broker import Broker, until
from tests.publish.browser import Browser

DEVICES = 1000
CHANGES = 100
HEALTH_S, SUMMARY_S = 30.0, 60.0
WATCH = """
window.seen = {};
new MutationObserver(records => {
  for (const record of records) for (const cell of record.addedNodes) {
    const word = cell.textContent;
    if (word.startsWith('change') && !(word in seen)) seen[word] = performance.timeOrigin + performance.now();
  }
}).observe(document.body, {subtree: true, childList: true, characterData: true});
"""
PAINT = """
(() => { const rows = document.querySelectorAll('tbody tr').length;
  return rows >= %d ? performance.now() : 0; })()
"""


class Fleet:
    """Devices that send what real ones send, through one client."""

    def __init__(self, port, number):
        self.names = [f"room-{k:04d}" for k in range(number)]
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.max_inflight_messages_set(2000)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._turn = 0

    def begin(self):
        """Retain availability, mute and health of all."""
        privacy = {"state": "OFF", "sources": {}, "since_s": time.time(), "profile": "workplace"}
        for name in self.names:
            self._send(name, "availability", "online")
            self._send(name, "privacy/state", json.dumps(privacy | {"time": stamp()}))
            last = self.health(name, "")
        last.wait_for_publish(60)

    def health(self, name, why):
        """Send one device's health."""
        body = HEALTH | {"time": stamp(), "why": why, "clock": "synced"}
        return self._send(name, "health", json.dumps(body))

    def steady(self, seconds):
        """Send what comes in this time from all devices together."""
        for _ in range(round(seconds * len(self.names) / HEALTH_S)):
            self._turn += 1
            name = self.names[self._turn % len(self.names)]
            self.health(name, "")
            if self._turn % 2:
                summary = {"time": stamp(), "people": self._turn % 9, "state": "at_chance"}
                self._send(name, "mimicry/summary", json.dumps(summary))

    def close(self):
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _send(self, name, topic, payload):
        return self._client.publish(f"hq/devices/{name}/{topic}", payload, 1, retain=True)


def stamp():
    """Return the time as devices write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())


def measure(number=DEVICES, changes=CHANGES):
    """Return first paint, the times of changes into the table and the processor's share."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            Broker(folder / "broker") as broker,
            page_process(broker.port, folder=folder) as (address, process),
        ):
            fleet = Fleet(broker.port, number)
            fleet.begin()
            with Browser(folder / "browser", (1400, 1000)) as browser:
                return {"devices": number} | _seen(browser, address, fleet, process, changes)


def _seen(browser, address, fleet, process, changes):
    number = len(fleet.names)
    browser.open(address)
    paint_ms = []
    until(lambda: paint_ms.append(browser.run(PAINT % number).get("value") or 0) or paint_ms[-1])
    browser.run(WATCH)
    sent, begun_s, used_s = {}, time.monotonic(), cpu_s(process)
    for change in range(changes):
        word = f"change {change}"
        sent[word] = time.time() * 1000
        fleet.health(f"room-{change * 7 % number:04d}", word)
        fleet.steady(0.3)
        time.sleep(0.3)
    until(lambda: len(json.loads(browser.run("JSON.stringify(seen)")["value"])) == changes)
    share = (cpu_s(process) - used_s) / (time.monotonic() - begun_s)
    seen = json.loads(browser.run("JSON.stringify(seen)")["value"])
    took_ms = [seen[word] - at for word, at in sent.items()]
    return {
        "rows there, ms after navigation": round(paint_ms[-1]),
        "first contentful paint, ms": round(browser.run(FIRST)["value"]),
        "change p50, ms": round(quantiles(took_ms, n=20)[9]),
        "change p95, ms": round(quantiles(took_ms, n=20)[18]),
        "page's share of one core": round(share, 3),
        "resident, MB": resident_mb(process),
    }


FIRST = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def cpu_s(process):
    """Return the processor time of a process, s."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def resident_mb(process):
    """Return the memory of a process, MB."""
    line = next(x for x in Path(f"/proc/{process.pid}/status").read_text().splitlines() if "VmRSS" in x)
    return int(line.split()[1]) // 1024


def main():
    """Print the figures."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else DEVICES
    for name, figure in measure(number).items():
        print(f"{name}: {figure}", flush=True)


if __name__ == "__main__":
    main()
