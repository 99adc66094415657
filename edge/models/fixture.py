"""The pictures on which the loader checks variants, and what the float models answer to them.

In: the fetched portrait and float models. Out: two views of one face, `STILL_N` times each under sensor
noise, at each model's own size, and the answers. Made on the device: nothing is shipped, nothing is rendered.
"""

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge._native.warp import warp_square
from edge.config.sections import TfliteSection
from edge.models.fetch import write
from edge.models.png import decode
from edge.tflite import Model, fidelity, manifest
from edge.tflite.known import MESH, SHAPES

PORTRAIT = "portraits/astronaut.png"
ROWS_N = 300  # of the portrait: head and shoulders
STILL_N = {MESH: 8}  # pictures of one view that differ in nothing but their noise
FEW_N = 2  # for the detectors, whose noise does not matter
NOISE_SD = 3.0  # grey levels, a webcam indoors
# Centre x, centre y, side in portrait px, turn in rad: the face upright, and farther, off centre and turned.
FACES = ((225.3, 126.7, 141.3, 0.166), (221.0, 129.0, 156.0, 0.02))
SCENES = ((225.0, 150.0, 280.0, 0.0), (256.0, 230.0, 512.0, 0.0))


def make(models: Path) -> dict[str, manifest.Entry]:
    """Write the fixture into the folder; return its manifest entries.

    Raises
    ------
    ModelError : the portrait or a float model is missing or not the published one.
    """
    manifest.verify(models, PORTRAIT, manifest.entries(models).get(PORTRAIT, {}))
    portrait = decode((models / PORTRAIT).read_bytes(), ROWS_N)
    entries: dict[str, manifest.Entry] = {}
    for name, shapes in SHAPES.items():
        seen = pictures(portrait, name)
        reference = Model(models / f"float/{name}.tflite", TfliteSection(), shapes)
        asked, answered = fidelity.paths(name)
        entries[asked] = _save(models, asked, seen, name)
        entries[answered] = _save(models, answered, fidelity.read(reference, seen), name)
    return entries


def pictures(portrait: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    """Return the views of a face for one model, [P, N, h, w, 3]; the second view is mirrored."""
    squares = FACES if name == MESH else SCENES
    views = (portrait, np.ascontiguousarray(portrait[:, ::-1]))
    noise = np.random.default_rng(0)
    made = []
    for view, (x, y, side, turn) in zip(views, squares, strict=True):
        crop = np.zeros(SHAPES[name].input[1:], np.float32)
        centre = x if view is portrait else portrait.shape[1] - x
        warp_square(view, crop, centre, y, side, turn, 1.0)
        many = crop + noise.normal(0, NOISE_SD, (STILL_N.get(name, FEW_N), *crop.shape))
        made.append(np.clip(np.rint(many), 0, 255).astype(np.uint8))
    return np.stack(made)


def _save(models: Path, relative: str, array: NDArray[Any], name: str) -> manifest.Entry:
    stream = io.BytesIO()
    np.save(stream, array)
    content = stream.getvalue()
    write(models / relative, content)
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "licence": "public domain picture; Apache-2.0 model",
        "source": f"{PORTRAIT} and float/{name}.tflite",
    }
