"""The service with its world on strings: `python -m tests.soak.puppet FOLDER run --config FILE`.

Everything is the real service; what is held from outside is what it stands on: the Picamera2 library (a
camera without a sensor that fails when told), the files of the board below FOLDER/root, the wall clock.
Orders come one a file, FOLDER/order: a camera fault, or `jump SECONDS`.
"""

import functools
import json
import sys
import threading
import time
from collections import deque
from pathlib import Path

import numpy as np

from edge.cli import main
from edge.cli._scene import scene
from edge.stage import Stage
from tests.camera import fake_picamera2 as fake

PERIOD_S = 0.2
SCENE_S = 4.0
SIZE_PX = (640, 360)
CLIP = "clip.npy"


class World:
    """What the orders change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fault, self.rest = "", threading.Event()
        self._wall, self._wall_ns, self._jump_s = time.time, time.time_ns, 0.0
        time.time = lambda: self._wall() + self._jump_s
        time.time_ns = lambda: self._wall_ns() + round(self._jump_s * 1e9)
        threading.Thread(target=self._listen, daemon=True).start()

    def missing(self) -> bool:
        """Whether the camera is away for this opening; outlives the process."""
        away = self.folder / "away"
        left = int(away.read_text() or 0) if away.exists() else 0
        if left:
            away.write_text(str(left - 1))
        return left > 0

    def steps(self, camera: "Camera"):
        """Yield what the sensor does, until a fault that is silence."""
        while not self.rest.wait(PERIOD_S):
            fault, self.fault = self.fault, ""
            kind, _, value = fault.partition(" ")
            if kind in {"repeat", "cancel"}:
                yield from self._paced(kind)
            elif kind == "format":
                camera.resize()
            elif kind == "open":
                fake.bench.open_hangs = 1
                return
            elif kind == "close":
                fake.bench.close_hangs = 1
                return
            elif kind == "away":
                (self.folder / "away").write_text(value)
                return
            elif kind == "silent":
                return
            yield "slow"

    def _paced(self, step: str):
        while not self.rest.wait(PERIOD_S):
            yield step

    def _listen(self) -> None:
        order = self.folder / "order"
        while not self.rest.wait(0.02):
            if order.exists():
                kind, _, value = (text := order.read_text()).partition(" ")
                order.unlink()
                if kind == "jump":
                    self._jump_s += float(value)
                else:
                    self.fault = text


class Camera(fake.Picamera2):
    """A camera that plays the world's steps."""

    world: World

    def __init__(self, *words, **options):
        if self.world.missing():
            raise RuntimeError("Camera __init__ sequence did not complete.")
        super().__init__(*words, **options)

    def start(self, config=None, show_preview=False):
        """Begin; the steps of this opening know their camera."""
        fake.bench.scripts = deque([self.world.steps(self)])
        super().start(config, show_preview)

    def resize(self) -> None:
        """Deliver pictures of half the size from now on, unasked."""
        halves = {}
        for name in ("main", "lores"):
            stream = self.camera_config[name]
            halves[name] = stream | {"size": tuple(side // 4 * 2 for side in stream["size"])}
        self._free.clear()
        self.configure(self.camera_config | halves)


def clip(folder: Path) -> np.ndarray:
    """Return one rendered person for a few seconds [frames, height, width, 3]; made once a folder."""
    path = folder / CLIP
    if not path.exists():
        script = json.loads(scene(1, SCENE_S, rate_hz=1 / PERIOD_S)) | {"size_px": list(SIZE_PX)}
        with path.with_suffix(".part").open("wb") as file:
            np.save(file, np.stack([frame.image for frame in Stage(json.dumps(script, indent=1))]))
        path.with_suffix(".part").replace(path)
    return np.load(path, mmap_mode="r")


def _picture(pictures, seed, height, width, channels):
    """Show the person; what is only compared (luma) is noise that differs from picture to picture."""
    shown = pictures[seed % len(pictures)]
    if channels == 3 and shown.shape == (height, width, 3):
        return shown
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def put_on_strings(folder: Path) -> None:
    """Replace the camera library, the board's files and the wall clock."""
    from edge.pipeline import board  # noqa: PLC0415 - when it is needed

    Camera.world = World(folder)
    fake.bench.period_ns = round(PERIOD_S * 1e9)
    fake.bench.t_ns = time.monotonic_ns()
    fake.picture = functools.partial(_picture, clip(folder.parent))
    sys.modules["picamera2"] = fake
    fake.Picamera2 = Camera
    board.SystemProbe = functools.partial(board.SystemProbe, root=folder / "root")


if __name__ == "__main__":
    put_on_strings(Path(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
