"""A building: one Mosquitto, one SQLite file, and every fault that may happen to them."""

import signal
import time
from contextlib import ExitStack

from tests.campus.campus import Collect, Hub, Rooms
from tests.campus.faults import now_ms
from tests.campus.ledger import Ledger, held, waited
from tests.campus.parts import Watch


def single(folder, *, rooms, interval_s, steady_s, pause_s, rush_s):
    """Let rooms publish through every fault; return the figures."""
    with ExitStack() as ends:
        url, file = f"sqlite:///{folder}/campus.sqlite", folder / "campus.sqlite"
        hub, collect, ledger, group = opened(folder, rooms, url, ends)
        group.pace(interval_s)
        figures = {"rooms": rooms} | _steady(hub, collect, group, ledger, steady_s)
        began_ms = now_ms()
        _faults(hub, collect, file, pause_s)
        figures |= outcome(group, ledger)
        return figures | ledger.lateness("from the first fault to the last", (began_ms, now_ms()))


def opened(folder, rooms, url, ends):
    """Start a hub, a collector that writes to the store at `url`, and rooms; return once all are heard."""
    hub = Hub(folder / "hub", rooms)
    hub.start()
    ends.callback(hub.stop, signal.SIGTERM)
    ledger = Ledger(url)
    ends.callback(ledger.close)
    files = ("--ca-file", str(folder / "hub/certs/ca.pem"), "--password-file", str(folder / "hub/pw"))
    broker = f"mqtts://collect@127.0.0.1:{hub.port}"
    collect = Collect(folder, broker, url, *files, "--patience-s", "5")
    collect.start()
    ends.callback(collect.close)
    group = Rooms(folder / "rooms", hub, rooms)
    ends.callback(group.close)
    waited(lambda: ledger.heard_since(0) == rooms, 600)
    return hub, collect, ledger, group


def _steady(hub, collect, group, ledger, steady_s):
    """Return what the parts need, and how late results are, while nothing goes wrong."""
    began_ms, own = now_ms(), [one.pid for one in group.processes]
    watch = Watch({"broker": [hub.process.pid], "collector": [collect.process.pid], "rooms": own})
    time.sleep(steady_s)
    return watch.figures() | ledger.lateness("steady", (began_ms, now_ms()))


def _faults(hub, collect, file, pause_s):
    """Kill the consumer; hold the store; restart the hub under all rooms; cut its uplink and kill it."""
    collect.kill()
    time.sleep(pause_s)
    collect.start()
    time.sleep(pause_s)
    holder = held(file)
    time.sleep(pause_s)
    holder.execute("ROLLBACK")
    holder.close()
    time.sleep(pause_s)
    hub.stop(signal.SIGTERM)
    hub.start()
    time.sleep(2 * pause_s)
    collect.kill()
    time.sleep(pause_s)
    hub.stop(signal.SIGKILL)
    hub.start()
    collect.start()
    time.sleep(pause_s)


def outcome(group, ledger):
    """Let the rooms make nothing more; return what came, once everything has come."""
    made = group.made()
    current_s = waited(lambda: ledger.lost(made) == 0 and not ledger.gaps(), 900)
    there, copies = ledger.stored()
    return {
        "current after the last fault, s": current_s,
        "made": sum(count for _, count in made.values()),
        "stored": sum(there.values()),
        "lost": ledger.lost(made),
        "duplicates": copies,
        "gaps": ledger.gaps(),
        "asked for again": ledger.one("SELECT coalesce(sum(asks), 0) FROM run")[0],
    }
