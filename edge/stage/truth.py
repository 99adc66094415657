"""What really happens in a scripted scene: every movement, and every frame's amplitudes and boxes."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats, Times
from edge.errors import StageError, writing
from edge.files import write_whole
from edge.plain import Json
from edge.stage.script import CHANNELS, Script

Cause = Literal["own", "mimic", "shared", "speech"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement of one channel of one person."""

    id: int
    """Number in order of onset."""
    person: int
    """Who moves: place in the script's list."""
    channel: str
    """Which channel, for example `AU12`."""
    onset_s: float
    """Leaves rest, s from the first frame."""
    apex_s: float
    """Reaches its height, s."""
    release_s: float
    """Leaves its height, s."""
    offset_s: float
    """Back at rest, s."""
    amplitude: float
    """Height, 0..1 of the channel's full movement."""
    cause: Cause
    """Spontaneous, a copy, a shared moment, or speech."""
    source: int | None = None
    """Movement copied (cause `mimic`) or number of the shared moment (cause `shared`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """Where the faces are; what the pictures show, without the pictures."""

    box_px: Floats
    """Face box x, y, width, height in frame px, [P, F, 4]; NaN while absent."""
    canthus_px: Floats
    """Distance between the outer canthi in frame px, [P, F]; NaN while absent."""
    pose_deg: Floats
    """Roll (clockwise), yaw (to the picture's right) and pitch (down) of each head, [P, 3, F]."""
    unit: tuple[dict[str, float], ...]
    """Per person, shift of each channel's control point at amplitude 1, outer-canthus distances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The planted behaviour of a whole script."""

    rate_hz: float
    """Nominal frame rate."""
    t_ns: Times
    """Sensor time of each frame, ns, [F]."""
    channels: tuple[str, ...]
    """Order of the channel axis."""
    movements: tuple[Movement, ...]
    """Ordered by onset."""
    amplitude: Floats
    """Amplitude a frame, 0..1, [P, C, F]; NaN while absent."""
    present: NDArray[np.bool_]
    """Whether the person is in the picture, [P, F]."""
    occluded: NDArray[np.bool_]
    """Whether something crosses the face, [P, F]."""

    def channel(self, person: int, name: str) -> Floats:
        """Return the amplitude of one channel of one person, [F]."""
        series: Floats = self.amplitude[person, self.channels.index(name)]
        return series


def write_truth(path: Path, script: Script, truth: Truth, geometry: Geometry) -> None:
    """Write the truth as JSON; the file appears by rename."""
    with writing(path, StageError):
        write_whole(path, json.dumps(document(script, truth, geometry)) + "\n")


def document(script: Script, truth: Truth, geometry: Geometry) -> Json:
    """Make the JSON object; amplitudes as runs `[first frame, [values...]]` of what is not 0."""
    return {
        "schema": 1,
        "size_px": script.size_px,
        "rate_hz": script.rate_hz,
        "seed": script.seed,
        "t_ns": truth.t_ns.tolist(),
        "channels": CHANNELS,
        "people": [_person(script, truth, geometry, person) for person in range(len(script.people))],
        "movements": [_rounded(asdict(movement)) for movement in truth.movements],
    }


def _person(script: Script, truth: Truth, geometry: Geometry, person: int) -> Json:
    entry = script.people[person]
    return {
        "person": person,
        "portrait": entry.portrait,
        "variant": entry.variant,
        "unit_canthus": {name: round(value, 5) for name, value in geometry.unit[person].items()},
        "present": _runs(truth.present[person]),
        "occluded": _runs(truth.occluded[person]),
        "amplitude": {name: _runs(truth.channel(person, name)) for name in truth.channels},
        "box_px": _finite(geometry.box_px[person]),
        "canthus_px": _finite(geometry.canthus_px[person]),
        "pose_deg": np.round(geometry.pose_deg[person].T, 2).tolist(),
    }


def _runs(series: Floats | NDArray[np.bool_]) -> list[list[object]]:
    """List the runs that are neither 0 nor NaN: [first, [values]], of a boolean series [first, count]."""
    on = np.concatenate([[False], np.nan_to_num(series.astype(float)) > 0, [False]])
    edges = np.flatnonzero(on[1:] != on[:-1]).reshape(-1, 2).tolist()
    if series.dtype == np.bool_:
        return [[first, last - first] for first, last in edges]
    return [[first, np.round(series[first:last], 4).tolist()] for first, last in edges]


def _finite(series: Floats) -> list[list[float] | None]:
    """List the rows, None where not measurable."""
    return [None if np.isnan(row).any() else np.round(row, 2).tolist() for row in series]


def _rounded(entry: Json) -> Json:
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in entry.items()}
