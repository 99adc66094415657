"""A camera on a thread of its own with a mailbox of one: the loop gets the newest frame and never hangs.

Recordings and the stage have no pace of their own; here they are held to the time in their frames.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol, cast

from edge.arrays import overwrite
from edge.camera import Camera, patiently
from edge.errors import CameraError
from edge.records import Frame

CLOSE_S = 2.0  # a camera that does not close by then is abandoned with its thread
BEHIND_NS = 250_000_000  # a source among others that is later than that leaves pictures out
PACED_CLOSE_S = 0.1  # a recording or the stage is not waited for: nothing of it is taken any more

_log = logging.getLogger(__name__)


class Unpaced(Protocol):
    """A recording or the stage: it gives its pictures as fast as they are asked for."""

    skip_before_ns: int
    """Pictures of earlier times, ns on its own clock, are left out and counted as dropped."""


class Origin:
    """When the zero of sources without a pace of their own was, on the machine's clock; the first sets it.

    With `others` beside it no source may fall behind that clock, or its people would be seconds late for
    theirs; one alone may be as slow as its machine.
    """

    def __init__(self, *, others: bool = False) -> None:
        self.others = others
        self._lock = threading.Lock()
        self._zero_ns: int | None = None

    def zero_ns(self, t_ns: int) -> int:
        """Return it; `t_ns` is the time of a frame that came just now."""
        with self._lock:
            if self._zero_ns is None:
                self._zero_ns = time.monotonic_ns() - t_ns
            return self._zero_ns


class Capture:
    """Runs one camera from `open` to `close`; `wake` is called whenever `take` or `error` has news."""

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        wake: Callable[[], None],
        *,
        paced: bool = False,
        close_s: float | None = None,
        origin: Origin | None = None,
    ) -> None:
        self._open_camera, self._wake, self._paced = open_camera, wake, paced
        self._origin = origin or Origin()
        self._close_s = close_s or (PACED_CLOSE_S if paced else CLOSE_S)
        self._lock = threading.Lock()
        self._frame: tuple[Frame, int] | None = None
        self._taken: Frame | None = None
        self._camera: Camera | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self.error: str | None = None
        """Why the camera ended; empty when its recording is over, None while it runs."""
        self.skipped = 0
        """Frames replaced by a newer one before the loop could take them."""

    def start(self) -> None:
        """Open the camera and begin."""
        self._thread.start()

    def take(self) -> tuple[Frame, int] | None:
        """Return the newest frame and its arrival (monotonic ns), each frame once, or None."""
        with self._lock:
            frame, self._frame = self._frame, None
            if frame is not None:
                self._taken = frame[0]
            return frame

    @property
    def opened(self) -> bool:
        """Whether there was a camera at all: without its file or its library there never is."""
        return self._camera is not None

    @property
    def waiting(self) -> bool:
        """Whether a frame lies there that was not taken."""
        return self._frame is not None

    @property
    def dropped(self) -> int:
        """Frames that the sensor made and nobody saw."""
        return self.skipped + (0 if self._camera is None else self._camera.dropped)

    @property
    def restarts(self) -> int:
        """Times the camera was opened again."""
        return 0 if self._camera is None else self._camera.restarts

    @property
    def refused(self) -> dict[str, int]:
        """Pictures of a live camera that came and were none, by kind; empty for other sources."""
        return {} if self._camera is None else dict(self._camera.refused)

    @property
    def stalled(self) -> bool:
        """Whether the camera itself reports that no pictures come; False while it is being opened."""
        return self._camera is not None and self._camera.state == "stalled"

    @property
    def problem(self) -> str:
        """What the camera does otherwise than configured; empty when nothing, or while it is being opened."""
        return "" if self._camera is None else self._camera.problem

    def close(self) -> bool:
        """Close the camera, overwrite its last frames, the one taken too; False when a device hung.

        A recording or the stage that closes late is no open camera: nothing of it is taken any more.
        """
        self._stop.set()
        closer = threading.Thread(target=self._close_camera, name="camera-close", daemon=True)
        closer.start()
        # either thread may be the one that closes; a close that hangs is given up, and one may be opening
        ended = self._ended(closer) and self._ended(self._thread)
        closed = ended and (self._camera is None or self._camera.state == "closed")
        with self._lock:
            waiting, self._frame = self._frame, None
            taken, self._taken = self._taken, None
        for frame in (taken, None if waiting is None else waiting[0]):
            if frame is not None:
                overwrite(frame.image)
        return closed or self._paced

    def _ended(self, thread: threading.Thread) -> bool:
        """Wait for the end of a thread for a while."""

        def ended(part_s: float) -> bool:
            thread.join(part_s)
            return not thread.is_alive()

        return not thread.is_alive() or patiently(ended, self._close_s)

    def _close_camera(self) -> None:
        if self._camera is not None:
            self._camera.close()

    def _run(self) -> None:
        try:
            self._camera = self._open_camera()
            if not self._stop.is_set():
                self._read(self._camera)
            self.error = ""
        except CameraError as error:
            self.error = str(error)
        finally:
            self._close_camera()
            self._wake()

    def _read(self, camera: Camera) -> None:
        """Lay frames into the mailbox until the camera ends or `close`."""
        for frame in camera:
            if self._paced:
                self._keep_pace(frame.t_ns, cast("Unpaced", camera))
            if not self._put(frame):
                return

    def _put(self, frame: Frame) -> bool:
        """Lay the frame into the mailbox; after `close` overwrite it instead and return False."""
        with self._lock:
            if self._stop.is_set():
                overwrite(frame.image)
                return False
            self.skipped += self._frame is not None
            self._frame = frame, time.monotonic_ns()
        self._wake()
        return True

    def _keep_pace(self, t_ns: int, source: Unpaced) -> None:
        """Wait until a picture of that time is due; a source that is late for the others goes on at now."""
        late_ns = time.monotonic_ns() - self._origin.zero_ns(t_ns) - t_ns
        if late_ns > BEHIND_NS and self._origin.others:
            source.skip_before_ns = t_ns + late_ns
        self._stop.wait(max(0.0, -late_ns / 1e9))
