"""Frames for the pipeline bench: 1 to 6 portraits on a 1280x720 canvas, swaying, with sensor noise."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge._native.warp import warp_square
from edge.camera.video import VideoFile
from edge.config.sections import FacesSection, TfliteSection
from edge.faces import FaceTracker
from edge.models import portrait
from edge.records import Frame
from edge.tflite import manifest

WIDTH_PX, HEIGHT_PX = 1280, 720
FRAMES_N = 45
NOISE_SD = 3.0  # 8-bit steps, a webcam indoors
CELLS = {1: (480, 1, 1), 2: (480, 2, 1), 4: (360, 2, 2), 6: (360, 3, 2)}  # faces: cell px, columns, rows


def compose(faces_n: int, path: Path) -> None:
    """Write `FRAMES_N` raw RGB frames with this many faces."""
    portraits = [_portrait(name) for name in ("astronaut.png", "grace_hopper.jpg")]
    rng = np.random.default_rng(faces_n)
    side, columns, rows = CELLS[faces_n]
    cell = np.zeros((side, side, 3), np.float32)
    with path.open("wb") as stream:
        for i in range(FRAMES_N):
            canvas = np.full((HEIGHT_PX, WIDTH_PX, 3), 96.0, np.float32)
            for k in range(faces_n):
                image, (x, y, crop, angle) = portraits[k % 2]
                phase = 2 * np.pi * (i / FRAMES_N + k / faces_n)
                sway = 0.01 * crop * np.sin(phase)
                warp_square(image, cell, x + sway, y + sway / 2, crop, angle + 0.01 * np.cos(phase), 1.0)
                row, column = divmod(k, columns)
                left = (2 * column + 1) * WIDTH_PX // (2 * columns) - side // 2
                top = (2 * row + 1) * HEIGHT_PX // (2 * rows) - side // 2
                canvas[top : top + side, left : left + side] = cell[:, :: 1 - 2 * (k // 2 % 2)]
            canvas += rng.normal(0, NOISE_SD, canvas.shape).astype(np.float32)
            stream.write(np.clip(canvas, 0, 255).astype(np.uint8).tobytes())


def _portrait(name: str) -> tuple[NDArray[np.uint8], tuple[float, float, float, float]]:
    """Return a portrait and the square around its face."""
    with VideoFile(portrait(manifest.folder(), name)) as video:
        image = next(iter(video)).image
    frame = Frame(t_ns=0, index=0, image=image)
    return image, FaceTracker(FacesSection(), TfliteSection()).update(frame)[0].crop_px
