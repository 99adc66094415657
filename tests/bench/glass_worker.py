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
from edge.config.sections import PrivacySection, PublishSection, ServiceSection
from edge.pipeline.capture import Capture
from edge.pipeline.device import Device
from edge.records import Frame
from edge.service import Boot
from tests.bench.mediapipe_worker import rss_mb

SHAPE = (720, 1280, 3)
RATE_HZ = 60


class Film:
    """A camera that plays raw pictures to and fro for some seconds, so that nobody is cut away."""

    dropped = restarts = 0
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


class Filmed:
    """Stands where the device has its camera, and notes when each frame came."""

    degraded = False
    problems: tuple[str, ...] = ()

    def __init__(self, device: Device, path: Path, seconds: float) -> None:
        self._wake = device.requests.wake
        self._film = Film(path, seconds)
        self.capture: Capture | None = None
        self.came: list[tuple[int, int]] = []
        self.skipped = 0

    def open(self) -> None:
        """Start the film, once."""
        if self.capture is None:
            self.capture = Capture(lambda: self._film, self._wake, paced=True)
            self.capture.start()

    def retry(self, now_s: float) -> None:
        """Keep the film going."""

    def take(self) -> tuple[Frame, int] | None:
        """Return the newest frame and its arrival."""
        taken = None if self.capture is None else self.capture.take()
        if taken is not None:
            self.came.append((taken[0].t_ns, taken[1] + time.time_ns() - time.monotonic_ns()))
        return taken

    def ended(self, now_s: float) -> int | None:
        """Return 0 when the film is over."""
        return 0 if self.capture is not None and self.capture.error is not None else None

    def close(self) -> bool:
        """Close the film."""
        if self.capture is not None:
            self.skipped = self.capture.skipped
            return self.capture.close()
        return True


def main(film: str, port: str, seconds: str, folder: str) -> None:
    """Run the device until the film is over."""
    config = Config(
        privacy=PrivacySection(profile="research"),
        publish=PublishSection(host="127.0.0.1", port=int(port), tls=False, device_id="glass", live_hz=10.0),
        service=ServiceSection(state_dir=folder),
    )
    device = Device(Boot(config=config, problems=()), Path(folder, "config.yaml"))
    camera = Filmed(device, Path(film), float(seconds))
    device.camera = camera  # type: ignore[assignment]
    device.run()
    print(json.dumps({"came": camera.came, "skipped": camera.skipped, "rss_mb": rss_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
