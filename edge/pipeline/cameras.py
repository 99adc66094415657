"""The cameras of the service as one: one may fail, the others go on; a mute closes all of them."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from edge.camera import Camera, open_camera
from edge.config.sections import CameraSection
from edge.pipeline.capture import Origin
from edge.pipeline.keeper import UNPACED, CameraKeeper
from edge.pipeline.meter import Meter
from edge.plain import Json
from edge.records import Frame
from edge.service import Ladder, runtime_file

STATES = ("ok", "stalled", "closed")
"""Of a camera; of several the first that one of them has."""


class Cameras:
    """One keeper for each camera, by the `view` of its frames; `wake` is called when one has news."""

    def __init__(
        self,
        sections: Sequence[CameraSection],
        meter: Meter,
        wake: Callable[[], None],
        forbidden: str = "",
        opener: Callable[[CameraSection], Camera] = open_camera,
    ) -> None:
        self._meter = meter
        self._several = len(sections) > 1
        self._origins = [Origin() for _ in sections]
        self._taken_n = [0] * len(sections)
        self._unpaced = [section.source in UNPACED for section in sections]
        self.keepers = tuple(
            CameraKeeper(
                section,
                meter.cameras[view],
                wake,
                Ladder(runtime_file(_history(view))),
                forbidden=forbidden,
                opener=opener,
            )
            for view, section in enumerate(sections)
        )
        """One for each camera."""

    @property
    def degraded(self) -> bool:
        """Whether a camera is given up for now."""
        return any(one.degraded for one in self.keepers)

    @property
    def lost(self) -> bool:
        """Whether every camera is."""
        return all(one.degraded for one in self.keepers)

    @property
    def problems(self) -> tuple[str, ...]:
        """What the cameras do otherwise than configured."""
        return tuple(self._named(view, one.problem) for view, one in enumerate(self.keepers) if one.problem)

    def open(self) -> None:
        """Open every camera that is not open; sources without a pace of their own begin together."""
        origin = Origin(others=self._several)
        for view, one in enumerate(self.keepers):
            if one.capture is None:
                self._origins[view] = origin
                one.open(origin)

    def retry(self, now_s: float) -> None:
        """Open cameras again, those that were given up when it is time (monotonic)."""
        for view, one in enumerate(self.keepers):
            if one.capture is None:
                self._origins[view] = origin = Origin(others=self._several)
                one.retry(now_s, origin)

    def take(self, every_n: int = 1) -> Iterator[tuple[Frame, int]]:
        """Yield the newest frame of each camera and its arrival (monotonic ns), of `every_n` frames one."""
        for view, one in enumerate(self.keepers):
            taken = one.take()
            if taken is None:
                continue
            self._meter.frames += 1
            self._taken_n[view] += 1
            if self._taken_n[view] % every_n == 0:
                yield (self._placed(*taken, view), taken[1]) if self._several else taken

    def ended(self, now_s: float) -> int | None:
        """Close cameras that ended; return the exit status of the process if it is to end with them."""
        for one in self.keepers:
            status = one.ended(now_s, others=any(other.live for other in self.keepers if other is not one))
            if status is not None:
                return status
        if all(one.capture is None for one in self.keepers):
            self._meter.faces = 0
        return None

    def close(self) -> bool:
        """Close all of them at the same time; False when one hung and was abandoned."""
        with ThreadPoolExecutor(len(self.keepers)) as pool:
            closed = list(pool.map(CameraKeeper.close, self.keepers))
        self._meter.faces = 0
        return all(closed)

    def health(self) -> Json:
        """Return the health of the camera; of several, theirs taken together and each by itself."""
        each = [one.health for one in self.keepers]
        if len(each) == 1:
            return each[0]
        fps = [one["fps"] for one in each if one["fps"] is not None]
        ages_ms = [one["frame_age_ms"] for one in each if one["frame_age_ms"] is not None]
        return {
            "state": min((one["state"] for one in each), key=STATES.index),
            "fps": max(fps, default=None),
            "frame_age_ms": min(ages_ms, default=None),
            "dropped": sum(one["dropped"] for one in each),
            "restarts": sum(one["restarts"] for one in each),
            "refused": {name: sum(one["refused"][name] for one in each) for name in each[0]["refused"]},
            "each": each,
        }

    def _placed(self, frame: Frame, arrived_ns: int, view: int) -> Frame:
        """Return a frame of one of several cameras, on the machine's clock, which the others share.

        A camera whose clock is ahead would make everybody before the others late: no picture is younger
        than its arrival.
        """
        zero_ns = self._origins[view].zero_ns(frame.t_ns) if self._unpaced[view] else 0
        return replace(frame, t_ns=min(frame.t_ns + zero_ns, arrived_ns), view=view)

    def _named(self, view: int, problem: str) -> str:
        return problem if len(self.keepers) == 1 else f"camera {view + 1}: {problem}"


def _history(view: int) -> str:
    """Return the name of the file that remembers the restarts of one camera."""
    return "restarts" if view == 0 else f"restarts-{view + 1}"
