"""Twenty results a second with the broker up: what it costs in processor and disk."""

import os
import subprocess
import threading
import time
from pathlib import Path

from edge.publish import Publisher
from tests.publish.broker import Broker, until
from tests.publish.conftest import section

RATE_HZ = 20
BODY = {
    "profile": "workplace",
    "type": "update",
    "id": "000017",
    "t_s": 1.0,
    "start_s": 0.5,
    "end_s": None,
    "index": 0.71,
    "null": {"mu": 0.5, "sd": 0.29},
    "p": 0.02,
    "coverage": 0.93,
    "state": "above",
}


def load(folder, *, seconds):
    """Publish; return the processor's share and the bytes written for each result."""
    with Broker(folder / "broker") as broker:
        listener = subprocess.Popen(
            ["mosquitto_sub", "-p", str(broker.port), "-q", "1", "-t", "#"], stdout=subprocess.DEVNULL
        )
        publisher = Publisher(section(broker.port), folder / "state", muted=False)
        publisher.start()
        until(lambda: publisher.connected)
        try:
            return _measure(publisher, seconds)
        finally:
            publisher.close()
            listener.terminate()
            listener.wait()


def _measure(publisher, seconds):
    rest, written = threading.Event(), _written()
    start_s, cpu_s, count = time.monotonic(), _cpu(), RATE_HZ * seconds
    for number in range(count):
        rest.wait(max(0.0, start_s + number / RATE_HZ - time.monotonic()))
        publisher.publish_event(BODY)
    assert publisher.drain(10)
    return {
        "results": count,
        "core_share": round((_cpu() - cpu_s) / (time.monotonic() - start_s), 5),
        "bytes_written_per_result": round((_written() - written) / count, 1),
    }


def _cpu():
    """Return the processor time of this process, s."""
    times = os.times()
    return times.user + times.system


def _written():
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["write_bytes"])
