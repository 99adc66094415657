"""One of two cameras killed and back: `python -m tests.soak.two_cameras [TIMES [LOAD]]`, exit 1 on a fault.

A real service with the stage and, as its second camera, a stream over the network whose sender is killed with
SIGKILL at a random moment and started again. Each time the loss must be said of that camera only and its
pictures must come back; of the stage's person the live values must go on, and its camera must never reopen.
LOAD processes (none unless given) keep the processors busy meanwhile, ten of twenty seconds.
"""

import contextlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from edge.cli._scene import scene
from tests.pipeline.conftest import Ear, Running
from tests.publish.broker import Broker, free_port, until

TIMES, SEED = 50, 16
RTP = "application/x-rtp,media=video,encoding-name=JPEG,payload=26,clock-rate=90000"
SIZE = "width=320,height=240,framerate=15/1"
STREAM = f"videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,{SIZE}"
GONE_S = 60.0  # longest wait for a state
GAP_S = 3.0  # longest rest between two live messages, which come five times a second


BUSY = """import itertools, time
for turn in itertools.count():
    end_s = time.monotonic() + 10
    while time.monotonic() < end_s:
        time.sleep(0.5 * (turn % 2))
"""


@contextlib.contextmanager
def busy(load: int) -> Iterator[None]:
    """Keep this many processes busy by turns."""
    others = [subprocess.Popen([sys.executable, "-c", BUSY], start_new_session=True) for _ in range(load)]
    try:
        yield
    finally:
        for one in others:
            one.kill()
            one.wait()


class Sender:
    """The second camera: a process that sends pictures to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._command = f"{STREAM} ! jpegenc ! rtpjpegpay ! udpsink host=127.0.0.1 port={port}".split()
        self.start()

    def start(self) -> None:
        """Send."""
        self._process = subprocess.Popen(["gst-launch-1.0", "-q", *self._command])

    def kill(self) -> None:
        """Die without a word."""
        self._process.kill()
        self._process.wait()


def configured(service: Running, port: int) -> None:
    """Give the service both cameras."""
    script = json.loads(scene(1, 7200.0, rate_hz=15.0)) | {"size_px": [640, 360]}
    (service.folder / "scene.yaml").write_text(json.dumps(script))
    line = f'udpsrc port={port} caps="{RTP}" ! rtpjpegdepay ! jpegdec'
    first, *rest = service.config.read_text().splitlines()
    cameras = f"cameras:\n  - {{}}\n  - {{source: gstreamer, launch: '{line}', rate_hz: 15}}\n"
    service.config.write_text("\n".join([first, cameras, *rest]) + "\n")


def states(ear: Ear) -> list[str]:
    """Return what the newest health message says of each camera."""
    return [one["state"] for one in ear.last("health").get("camera", {}).get("each", [])]


def run(times: int, folder: Path) -> dict[str, float]:
    """Kill and bring back the second camera this often; return the figures."""
    chance, took_s, port = random.Random(SEED), [], free_port()
    with Broker(folder / "broker") as hub, Ear(hub.port) as ear, contextlib.ExitStack() as stack:
        service = Running(folder, hub.port)
        stack.callback(service.close)
        configured(service, port)
        sender = Sender(port)
        stack.callback(sender.kill)
        service.start()
        until(lambda: states(ear) == ["ok", "ok"], GONE_S)
        until(lambda: ear.last("mimicry/live").get("count") == 1, 2 * GONE_S)
        heard, gap_s, last_s = len(ear.bodies("mimicry/live")), 0.0, time.monotonic()
        values = set()

        def seen(wanted: list[str]) -> bool:
            nonlocal heard, gap_s, last_s
            news = ear.bodies("mimicry/live")[heard:]
            if news:
                gap_s, last_s = max(gap_s, time.monotonic() - last_s), time.monotonic()
                values.update(one["count"] for one in news)
            heard += len(news)
            return states(ear) == wanted

        for _ in range(times):
            rest_s = time.monotonic() + chance.uniform(0.5, 2.0)
            until(lambda end_s=rest_s: seen([]) or time.monotonic() >= end_s, GONE_S)
            begun_s = time.monotonic()
            sender.kill()
            until(lambda: seen(["ok", "stalled"]), GONE_S)
            sender.start()
            until(lambda: seen(["ok", "ok"]), GONE_S)
            took_s.append(time.monotonic() - begun_s)
        first, second = ear.last("health")["camera"]["each"]
        return {
            "times": times,
            "longest_s": max(took_s),
            "gap_s": gap_s,
            "counts": sorted(values),
            "restarts": (first["restarts"], second["restarts"]),
            "alive": service.process.poll() is None,
        }


def main() -> int:
    """Print the figures."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    load = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder, busy(load):
        f = run(times, Path(folder))
    print(f"second camera killed and back       {f['times']} times, longest {f['longest_s']:.1f} s")
    print(f"longest rest of the live values     {f['gap_s']:.2f} s (limit {GAP_S:g})")
    print(f"people counted meanwhile            {f['counts']} (always one)")
    print(f"reopenings, first and second        {f['restarts'][0]}, {f['restarts'][1]}")
    fine = f["alive"] and f["counts"] == [1] and f["restarts"][0] == 0 and f["gap_s"] <= GAP_S
    print("fine" if fine else "FAIL")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
