"""Does a variant still see what the float model sees? Checked on a fixture each time one is loaded.

In: a loaded model and the models folder. The fixture holds still faces under sensor noise and what the float
model answered. For the mesh two figures decide: how far the landmarks lie from the float ones, and how much
more they tremble.

    error = mean |p - p_float| / d,    noise = sqrt(sum var(p) / sum var(p_float)),    var over still frames

with d the distance of the outer canthi. The second is the one that hides brief events. For a detector: what
became of the anchor that is surest of the face, and whether any sees a face where float sees none.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.formulas import sigmoid
from edge.landmarks import OUTER_CANTHI
from edge.tflite import manifest
from edge.tflite.known import MESH
from edge.tflite.model import Model

ERROR_MAX_PCT, NOISE_MAX = 0.5, 1.5
SCORE_MAX, BOX_MAX_PCT, STRANGERS_MAX = 0.1, 3.0, 0
FACE, NO_FACE = 0.5, 0.25  # scores
RANGE = {MESH: (np.float32(1 / 255), np.float32(0))}  # the mesh reads 0..1, the detectors -1..1
DETECTOR_RANGE = (np.float32(2 / 255), np.float32(-1))

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """A variant of the mesh beside the float model."""

    error_pct: float
    """Mean landmark distance, percent of the outer-canthus distance."""
    noise: float
    """Landmark noise over the float model's, 1 where equal."""

    def __str__(self) -> str:
        return f"landmarks {self.error_pct:.2g} % off, {self.noise:.3g} x the noise of float"

    @property
    def good(self) -> bool:
        """Whether the variant may run; NaN may not."""
        return self.error_pct <= ERROR_MAX_PCT and self.noise <= NOISE_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A variant of a detector beside the float model."""

    score: float
    """Largest difference of a picture's best score, 0..1."""
    box_pct: float
    """Largest difference of its box or a key point, percent of the box."""
    strangers: int
    """Anchors that see a face where float sees none."""

    def __str__(self) -> str:
        return (
            f"score {self.score:.2g} and box {self.box_pct:.2g} % off float, {self.strangers} false anchors"
        )

    @property
    def good(self) -> bool:
        """Whether the variant may run; NaN may not."""
        return self.score <= SCORE_MAX and self.box_pct <= BOX_MAX_PCT and self.strangers <= STRANGERS_MAX


def paths(name: str) -> tuple[str, str]:
    """Return the fixture's files of a model, pictures and the float model's answers."""
    return f"fixture/{name}_pictures.npy", f"fixture/{name}_answers.npy"


def check(model: Model, models: Path, name: str) -> Fidelity | Likeness:
    """Measure a loaded variant on the fixture.

    Raises
    ------
    ModelError : no fixture, another fixture than recorded, or a model beyond tolerance.
    """
    pictures, answers = (_load(models, path) for path in paths(name))
    found = (fidelity if name == MESH else likeness)(read(model, pictures), answers)
    if not found.good:
        limit = (
            Fidelity(error_pct=ERROR_MAX_PCT, noise=NOISE_MAX)
            if name == MESH
            else Likeness(score=SCORE_MAX, box_pct=BOX_MAX_PCT, strangers=STRANGERS_MAX)
        )
        raise ModelError(
            f"expected at most {limit}, got {found} at {model.variant}/{name}.tflite; {manifest.BUILD}"
        )
    return found


def read(model: Model, pictures: NDArray[np.uint8]) -> Array:
    """Return a model's answers to still pictures [P, N, h, w, 3], one row a point or anchor, [P, N, rows, k].

    Mesh: x, y in crop pixels, k = 2. Detector: box and key points in input pixels, then the logit, k = 17.
    """
    return np.stack([[_answer(model, picture) for picture in view] for view in pictures])


def fidelity(points: Array, answers: Array) -> Fidelity:
    """Compare landmarks [P, N, 468, 2] of still faces with the float model's."""
    right, left = (answers[:, :, i] for i in OUTER_CANTHI)
    apart = np.linalg.norm(points - answers, axis=3).mean(axis=2)
    with np.errstate(over="ignore", invalid="ignore"):
        return Fidelity(
            error_pct=float(100 * (apart / np.linalg.norm(left - right, axis=2)).mean()),
            noise=float(np.sqrt(_variance(points) / _variance(answers))),
        )


def likeness(found: Array, answers: Array) -> Likeness:
    """Compare a detector's anchors [P, N, anchors, 17] with the float model's."""
    best = np.expand_dims(answers[..., 16].argmax(axis=2), (2, 3))
    want, got = (np.take_along_axis(one, best, axis=2)[:, :, 0] for one in (answers, found))
    expected, actual = sigmoid(answers[..., 16]), sigmoid(found[..., 16])
    apart = np.abs(got[..., :16] - want[..., :16]).max(axis=2) / want[..., 2:4].max(axis=2)
    return Likeness(
        score=float(np.abs(actual.max(axis=2) - expected.max(axis=2)).max()),
        box_pct=float(100 * apart.max()),
        strangers=int(((actual >= FACE) & (expected < NO_FACE)).sum()),
    )


def _answer(model: Model, picture: NDArray[np.uint8]) -> Array:
    factor, offset = RANGE.get(model.name, DETECTOR_RANGE)
    np.multiply(picture, factor, out=model.input[0])
    model.input[0] += offset
    first, second = model.run()
    if model.name == MESH:
        return first.reshape(-1, 3)[:, :2].copy()
    return np.concatenate((first[0], second[0]), axis=1)


def _variance(points: Array) -> float:
    return float(points.var(axis=1, dtype=np.float64).sum())


def _load(models: Path, relative: str) -> NDArray[Any]:
    entry = manifest.entries(models).get(relative)
    if entry is None:
        raise ModelError(
            f"expected {relative}, got no such entry in the manifest at {models}; {manifest.FIX}"
        )
    manifest.verify(models, relative, entry)
    array: NDArray[Any] = np.load(io.BytesIO((models / relative).read_bytes()), allow_pickle=False)
    return array
