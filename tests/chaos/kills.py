"""Kill the device and the broker at random moments; count what arrives."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from tests.publish.broker import Broker, Listener, until

WINDOW = 16
MAGIC_ID = b'"id":"'


def kill_loop(folder, *, results, device_kills, broker_kills, rate_hz=90.0, seed=6):
    """Return the figures of one run: rows committed, missing, duplicates, order."""
    rng, folder = random.Random(seed), Path(folder)
    state = folder / "state"
    state.mkdir(parents=True)
    committed = set()
    plan = ["device"] * device_kills + ["broker"] * broker_kills
    rng.shuffle(plan)
    pause_s = results / rate_hz / len(plan)
    with Broker(folder / "broker") as broker, Listener(broker.port, "#", client_id="hub") as hub:
        device = _device(broker.port, state, rate_hz)
        rest = threading.Event()
        for victim in plan:
            rest.wait(pause_s * rng.uniform(0.5, 1.5))
            if victim == "device":
                device.kill()
                device.wait()
                committed |= _rows(state)
                device = _device(broker.port, state, rate_hz)
            else:
                broker.signal(signal.SIGKILL)
                rest.wait(rng.uniform(0.2, 1.0))
                broker.start()
        until(lambda: len(_noted(state)) >= results, timeout_s=results / rate_hz + 60)
        device.kill()
        device.wait()
        committed |= _rows(state) | _noted(state)
        _deliver_rest(broker, hub, state)
        return _figures(hub, committed, state, len(plan))


def _deliver_rest(broker, hub, state):
    """Let a device deliver what is left, until the spool is empty."""
    from edge.publish import Publisher  # noqa: PLC0415  the killed runs must not share this process
    from tests.publish.conftest import section  # noqa: PLC0415

    last = Publisher(section(broker.port), state, muted=False)
    last.start()
    assert last.drain(120)
    last.close()
    until(lambda: [m for m in hub.on("/availability") if m.payload == b"stopped"])


def _figures(hub, committed, state, kills):
    bodies = [json.loads(message.payload) for message in hub.on("mimicry/event")]
    first, times = [], Counter()
    for body in bodies:
        key = (body["boot"], body["seq"])
        if not times[key]:
            first.append((body["boot"], body["seq"], int(body["id"])))
        times[key] += 1
    heard = {number for _, _, number in first}
    numbers = {}
    for boot, seq, number in first:
        numbers.setdefault(boot, []).append((seq, number))
    return {
        "produced": _produced(state),
        "committed": len(committed),
        "heard": len(heard),
        "missing": len(committed - heard),
        "lost_uncommitted": _produced(state) - len(heard | committed),
        "duplicates": sum(count - 1 for count in times.values()),
        "duplicates_allowed": WINDOW * kills,
        "out_of_order": sum(run != sorted(run) for run in numbers.values()),
    }


def _device(port, state, rate_hz):
    command = [sys.executable, "-m", "tests.chaos.device", str(port), str(state), str(rate_hz)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def _produced(state):
    book = state / "produced"
    return book.stat().st_size // 9 if book.exists() else 0


def _noted(state):
    """Return the numbers that the device noted as committed; the last line may be cut short."""
    book = state / "committed"
    lines = book.read_bytes().split(b"\n")[:-1] if book.exists() else []
    return {int(line) for line in lines}


def _rows(state):
    """Return the numbers of the rows on the disk, read past the package by SQLite alone."""
    path = state / "spool.sqlite"
    if not path.exists():
        return set()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        blobs = [blob for (blob,) in database.execute("SELECT blob FROM q")]
    database.close()
    places = [(blob, blob.find(MAGIC_ID)) for blob in blobs]
    return {int(blob[at + 6 : at + 14]) for blob, at in places if at > 0}


def compared(ids, count):
    """Compare the numbers heard, in their order, with those said: 0 up to `count`."""
    first = list(dict.fromkeys(ids))
    return {
        "results": count,
        "missing": count - len(first),
        "duplicates": len(ids) - len(first),
        "out_of_order": int(first != sorted(first)),
    }


def freeze(folder, *, seconds, count=200):
    """Stop the broker with SIGSTOP; return what arrived."""
    folder = Path(folder)
    from edge.publish import Publisher  # noqa: PLC0415
    from tests.publish.conftest import section  # noqa: PLC0415

    with Broker(folder / "broker") as broker, Listener(broker.port, "#", client_id="hub") as hub:
        publisher = Publisher(section(broker.port, keepalive_s=5), folder / "state", muted=False)
        publisher.start()
        until(lambda: publisher.connected)
        broker.signal(signal.SIGSTOP)
        rest, end_s = threading.Event(), time.monotonic() + seconds
        for number in range(count):
            publisher.publish_event(
                {"profile": "workplace", "type": "update", "id": f"{number:08d}", "t_s": 0.0}
            )
            rest.wait(max(0.0, (end_s - time.monotonic()) / (count - number)))
        broker.signal(signal.SIGCONT)
        assert publisher.drain(120)
        publisher.close()
        until(lambda: [m for m in hub.on("/availability") if m.payload == b"stopped"])
        ids = [json.loads(m.payload)["id"] for m in hub.on("mimicry/event")]
    return compared(ids, count)
