"""Every variant of the face mesh on recordings: noise, slope and landmarks, each over the float model's.

Real faces move, so noise cannot be read off a still. Each crop is read several times instead, under as many
draws of sensor noise: what differs between the takes is noise, what they share is the face.

    noise^2 = mean over faces of var_a s_a,    slope = sum_{a != b} cov(v_a, f_b) / sum_{a != b} cov(f_a, f_b)

for takes a and b of the signal s of any model, v of the variant and f of float. Noise does not bias this
slope, as each covariance is between different takes. A signal that hardly moved has none. Both come with a
standard error: the recording is cut into stretches, and each is left out once (jackknife).

One row more is the float model on crops that lie up to half a crop pixel elsewhere, as a tracker may lay
them: the scale to see the others on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge._native.warp import warp_square
from edge.arrays import Floats
from edge.camera.video import VideoFile
from edge.config.sections import FacesSection, TfliteSection
from edge.errors import CameraError
from edge.faces import FaceTracker
from edge.faces.track import crop
from edge.landmarks import LANDMARKS_N
from edge.mesh import SHAPES, SIZE_PX, FaceMesh
from edge.records import Frame
from edge.tflite import Model
from edge.tuning import yardstick

SUFFIXES = {".avi", ".gif", ".mkv", ".mov", ".mp4", ".mpg", ".webm"}
FRAMES_N = 1800  # of a recording are decoded and searched
FACES_N = 90  # frames of these, spread evenly, are read
TAKES_N = 3
USABLE_N = 20  # faces of one person, below which a recording tells nothing
MOVED = 2.0  # sd of what the takes share over the noise, below which a signal has no slope
STRETCHES_N = 10
ELSEWHERE = "float, half a pixel off"
ELSEWHERE_PX = 0.5
RULES = (
    f"Recordings: at most {FACES_N} frames, evenly out of the first {FRAMES_N}, each face read {TAKES_N}",
    "times under sensor noise. ±: standard error, by leaving out a tenth of the recording at a time. -: the",
    f"signal moved, by float and without noise, less than {MOVED:g} times its noise: no slope to compare.",
)

Square = tuple[float, float, float, float]
Points = NDArray[np.float32]
Signals = list[Floats]
"""One entry a person: a signal in every take, [takes, F]."""


def find(place: Path) -> list[Path]:
    """Return a recording, or those of a folder and its folders, in order.

    Raises
    ------
    CameraError : there is none.
    """
    files = [place] if place.is_file() else place.rglob("*")
    found = sorted(path for path in files if path.suffix.lower() in SUFFIXES)
    if not found:
        raise CameraError(f"expected recordings ({', '.join(sorted(SUFFIXES))}), got none at {place}")
    return found


def compare(path: Path, models: dict[str, Model]) -> dict[str, dict[str, Any]]:
    """Measure models by name on one recording, the first being the reference; empty without a usable face."""
    reference = next(iter(models))
    seen: dict[int, list[dict[str, Points]]] = defaultdict(list)
    noise = np.random.default_rng(0)
    for frame, faces in _faces(path):
        for person, square in faces:
            takes = [_take(frame, square, noise) for _ in range(TAKES_N)]
            others = [_take(frame, _elsewhere(square, noise), noise) for _ in range(TAKES_N)]
            read = {name: _read(model, takes) for name, model in models.items()}
            seen[person].append(read | {ELSEWHERE: _read(models[reference], others)})
    people = [person for person in seen.values() if len(person) >= USABLE_N]
    if not people:
        return {}
    points = {
        name: [np.stack([face[name] for face in person], axis=1) for person in people]
        for name in (*models, ELSEWHERE)
    }
    signals = {name: [yardstick.signals_of(person) for person in series] for name, series in points.items()}
    return {
        name: {
            "faces": sum(len(person) for person in people),
            **compared(signals[name], signals[reference]),
            "nme_pct": float(np.mean(list(map(yardstick.nme_pct, points[name], points[reference])))),
        }
        for name in points
    }


def _faces(path: Path) -> Iterable[tuple[Frame, list[tuple[int, Square]]]]:
    """Yield frames spread over a recording with the person and the square of each confirmed face."""
    section, tflite = FacesSection(), TfliteSection(variant="float")
    tracker, reader = FaceTracker(section, tflite, seed=1), FaceMesh(section, tflite)
    try:
        with VideoFile(path) as video:
            frames_n = min(video.expected_n or FACES_N, FRAMES_N)
            step = -(-frames_n // FACES_N)
            for frame in video:
                if frame.index >= FACES_N * step:
                    return
                found = tracker.observe(reader.update(frame, tracker.update(frame)))
                if frame.index % step == 0:
                    yield frame, [(one.person, crop(one)) for one in found]
    except CameraError:
        return  # not a recording after all


def _elsewhere(square: Square, chance: np.random.Generator) -> Square:
    """Return a square up to half a crop pixel to the side, whose edges lie as much farther in or out."""
    x, y, side, turn = square
    reach = ELSEWHERE_PX * side / SIZE_PX
    dx, dy, wider = chance.uniform(-reach, reach, 3)
    return (x + dx, y + dy, side + 2 * wider, turn)


def _take(frame: Frame, square: Square, noise: np.random.Generator) -> Points:
    """Return one crop under fresh sensor noise, 0..1."""
    x, y, side, turn = square
    reach = round(0.75 * side) + 2
    left, top = max(0, round(x) - reach), max(0, round(y) - reach)
    part = frame.image[top : round(y) + reach, left : round(x) + reach]
    grain = yardstick.NOISE_SD * noise.standard_normal(part.shape, np.float32)
    noisy = np.clip(np.rint(part + grain), 0, 255).astype(np.uint8)
    made = np.zeros(SHAPES.input[1:], np.float32)
    warp_square(noisy, made, x - left, y - top, side, turn)
    return made


def _read(model: Model, takes: list[Points]) -> Points:
    found = np.zeros((len(takes), LANDMARKS_N, 3), np.float32)
    for points, take in zip(found, takes, strict=True):
        model.input[0] = take
        points[:] = model.run()[0].reshape(LANDMARKS_N, 3)
    return found


def compared(signals: list[dict[str, Floats]], reference: list[dict[str, Floats]]) -> dict[str, Any]:
    """Return noise and slope of every signal over the reference's, with their standard errors."""
    noise, slope = {}, {}
    for key in yardstick.SIGNALS:
        v, f = ([person[key] for person in series] for series in (signals, reference))
        noise[key] = _estimate(_noise_over, v, f)
        slope[key] = _estimate(_slope_over, v, f) if _moved(f) else (None, None)
    return {
        f"{name}_{part}": {key: values[k] for key, values in found.items()}
        for name, found in (("noise", noise), ("slope", slope))
        for k, part in enumerate(("over_float", "se"))
    }


