"""Glass to MQTT: from a frame's arrival to the broker's subscriber, four people at 60 frames a second.

The device runs as it does in a room, with a real Mosquitto between it and `mosquitto_sub`. Every live message
carries the time of its frame; what is told is how much later the subscriber had it.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from edge.camera.video import VideoFile
from tests.bench.glass_worker import RATE_HZ
from tests.publish.broker import Broker

CLIP = Path(__file__).parents[3] / "shared" / "data" / "conversation" / "four-people.mp4"
SECONDS = 60.0
FRAMES_N = 300  # of the clip; it is played to and fro
P50_MS, P99_MS = 8.0, 1e3 / RATE_HZ
LIVE = "site/devices/glass/mimicry/live"


def run(*, seconds: float = SECONDS, clip: Path = CLIP, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Measure the way of the live messages, ms; empty without the clip or Mosquitto."""
    if not clip.exists():
        say(f"expected a recording of four people, got nothing at {clip}")
        return {}
    with tempfile.TemporaryDirectory(prefix="mimicry-edge-bench-") as scratch:
        film = Path(scratch, "film.rgb")
        with VideoFile(clip) as video, film.open("wb") as out:
            for frame in islice(video, FRAMES_N):
                out.write(frame.image.data)
        return figures_of(*show(film, seconds, Path(scratch)))


def missed(figures: dict[str, Any]) -> list[str]:
    """Name what took longer than a room allows."""
    bars = {"p50_ms": P50_MS, "p99_ms": P99_MS}
    return [f"{name} {figures[name]:.1f}" for name, bar in bars.items() if figures and figures[name] > bar]


def show(film: Path, seconds: float, folder: Path) -> tuple[dict[str, Any], list[bytes]]:
    """Run device, broker and subscriber; return what the device noted and what the subscriber heard when."""
    with ExitStack() as stack:
        broker = stack.enter_context(Broker(folder / "broker", persistent=False))
        heard = folder / "heard"
        listen = ["mosquitto_sub", "-p", str(broker.port), "-t", LIVE, "-F", "%U %p"]
        with heard.open("wb") as out:
            ear = subprocess.Popen(listen, stdout=out)
        stack.callback(ear.wait)
        stack.callback(ear.terminate)
        command = [sys.executable, "-m", "tests.bench.glass_worker", str(film), str(broker.port)]
        (folder / "state").mkdir()
        ended = subprocess.run(
            [*command, str(seconds), str(folder / "state")], stdout=subprocess.PIPE, check=True
        )
    return json.loads(ended.stdout), heard.read_bytes().splitlines()


def figures_of(noted: dict[str, Any], heard: list[bytes]) -> dict[str, Any]:
    """Match messages with frames by their time in the film."""
    came_s = {round(t_ns / 1e9, 3): wall_ns / 1e9 for t_ns, wall_ns in noted["came"]}
    messages = [(float(at_s), json.loads(body)) for at_s, body in (line.split(b" ", 1) for line in heard)]
    took_ms = [1e3 * (at_s - came_s[body["t_s"]]) for at_s, body in messages if body["t_s"] in came_s]
    return {
        "people": max((body["count"] for _, body in messages), default=0),
        "p50_ms": float(np.quantile(took_ms, 0.5)),
        "p99_ms": float(np.quantile(took_ms, 0.99)),
        "messages": len(took_ms),
        "frames": len(came_s),
        "skipped": noted["skipped"],
        "rss_mb": noted["rss_mb"],
    }
