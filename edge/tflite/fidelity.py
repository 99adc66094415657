"""Does a mesh variant still see what the float model sees? Checked on a fixture each time one is loaded.

In: a loaded model and the models folder. The fixture holds a few still faces under sensor noise and what the
float model answered. Two figures decide: how far the landmarks lie from the float ones, and how much more
they tremble.

    error = mean |p - p_float| / d,    noise = sqrt(sum var(p) / sum var(p_float)),    var over still frames

with d the distance of the outer canthi. The second is the one that hides brief events.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.tflite import store
from edge.tflite.model import Model

PICTURES, ANSWERS = "fixture/face_pictures.npy", "fixture/face_landmarks.npy"
OUTER_CANTHI = (33, 263)
ERROR_MAX_PCT, NOISE_MAX = 0.5, 1.5

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """A variant beside the float model."""

    error_pct: float
    """Mean landmark distance, percent of the outer-canthus distance."""
    noise: float
    """Landmark noise over the float model's, 1 where equal."""


def check(model: Model, models: Path, name: str) -> Fidelity:
    """Measure a loaded mesh on the fixture.

    Raises
    ------
    ModelError : no fixture, another fixture than recorded, or a model beyond tolerance.
    """
    pictures, answers = _load(models, PICTURES), _load(models, ANSWERS)
    found = fidelity(read(model, pictures), answers)
    if not (found.error_pct <= ERROR_MAX_PCT and found.noise <= NOISE_MAX):
        raise ModelError(
            f"expected landmarks within {ERROR_MAX_PCT} % and {NOISE_MAX} x the noise of float, "
            f"got {found.error_pct:.2g} % and {found.noise:.3g} x at {name}; {store.BUILD}"
        )
    return found


def read(model: Model, pictures: NDArray[np.uint8]) -> Points:
    """Return the landmarks of pictures [P, N, 192, 192, 3] in crop pixels, [P, N, 468, 2]."""
    people, n = pictures.shape[:2]
    points = np.zeros((people, n, model.run()[0].size // 3, 2), np.float32)
    for person in range(people):
        for i in range(n):
            np.multiply(pictures[person, i], np.float32(1 / 255), out=model.input[0])
            points[person, i] = model.run()[0].reshape(-1, 3)[:, :2]
    return points


def fidelity(points: Points, answers: Points) -> Fidelity:
    """Compare landmarks [P, N, 468, 2] of still faces with the float model's."""
    right, left = (answers[:, :, i] for i in OUTER_CANTHI)
    apart = np.linalg.norm(points - answers, axis=3).mean(axis=2)
    with np.errstate(over="ignore", invalid="ignore"):
        return Fidelity(
            error_pct=float(100 * (apart / np.linalg.norm(left - right, axis=2)).mean()),
            noise=float(np.sqrt(_variance(points) / _variance(answers))),
        )


def _variance(points: Points) -> float:
    return float(points.var(axis=1, dtype=np.float64).sum())


def _load(models: Path, relative: str) -> NDArray[Any]:
    entry = store.manifest(models).get(relative)
    if entry is None:
        raise ModelError(f"expected {relative}, got no such entry in the manifest at {models}; {store.BUILD}")
    store.verify(models, relative, entry)
    array: NDArray[Any] = np.load(io.BytesIO((models / relative).read_bytes()), allow_pickle=False)
    return array
