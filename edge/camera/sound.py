"""The sound track of a recording as numbers, on the clock of its pictures; decoded by PyAV.

In: a path. Out: one channel at `RATE_HZ`. Nothing of it is kept: it only finds where recordings of one
meeting belong on a common clock.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from numpy.typing import NDArray

from edge.camera.video import DAMAGE, best_video, open_container
from edge.errors import CameraError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

RATE_HZ = 8000  # telephone speech: enough to place a voice to a millisecond
SLACK_S = 0.05  # a stamp later than the samples before it by more is a hole in the track
LONGEST_S = 12 * 3600.0  # of a hole; a longer one is a broken stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """One sound track."""

    start_s: float
    """When the first sample was heard, s after the first picture."""
    samples: NDArray[np.int16]
    """One channel at `RATE_HZ`, [N]; an hour takes 58 MB."""


def sound(path: Path) -> Sound:
    """Read the sound of a recording; `CameraError` if it has none."""
    with open_container(path) as container:
        picture_s = _first_picture_s(container, path)
    with open_container(path) as container:
        if not container.streams.audio:
            raise CameraError(f"expected a sound track, got none at {path}")
        frames = _decoded(container)
        first = next(frames, None)
        if first is None or first.time is None:
            raise CameraError(f"expected a readable sound track, got none at {path}")
        return Sound(start_s=first.time - picture_s, samples=_samples(first, frames))


def _first_picture_s(container: "InputContainer", path: Path) -> float:
    """Time of the first picture as the container stamps it, s."""
    stream = best_video(container.streams)
    picture = None if stream is None else next(container.decode(stream), None)
    if picture is None:
        raise CameraError(f"expected a file with pictures, got none inside at {path}")
    stamp = picture.pts if picture.pts is not None else picture.dts
    return 0.0 if stamp is None or picture.time_base is None else float(stamp * picture.time_base)


def _decoded(container: "InputContainer") -> Iterator["AudioFrame"]:
    """Decode the first sound track to its end; what is damaged is left out."""
    packets = iter(container.demux(container.streams.audio[0]))
    while True:
        try:
            packet = next(packets, None)
        except DAMAGE:  # of the container: nothing after it can be read
            return
        if packet is None:
            return
        with suppress(*DAMAGE):
            yield from packet.decode()


def _samples(first: "AudioFrame", rest: Iterator["AudioFrame"]) -> NDArray[np.int16]:
    """Resample everything to one channel; holes are filled with silence."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    origin_s, held_n = first.time or 0.0, 0
    parts: list[NDArray[np.int16]] = []
    for frame in chain([first], rest):
        hole_n = 0 if frame.time is None else round((frame.time - origin_s) * RATE_HZ) - held_n
        arrays = (piece.to_ndarray().ravel() for piece in resampler.resample(frame))
        pieces = [array.astype(np.int16, copy=False) for array in arrays]
        if SLACK_S < hole_n / RATE_HZ < LONGEST_S:
            pieces.insert(0, np.zeros(hole_n, np.int16))
        held_n += sum(piece.size for piece in pieces)
        parts += pieces
    return np.concatenate(parts)