def _estimate(figure: Callable[[Signals, Signals], float], v: Signals, f: Signals) -> tuple[float, float]:
    """Return a figure and its standard error, by leaving out one stretch of the recording at a time."""
    without = [figure([_part(one, k) for one in v], [_part(one, k) for one in f]) for k in range(STRETCHES_N)]
    return figure(v, f), float(np.sqrt((STRETCHES_N - 1) * np.var(without)))


def _part(series: Floats, left_out: int) -> Floats:
    stretch = np.arange(series.shape[1]) * STRETCHES_N // series.shape[1]
    return series[:, stretch != left_out]


def _moved(f: Signals) -> bool:
    return sum(_shared(one, one) for one in f) > MOVED**2 * sum(map(_noise, f))


def _noise_over(v: Signals, f: Signals) -> float:
    return float(np.sqrt(sum(map(_noise, v)) / sum(map(_noise, f))))


def _slope_over(v: Signals, f: Signals) -> float:
    return sum(map(_shared, v, f)) / sum(map(_shared, f, f))


def _noise(takes: Floats) -> float:
    """Return the variance between takes [takes, F], summed over the faces."""
    return float(takes.var(axis=0, ddof=1).sum())


def _shared(v: Floats, f: Floats) -> float:
    """Return the covariance of different takes [takes, F], summed over the faces, mean over the pairs."""
    v, f = (one - one.mean(axis=1, keepdims=True) for one in (v, f))
    pairs_n = len(v) * (len(v) - 1)
    return float(((v.sum(axis=0) * f.sum(axis=0)).sum() - (v * f).sum()) / pairs_n)
