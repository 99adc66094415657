"""A building: one Mosquitto, one SQLite file, and every fault that may happen to them."""

import signal
import time

from tests.campus.campus import Collect, Hub, Ledger, Rooms, cpu_s, held, rss_mib, waited


def single(folder, *, rooms, interval_s, steady_s, pause_s):
    """Let rooms publish through every fault; return the figures."""
    hub = Hub(folder / "hub", rooms)
    hub.start()
    url, file = f"sqlite:///{folder}/campus.sqlite", folder / "campus.sqlite"
    broker = f"mqtts://collect@127.0.0.1:{hub.port}"
    files = ("--ca-file", str(folder / "hub/certs/ca.pem"), "--password-file", str(folder / "hub/pw"))
    collect = Collect(folder, broker, url, *files, "--patience-s", "5")
    ledger = Ledger(url)
    collect.start()
    group = Rooms(folder / "rooms", hub, rooms, interval_s)
    try:
        group.begin()
        figures = {"rooms": rooms} | _steady(hub, collect, ledger, steady_s)
        _faults(hub, collect, file, pause_s)
        return figures | outcome(group, ledger)
    finally:
        group.close()
        collect.close()
        hub.stop(signal.SIGTERM)
        ledger.close()


def _steady(hub, collect, ledger, steady_s):
    """Return what the parts need while nothing goes wrong."""
    parts = {"broker": hub.process, "collector": collect.process}
    before_s, began_s = {name: cpu_s(one) for name, one in parts.items()}, time.monotonic()
    time.sleep(steady_s)
    took_s = time.monotonic() - began_s
    figures = {
        f"{name}, % of a core": 100 * (cpu_s(one) - before_s[name]) / took_s for name, one in parts.items()
    }
    figures |= {f"{name}, MiB": rss_mib(one) for name, one in parts.items()}
    p50_s, p99_s = ledger.latency_s()
    return figures | {"made to stored, p50 s": p50_s, "made to stored, p99 s": p99_s}


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
    current_s = waited(lambda: ledger.lost(made) == 0, 600)
    there, copies = ledger.stored()
    return {
        "current after the last fault, s": current_s,
        "made": sum(count for _, count in made.values()),
        "stored": sum(there.values()),
        "lost": ledger.lost(made),
        "duplicates": copies,
        "gaps": ledger.one("SELECT count(*) FROM gap")[0],
        "asked for again": ledger.one("SELECT coalesce(sum(asks), 0) FROM run")[0],
    }
