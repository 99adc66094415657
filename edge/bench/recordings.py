"""Every variant of the face mesh on recordings: noise, slope and landmarks, each over the float model's.

Real faces move, so noise cannot be read off a still. Each crop is read twice instead, under two draws of
sensor noise: what differs between the takes is noise, what they share is the face.

    noise = sd(s_1 - s_2) / sqrt 2,    slope = cov(v_1, f_2) / cov(f_1, f_2)

for the signal s of any model, v of the variant and f of float. Noise does not bias this slope, as each
covariance is between different takes. A signal that hardly moved has none.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge._native.warp import warp_square
from edge.bench import mesh
from edge.camera.video import VideoFile
from edge.config.sections import FacesSection, TfliteSection
from edge.errors import CameraError
from edge.faces import FaceTracker
from edge.faces.track import crop
from edge.mesh import POINTS_N, SHAPES, FaceMesh
from edge.records import Frame
from edge.tflite import Model

SUFFIXES = {".avi", ".gif", ".mkv", ".mov", ".mp4", ".mpg", ".webm"}
FACES_N = 90  # of a recording, spread over its length
TAKES_N = 2
USABLE_N = 20  # faces of one person, below which a recording tells nothing
MOVED = 2.0  # sd of what both takes share over the noise, below which a signal has no slope

Square = tuple[float, float, float, float]
Points = NDArray[np.float32]
Signals = list[dict[str, mesh.Array]]
"""One entry a person: each signal in every take, [takes, F]."""


def find(folder: Path) -> list[Path]:
    """Return the recordings of a folder and its folders, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def compare(path: Path, models: dict[str, Model]) -> dict[str, dict[str, Any]]:
    """Measure models by name on one recording, the first being the reference; empty without a usable face."""
    seen: dict[int, list[dict[str, Points]]] = defaultdict(list)
    noise = np.random.default_rng(0)
    for frame, faces in _faces(path):
        for person, square in faces:
            takes = [_take(frame, square, noise) for _ in range(TAKES_N)]
            seen[person].append({name: _read(model, takes) for name, model in models.items()})
    people = [person for person in seen.values() if len(person) >= USABLE_N]
    if not people:
        return {}
    points = {
        name: [np.stack([face[name] for face in person], axis=1) for person in people] for name in models
    }
    signals = {name: [mesh.signals_of(person) for person in points[name]] for name in models}
    reference = next(iter(models))
    return {
        name: {
            "faces": sum(len(person) for person in people),
            "noise_over_float": _noise_over(signals[name], signals[reference]),
            "slope_over_float": _slope_over(signals[name], signals[reference]),
            "nme_pct": float(np.mean(list(map(mesh.nme_pct, points[name], points[reference])))),
        }
        for name in models
    }


def _faces(path: Path) -> Iterable[tuple[Frame, list[tuple[int, Square]]]]:
    """Yield frames spread over a recording with the person and the square of each confirmed face."""
    section, tflite = FacesSection(), TfliteSection(variant="float")
    tracker, reader = FaceTracker(section, tflite, seed=1), FaceMesh(section, tflite)
    try:
        with VideoFile(path) as video:
            step = max(1, video.expected_n // FACES_N)
            for frame in video:
                found = tracker.observe(reader.update(frame, tracker.update(frame)))
                if frame.index % step == 0:
                    yield frame, [(one.person, crop(one)) for one in found]
    except CameraError:
        return  # not a recording after all


def _take(frame: Frame, square: Square, noise: np.random.Generator) -> Points:
    """Return one crop under fresh sensor noise, 0..1."""
    x, y, side, turn = square
    reach = round(0.75 * side) + 2
    left, top = max(0, round(x) - reach), max(0, round(y) - reach)
    part = frame.image[top : round(y) + reach, left : round(x) + reach]
    noisy = np.clip(np.rint(part + noise.normal(0, mesh.NOISE_SD, part.shape)), 0, 255).astype(np.uint8)
    made = np.zeros(SHAPES.input[1:], np.float32)
    warp_square(noisy, made, x - left, y - top, side, turn)
    return made


def _read(model: Model, takes: list[Points]) -> Points:
    found = np.zeros((len(takes), POINTS_N, 3), np.float32)
    for points, take in zip(found, takes, strict=True):
        model.input[0] = take
        points[:] = model.run()[0].reshape(POINTS_N, 3)
    return found


def _noise_over(signals: Signals, reference: Signals) -> dict[str, float]:
    return {
        key: float(np.sqrt(sum(map(_noise, _of(signals, key))) / sum(map(_noise, _of(reference, key)))))
        for key in mesh.SIGNALS
    }


def _slope_over(signals: Signals, reference: Signals) -> dict[str, float | None]:
    slopes: dict[str, float | None] = {}
    for key in mesh.SIGNALS:
        pairs = list(zip(_of(signals, key), _of(reference, key), strict=True))
        moved = sum(_shared(f[0], f[1]) for _, f in pairs)
        noise = sum(_noise(f) for _, f in pairs) / 2
        shared = sum(_shared(v[0], f[1]) + _shared(v[1], f[0]) for v, f in pairs) / 2
        slopes[key] = float(shared / moved) if moved > MOVED**2 * noise else None
    return slopes


def _of(signals: Signals, key: str) -> list[mesh.Array]:
    return [one[key] for one in signals]


def _noise(takes: mesh.Array) -> float:
    """Return the summed square of what differs between two takes [2, F]."""
    return float(((takes[0] - takes[1]) ** 2).sum())


def _shared(a: mesh.Array, b: mesh.Array) -> float:
    return float(((a - a.mean()) * (b - b.mean())).sum())
