"""The films that the camera of the stand plays: raw pictures in a folder, as `handler.cpp` reads them."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.cli._scene import scene
from edge.stage import Stage

Picture = NDArray[np.uint8]
FOLDER = Path(os.environ.get("MIMICRY_STAND", "."))
STALL = FOLDER / "stall"


def play(pictures: Iterable[Picture]) -> None:
    """Let the camera show these, around and around, from its next start on."""
    new, count, shape = FOLDER / "new", 0, (0, 0)
    with new.open("wb") as out:
        for picture in pictures:
            out.write(picture.tobytes())
            count, shape = count + 1, picture.shape[:2]
    new.rename(FOLDER / "pictures")  # whoever plays the old ones has them mapped
    (FOLDER / "size").write_text(f"{shape[1]} {shape[0]} {count}\n")


def noise(width_px: int, height_px: int, count: int) -> list[Picture]:
    """Pictures of which no pixel is known beforehand."""
    chance = np.random.default_rng(3)
    return [chance.integers(0, 255, (height_px, width_px, 3), np.uint8) for _ in range(count)]


def plain(level: int) -> list[Picture]:
    """Return one picture of one value: a covered lens, a dark room, a wall."""
    return [np.full((480, 640, 3), level, np.uint8)]


def person(seconds: float, rate_hz: float) -> Iterable[Picture]:
    """Yield somebody who smiles and blinks, as the stage renders it."""
    script = json.loads(scene(1, seconds, rate_hz=rate_hz)) | {"size_px": [640, 480]}
    with Stage(json.dumps(script) + "\n") as stage:
        for frame in stage:
            yield frame.image
