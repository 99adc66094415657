"""What the loop counts: frames, drops and delays of the cameras, as numbers that only grow."""

import time
from collections import Counter, deque

import numpy as np

from edge.pipeline.capture import Capture
from edge.plain import Json
from edge.records import Frame

KEEP_N = 300  # frames remembered: 10 s at 30 frames a second
STALLED_MS = 2000.0


def rounded(value: float | None) -> float | None:
    """Return a figure of the health message, one digit behind the point."""
    return None if value is None else round(value, 1)


class CameraMeter:
    """The counters of one camera over all its openings, and the times of its last frames."""

    def __init__(self) -> None:
        self._dropped = self._restarts = 0
        self._refused = Counter(duplicate=0, late=0, repeated=0)
        self._taken_ns: deque[int] = deque(maxlen=KEEP_N)

    def saw(self, frame: Frame, now_ns: int) -> None:
        """Note one processed frame."""
        self._taken_ns.append(frame.t_ns)
        self._newest_ns = now_ns

    def closed(self, capture: Capture) -> None:
        """Keep the counts of a camera that goes; the times of its frames are of no use to the next."""
        self._dropped += capture.dropped
        self._restarts += capture.restarts
        self._refused.update(capture.refused)
        self._taken_ns.clear()

    @property
    def fps(self) -> float | None:
        """Processed frames a second of sensor time; None before two frames."""
        if len(self._taken_ns) < 2 or self._taken_ns[-1] == self._taken_ns[0]:
            return None
        return (len(self._taken_ns) - 1) * 1e9 / (self._taken_ns[-1] - self._taken_ns[0])

    def health(self, capture: Capture | None) -> Json:
        """Return the health of the camera."""
        age_ms = (time.monotonic_ns() - self._newest_ns) / 1e6 if self._taken_ns else None
        refused = {} if capture is None else capture.refused
        stalled = capture is not None and (capture.stalled or age_ms is None or age_ms > STALLED_MS)
        return {
            "state": "closed" if capture is None else "stalled" if stalled else "ok",
            "fps": rounded(self.fps),
            "frame_age_ms": rounded(age_ms),
            "dropped": self._dropped + (0 if capture is None else capture.dropped),
            "restarts": self._restarts + (0 if capture is None else capture.restarts),
            "refused": {name: count + refused.get(name, 0) for name, count in self._refused.items()},
        }


class Meter:
    """Counters that only grow, and the times of the last frames."""

    def __init__(self, cameras: int = 1) -> None:
        self.turns = self.frames = self.inferences = self.faces = 0
        self.lag_ns = 0
        self.cameras = tuple(CameraMeter() for _ in range(cameras))
        """The counters of each camera, by `view`."""
        self._delay_ms: deque[float] = deque(maxlen=KEEP_N)

    def saw(self, frame: Frame, now_ns: int, arrived_ns: int, faces: int) -> None:
        """Note one processed frame: now, arrival from the camera, faces in all views."""
        self.inferences += 1
        self.cameras[frame.view].saw(frame, now_ns)
        self._delay_ms.append((now_ns - arrived_ns) / 1e6)
        self.faces = faces

    @property
    def fps(self) -> float | None:
        """Processed frames a second of sensor time, of the fastest camera; None before two frames."""
        return max((one.fps for one in self.cameras if one.fps is not None), default=None)

    @property
    def lag_frames(self) -> int | None:
        """Frames between the grid step of the last report and the frame that completed it."""
        return None if self.fps is None else round(self.lag_ns * self.fps / 1e9)

    def delay_ms(self, q: float) -> float | None:
        """Quantile q of the time from a frame's arrival to its signals, ms."""
        return float(np.quantile(self._delay_ms, q)) if self._delay_ms else None
