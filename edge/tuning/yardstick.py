"""Every variant of the face mesh against the float one: speed, landmarks, micro-motion noise and gain.

Landmark error alone hides what matters here: a variant may place landmarks well and still drown a twitch in
its own quantisation noise. So each variant reads the same crops of the same noisy stage film, in which both
portraits smile, raise their brows, open the mouth and blink by known amounts, and its signals are compared
with the float model's: sd at rest (noise) and regression on the truth (slope).
"""

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge._native.warp import warp_square
from edge.arrays import Floats
from edge.config.sections import FacesSection, TfliteSection
from edge.expression.align import Head
from edge.expression.features import eye_aspect, features
from edge.faces import FaceTracker
from edge.faces.track import crop
from edge.landmarks import LANDMARKS_N, OUTER_CANTHI
from edge.mesh import SHAPES, FaceMesh
from edge.plain import Json
from edge.records import CHANNELS, Frame
from edge.stage.script import Envelope, Person, Planted, Script, Sway
from edge.stage.stage import Stage
from edge.tflite import Model

SIGNALS = {"AU12": ("AU12",), "AU01+02": ("AU01", "AU02"), "AU25": ("AU25",), "AU45": ("AU45",)}
REST_S = 2.0  # stillness before every movement
MOVE_S = 1.2  # up 0.5 s, held 0.2 s, down 0.5 s
NOISE_SD = 3.0  # sensor noise of the film, grey levels
SPEED_N, SPEED_ROUNDS = 20, 25  # runs in a row, alternations over the variants
CALIBRATION_STEP = 24  # pictures of the film from one that is used to the next

Crops = NDArray[np.float32]
Film = tuple[Crops, dict[str, Floats]]


def compare(paths: dict[str, Path], on: Film | None = None) -> Json:
    """Measure model files by name on a film (rendered here if none is given); the first is the reference."""
    return measure(models_of(paths), on or film())


def measure(models: dict[str, Model], on: Film) -> Json:
    """Measure models by name on a film; the first is the reference."""
    crops, truth = on
    ms = speed(models, crops[0, 0])
    readings = {name: read(model, crops) for name, model in models.items()}
    reference = next(iter(models))
    signals = {name: signals_of(points) for name, points in readings.items()}
    rest = {name: _rest(values, truth) for name, values in signals.items()}
    gain = {name: _gain(values, truth) for name, values in signals.items()}
    return {
        name: {
            "ms": ms[name],
            "ms_over_float": ms[name] / ms[reference],
            "noise_over_float": {key: rest[name][key] / rest[reference][key] for key in SIGNALS},
            "slope_over_float": {key: gain[name][key] / gain[reference][key] for key in SIGNALS},
            "nme_pct": nme_pct(readings[name], readings[reference]),
            "accelerator": models[name].accelerator,
        }
        for name in models
    }


def models_of(paths: dict[str, Path]) -> dict[str, Model]:
    """Load model files by name, one thread each."""
    return {name: Model(path, TfliteSection(threads=1), SHAPES) for name, path in paths.items()}


def faces(on: Film) -> Crops:
    """Return the crops that `int8` takes its ranges from, both people in every phase of the film."""
    crops = on[0][:, ::CALIBRATION_STEP]
    return crops.reshape(-1, *crops.shape[2:])


def film(models: Path | None = None) -> Film:
    """Render the film; return the mesh inputs [P, F, 192, 192, 3] and the truth of each signal [P, F]."""
    still = Sway(x_px=0, y_px=0, scale=0, roll_deg=0, yaw_deg=0, pitch_deg=0)
    move = Envelope(amplitude=(0.8, 0.8), onset_s=(0.5, 0.5), hold_s=(0.2, 0.2), offset_s=(0.5, 0.5))
    starts = {key: REST_S + k * (REST_S + MOVE_S) for k, key in enumerate(SIGNALS)}
    stage = Stage(
        Script(
            size_px=(720, 400),
            seconds=REST_S + len(SIGNALS) * (REST_S + MOVE_S),
            noise_sd=NOISE_SD,
            people=tuple(
                Person(portrait=name, position=(x, 0.45), canthus_px=95.0, sway=still)
                for name, x in (("astronaut", 0.27), ("hopper", 0.73))
            ),
            events=tuple(
                Planted(person=person, channels=SIGNALS[key], at_s=at_s, shape=move)
                for key, at_s in starts.items()
                for person in (0, 1)
            ),
        ),
        portraits=models / "portraits" if models else "",
    )
    frames = list(stage)
    truth = {
        key: np.stack([stage.truth.channel(person, SIGNALS[key][0]) for person in (0, 1)]) for key in SIGNALS
    }
    places = _places(frames[:5], TfliteSection(models=str(models or ""), variant="float"))
    crops = np.zeros((2, len(frames), *SHAPES.input[1:]), np.float32)
    for person, place in enumerate(places):
        for out, frame in zip(crops[person], frames, strict=True):
            warp_square(frame.image, out, *place)
    return crops, truth


