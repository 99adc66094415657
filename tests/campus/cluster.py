"""A campus: a hub bridged to three nodes of RabbitMQ, two collectors, PostgreSQL; every fault in turn."""

import signal
import time
from contextlib import ExitStack

from tests.campus.campus import CONFIGS, Collect, Hub, Rooms
from tests.campus.engines import Postgres, Rabbit, started
from tests.campus.faults import Engines, now_ms, suffered
from tests.campus.ledger import Ledger, waited
from tests.campus.parts import Watch
from tests.campus.single import outcome

RUSH = 6.0  # times the pace, at the end


def bridge(rabbit, certificates):
    """Return the shipped bridge with the addresses of these nodes."""
    text = (CONFIGS / "bridge.conf").read_text()
    for number, port in enumerate(rabbit.mqtt, start=1):
        text = text.replace(f"node{number}.example:8883", f"{rabbit.hosts[number - 1]}:{port}")
    text = text.replace("/etc/mosquitto/certs/campus-ca.pem", str(certificates / "ca.pem"))
    return text.replace("remote_password change-me", "remote_password a-long-password")


def cluster(folder, *, rooms, interval_s, steady_s, pause_s, rush_s):
    """Let rooms publish through every fault; return the figures."""
    with ExitStack() as ends:
        engines, ledger = opened(folder, rooms, ends)
        group = Rooms(folder / "rooms", engines.hub, rooms)
        ends.callback(group.close)
        joined_s = waited(lambda: ledger.heard_since(0) == rooms, 900)
        group.pace(interval_s)
        figures = {"rooms": rooms, "until all are heard, s": joined_s}
        figures |= _steady(engines, group, ledger, steady_s)
        windows = suffered(engines, pause_s)
        if rush_s:
            group.pace(interval_s / RUSH)
            began_ms = now_ms()
            time.sleep(rush_s)
            windows[f"{RUSH:.0f} times the pace"] = began_ms, now_ms()
        figures |= outcome(group, ledger)
        for name, window in windows.items():
            figures |= ledger.lateness(name, window)
        return figures


def opened(folder, rooms, ends, network=None):
    """Start everything but the rooms."""
    hub = Hub(folder / "hub", rooms, hosts=network.hosts if network else ())
    certificates = folder / "hub/certs"
    rabbit, postgres = Rabbit(certificates, network), Postgres()
    ends.callback(postgres.close)
    ends.callback(rabbit.close)
    started(rabbit)
    rabbit.users()
    files = ("--ca-file", str(certificates / "ca.pem"), "--patience-s", "5")
    collectors = [Collect(folder, rabbit.url, postgres.url, *files) for _ in range(2)]
    for one in collectors:
        one.start()
        ends.callback(one.close)
    ledger = Ledger(postgres.url)
    ends.callback(ledger.close)
    postgres.sql(CONFIGS / "roles.sql")
    with (hub.folder / "mosquitto.conf").open("a") as file:
        file.write(bridge(rabbit, certificates))
    hub.start()
    ends.callback(hub.stop, signal.SIGTERM)
    return Engines(hub, rabbit, collectors, postgres), ledger


def _steady(engines, group, ledger, steady_s):
    """Return what the parts need, and how late results are, while nothing goes wrong."""
    began_ms = now_ms()
    watch = Watch(
        {
            "hub": [engines.hub.process.pid],
            "three nodes": [one.pid for one in engines.rabbit.processes],
            "two collectors": [one.process.pid for one in engines.collectors],
            "store": [engines.postgres.pid],
            "rooms": [one.pid for one in group.processes],
        }
    )
    time.sleep(steady_s)
    return watch.figures() | ledger.lateness("steady", (began_ms, now_ms()))
