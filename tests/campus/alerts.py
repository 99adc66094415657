"""Every alert, live: devices' messages, the collector, Prometheus, Alertmanager and who is told.

The rules and routes are the shipped ones with every duration a sixtieth of what it is, and no less than a
second; the receiver that tells nobody tells this trial too. Each cause is given and taken away again.
"""

import json
import re
import signal
import subprocess
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.campus.campus import CONFIGS, HUB, Collect, Hub
from tests.campus.conftest import health, summary
from tests.campus.engines import Folder, inside
from tests.publish.broker import Listener, free_port, until

FASTER = 60
UNITS_S = {"s": 1, "m": 60, "h": 3600}
BASE = "site/devices/"
PATIENCE_S = 240.0  # until an alert comes, or goes


def faster(text):
    """Return a configuration with every duration a sixtieth, no less than a second."""
    shorter = r"(?<=[ \[])(\d+)([smh])\b"
    return re.sub(shorter, lambda m: f"{max(1, int(m[1]) * UNITS_S[m[2]] // FASTER)}s", text)


class Told:
    """Takes what Alertmanager says: when each alert fired and was resolved, by the monotonic clock."""

    def __init__(self):
        self.fired, self.resolved = found = {}, {}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for one in body["alerts"]:
                    found[one["status"] == "resolved"].setdefault(
                        one["labels"]["alertname"], time.monotonic()
                    )
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_words):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()


class Engines:
    """Prometheus and Alertmanager on the shipped files."""

    def __init__(self, metrics_port, told_port):
        self._folder, ports = Folder("alerts"), [free_port() for _ in range(2)]
        own = {"127.0.0.1:9464": f"127.0.0.1:{metrics_port}", "127.0.0.1:9093": f"127.0.0.1:{ports[0]}"}
        own["127.0.0.1:9099"] = f"127.0.0.1:{told_port}"
        url = f"http://127.0.0.1:{told_port}/nobody"
        own["- name: nobody\n"] = f"- name: nobody\n    webhook_configs:\n      - url: {url}\n"
        for name in ("prometheus.yml", "rules.yml", "alertmanager.yml"):
            text = faster((CONFIGS / name).read_text())
            for shipped, here in own.items():
                text = text.replace(shipped, here)
            (self._folder.path / name).write_text(text)
        self._processes = [
            self._started("prometheus-alertmanager", "alertmanager.yml", ports[0], "storage.path",
                          "--cluster.listen-address="),
            self._started("prometheus", "prometheus.yml", ports[1], "storage.tsdb.path"),
        ]  # fmt: skip

    def _started(self, program, file, port, storage, *more):
        own = self._folder.own
        words = [f"--config.file={own / file}", f"--web.listen-address=127.0.0.1:{port}"]
        words += [f"--{storage}={own / program}", *more]
        with (self._folder.path / f"{program}.log").open("wb") as log:
            return subprocess.Popen(inside(program, *words), stdout=log, stderr=log)

    def close(self):
        """End them."""
        for process in self._processes:
            process.terminate()
            process.wait(60)
        self._folder.remove()


def stamp(**ago):
    """Return a time in UTC before now, as devices write it."""
    moment = datetime.now(UTC) - timedelta(**ago)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def privacy(state, **ago):
    """Return a device's message about its mute."""
    return json.dumps({"v": 1, "time": stamp(**ago), "state": state, "consent": False})


def causes():
    """Return for each alert the messages that cause it and those that end it: (topic, payload) each."""

    def told(device, **more):
        return f"{BASE}{device}/health", health(device=device, time=stamp(), **more).payload

    def result(seq):
        return f"{BASE}gap/mimicry/summary", summary(seq, device="gap", time=stamp()).payload

    def mute(state, **ago):
        return f"{BASE}muted/privacy/state", privacy(state, **ago)

    away = f"{BASE}away/availability"
    return {
        "RoomOffline": ([(away, "offline")], [(away, "online")]),
        "RoomDeaf": ([told("deaf", mqtt={"deaf": True})], [told("deaf", mqtt={"deaf": False})]),
        "RoomDegraded": ([told("slow", mode="degraded")], [told("slow", mode="run")]),
        "RoomMutedLong": ([mute("ON", days=2)], [mute("OFF")]),
        "RoomClockUnsynchronised": ([told("clock", clock="unsynced")], [told("clock")]),
        "RoomGap": ([result(1), result(3)], [result(2)]),
    }


def hub_for(days, folder):
    """Renew the hub's certificate for some days."""
    make = ["sh", str(HUB / "make-certificates.sh"), str(folder / "certs"), "127.0.0.1"]
    subprocess.run(make, check=True, capture_output=True, env={"DAYS": str(days), "PATH": "/usr/bin:/bin"})


def alerts(folder):
    """Give and take away the cause of each alert; return how long each took to fire and to be resolved, s."""
    with ExitStack() as ends:
        plain = free_port()
        hub = Hub(folder / "hub", 0, f"listener {plain} 127.0.0.1\n")
        with (hub.folder / "mimicry.acl").open("a") as file:
            file.write("\nuser collect\ntopic readwrite #\n")
        hub_for(7, hub.folder)
        hub.start()
        ends.callback(lambda: hub.stop(signal.SIGTERM))
        metrics, told = free_port(), Told()
        ends.callback(told.close)
        files = ("--ca-file", str(hub.folder / "certs/ca.pem"), "--password-file", str(hub.folder / "pw"))
        broker, store = f"mqtts://collect@127.0.0.1:{hub.port}", f"sqlite:///{folder}/store.sqlite"
        collect = Collect(folder, broker, store, *files, "--metrics-port", str(metrics))
        collect.start()
        ends.callback(collect.close)
        engines = Engines(metrics, told.port)
        ends.callback(engines.close)
        return _given_and_taken(hub, collect, plain, told)


def _given_and_taken(hub, collect, plain, told):
    """Return of each alert the seconds from its cause until it fired, and from the end of it."""
    names, began_s = [*causes(), "CertificateExpiring"], time.monotonic()
    with Listener(plain, user="collect", password="pw") as devices:
        _send(devices, [give for give, _ in causes().values()])
        until(lambda: told.fired.keys() - {"StoreAway"}, PATIENCE_S)  # now the collector listens
        _send(devices, [give for give, _ in causes().values()])
        devices.send(f"{BASE}poison/mimicry/summary", "{")
        found = {"fired": _since(began_s, told.fired, [*names, "MessagesParked"])}
        hub.stop(signal.SIGTERM)
        hub_for(800, hub.folder)
        hub.start()
        until(devices.connected.is_set)
        began_s = time.monotonic()
        _send(devices, [take for _, take in causes().values()])
        found["resolved"] = _since(began_s, told.resolved, [*names, "MessagesParked"])
    for way, act in (("fired", collect.kill), ("resolved", collect.start)):
        getattr(told, way).pop("StoreAway", None)
        began_s = time.monotonic()
        act()
        found[way] |= _since(began_s, getattr(told, way), ["StoreAway"])
    return found


def _since(began_s, told, names):
    """Wait until every alert was told; return how long that took from a moment on, s."""
    until(lambda: told.keys() >= set(names), PATIENCE_S)
    return {name: max(0.0, told[name] - began_s) for name in names}


def _send(devices, groups):
    for topic, payload in (message for group in groups for message in group):
        devices.send(topic, payload, retain=True)