def speed(models: dict[str, Model], picture: NDArray[np.float32]) -> dict[str, float]:
    """Return the ms of processor time of one run of each model: the best of many rounds in alternation."""
    times: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(SPEED_ROUNDS):
        for name, model in models.items():
            model.input[0] = picture
            before = time.thread_time()
            for _ in range(SPEED_N):
                model.run()
            times[name].append(1e3 * (time.thread_time() - before) / SPEED_N)
    return {name: min(values) for name, values in times.items()}


def _places(frames: list[Frame], tflite: TfliteSection) -> list[tuple[float, float, float, float]]:
    """Return both faces' crops, left first."""
    section = FacesSection()
    tracker, mesh = FaceTracker(section, tflite, seed=1), FaceMesh(section, tflite)
    for frame in frames:
        meshes = tracker.observe(mesh.update(frame, tracker.update(frame)))
    return sorted(crop(one) for one in meshes)


def read(model: Model, crops: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the landmarks of every crop in crop pixels, [P, F, 468, 3]."""
    points = np.zeros((*crops.shape[:2], LANDMARKS_N, 3), np.float32)
    for person, person_crops in enumerate(crops):
        for i, picture in enumerate(person_crops):
            model.input[0] = picture
            points[person, i] = model.run()[0].reshape(LANDMARKS_N, 3)
    return points


def signals_of(points: NDArray[np.float32]) -> dict[str, Floats]:
    """Return each signal of each person, [P, F], as `expression` sees a still head."""
    raw = np.zeros((*points.shape[:2], len(CHANNELS)))
    for person, series in enumerate(points):
        head = Head()
        for i, mesh in enumerate(series):
            aligned = head.align(mesh, i * 33_333_333).points_cm
            raw[person, i] = features(aligned)
            raw[person, i, CHANNELS.index("AU45")] = eye_aspect(aligned)
    return {
        key: raw[:, :, [CHANNELS.index(one) for one in names]].mean(axis=2) for key, names in SIGNALS.items()
    }


def _rest(values: dict[str, Floats], truth: dict[str, Floats]) -> dict[str, float]:
    """Return sd / sqrt 2 of the frame-to-frame difference while nobody moves: noise without drift."""
    still = ~np.any([series > 0 for series in truth.values()], axis=(0, 1))
    both = still[1:] & still[:-1]
    return {key: float(np.diff(series, axis=1)[:, both].std() / np.sqrt(2)) for key, series in values.items()}


def _gain(values: dict[str, Floats], truth: dict[str, Floats]) -> dict[str, float]:
    """Return the mean slope of each signal on its own truth, over its own movement and the rest around it."""
    gains = {}
    for key, series in values.items():
        moved = np.flatnonzero(truth[key][0] > 0)
        window = slice(max(0, moved[0] - 30), moved[-1] + 30)
        slopes = [np.polyfit(truth[key][p, window], series[p, window], 1)[0] for p in range(len(series))]
        gains[key] = float(np.mean(slopes))
    return gains


def nme_pct(points: NDArray[np.float32], reference: NDArray[np.float32]) -> float:
    """Return the mean landmark distance over the outer-canthus distance, percent."""
    right, left = (reference[:, :, i, :2] for i in OUTER_CANTHI)
    distance = np.linalg.norm(points[..., :2] - reference[..., :2], axis=3).mean(axis=2)
    return float(100 * (distance / np.linalg.norm(left - right, axis=2)).mean())
