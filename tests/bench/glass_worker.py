"""The service of the glass bench: `python -m tests.bench.glass_worker FILM PORT SECONDS FOLDER`.

The whole device as it runs, with four people at a table at 60 frames a second for a camera. When each frame
came is printed at the end: its time in the film and the wall clock, ns, a line each; then the memory.
"""

import itertools
import json
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from edge.camera.protocol import State
from edge.config import Config
from edge.config.sections import CameraSection, PrivacySection, PublishSection, ServiceSection
from edge.pipeline.cameras import Cameras
from edge.pipeline.device import Device
from edge.records import Frame
from edge.service import Boot
from tests.bench.mediapipe_worker import rss_mb

SHAPE = (720, 1280, 3)
RATE_HZ = 60


class Film:
    """A camera that plays raw pictures to and fro for some seconds, so that nobody is cut away."""

    dropped = restarts = 0
    problem = ""
    state: State = "ok"

    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path
        self._frames_n = round(seconds * RATE_HZ)
        self.refused: dict[str, int] = {}

    def __iter__(self) -> Iterator[Frame]:
        size = math.prod(SHAPE)
        n = self._path.stat().st_size // size
        swing = itertools.cycle([*range(n), *range(n - 2, 0, -1)])
        with self._path.open("rb", buffering=0) as stream:
            for index in range(self._frames_n):
                image = np.empty(SHAPE, np.uint8)
                stream.seek(next(swing) * size)
                stream.readinto(image.data)
                yield Frame(t_ns=index * 1_000_000_000 // RATE_HZ, index=index, image=image)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End."""
        self.state = "closed"


def noted(cameras: Cameras) -> list[tuple[int, int]]:
    """Note each frame that is taken from now on: its time in the film, when it came by the wall clock, ns."""
    came: list[tuple[int, int]] = []
    take = cameras.take

    def note(every_n: int = 1) -> Iterator[tuple[Frame, int]]:
        for frame, arrived_ns in take(every_n):
            came.append((frame.t_ns, arrived_ns + time.time_ns() - time.monotonic_ns()))
            yield frame, arrived_ns

    cameras.take = note  # type: ignore[method-assign]
    return came


def main(film: str, port: str, seconds: str, folder: str) -> None:
    """Run the device until the film is over."""
    config = Config(
        camera=CameraSection(source="video", path=film),
        privacy=PrivacySection(profile="research"),
        publish=PublishSection(host="127.0.0.1", port=int(port), tls=False, device_id="glass", live_hz=10.0),
        service=ServiceSection(state_dir=folder),
    )
    device = Device(Boot(config=config, problems=()), Path(folder, "config.yaml"))
    played = Film(Path(film), float(seconds))
    device.cameras = Cameras(config.views, device.meter, device.requests.wake, opener=lambda _: played)
    came = noted(device.cameras)
    device.run()
    print(json.dumps({"came": came, "skipped": device.cameras.health()["dropped"], "rss_mb": rss_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
