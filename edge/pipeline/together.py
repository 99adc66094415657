"""Recordings of one meeting, one camera each, side by side on one clock."""

import heapq
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from edge.alignment import Alignment, align
from edge.camera.orientation import Orientation
from edge.camera.sound import RATE_HZ, sound
from edge.camera.video import VideoFile
from edge.config.sections import CameraSection
from edge.errors import SignalsError
from edge.records import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One recording on the common clock: t' = at_s + (1 + drift) t."""

    at_s: float = 0.0
    """When its first picture was taken, s."""
    drift: float = 0.0
    """By how much its clock is slow, s per s."""

    def common_ns(self, t_ns: int) -> int:
        """Time on the common clock of a time in the recording."""
        return round(self.at_s * 1e9) + t_ns + round(self.drift * t_ns)


class Together:
    """Frames of all recordings in the order of the common clock, which begins with the earliest of them.

    `frame.view` is the number of the recording, `frame.index` counts within it. A context manager.
    """

    def __init__(
        self, paths: Sequence[Path], starts: Sequence[Start], cameras: Sequence[CameraSection]
    ) -> None:
        first_s = min(start.at_s for start in starts)
        self.starts = tuple(replace(start, at_s=start.at_s - first_s) for start in starts)
        """Where each recording begins."""
        with ExitStack() as opening:
            self._films = [
                opening.enter_context(VideoFile(path, orientation=Orientation.of(camera)))
                for path, camera in zip(paths, cameras, strict=True)
            ]
            self._open = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def expected_n(self) -> int:
        """Number of pictures that the recordings announce together; 0 when one announces none."""
        announced = [film.expected_n for film in self._films]
        return sum(announced) if all(announced) else 0

    def __iter__(self) -> Iterator[Frame]:
        views = [self._shifted(view) for view in range(len(self._films))]
        yield from heapq.merge(*views, key=lambda frame: frame.t_ns)

    def _shifted(self, view: int) -> Iterator[Frame]:
        start = self.starts[view]
        for frame in self._films[view]:
            yield replace(frame, t_ns=start.common_ns(frame.t_ns), view=view)


def by_sound(paths: Sequence[Path]) -> list[Alignment]:
    """Find where each recording after the first belongs on its clock; `SignalsError` if nowhere."""
    first, found = sound(paths[0]), []
    for path in paths[1:]:
        own = sound(path)
        try:
            one = align(first.samples, own.samples, RATE_HZ)
        except SignalsError as error:
            raise SignalsError(f"{error} at {paths[0]}, {path}") from error
        # both sounds began a little beside their first pictures
        at_s = first.start_s + one.offset_s - (1 + one.drift) * own.start_s
        found.append(replace(one, offset_s=at_s))
    return found
