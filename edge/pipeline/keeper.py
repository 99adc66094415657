"""One camera of the service: opened and closed as asked, given up and tried again by the ladder."""

import logging
from collections.abc import Callable

from edge.camera import Camera, open_camera
from edge.config.sections import CameraSection
from edge.pipeline.capture import Capture, Origin
from edge.pipeline.meter import CameraMeter
from edge.plain import Json
from edge.records import Frame
from edge.service import Ladder, Step

EXIT_CAMERA = 1  # the service manager restarts the process
UNPACED = {"video", "stage"}
"""Sources without a pace of their own."""

_log = logging.getLogger(__name__)


class CameraKeeper:
    """Holds one open camera, or none; `wake` is called when `take` or `ended` has news.

    With a reason in `forbidden` none is ever opened.
    """

    def __init__(
        self,
        section: CameraSection,
        meter: CameraMeter,
        wake: Callable[[], None],
        ladder: Ladder,
        *,
        forbidden: str = "",
        opener: Callable[[CameraSection], Camera] = open_camera,
    ) -> None:
        self._section, self._meter, self._wake, self._forbidden = section, meter, wake, forbidden
        self._ladder, self._opener = ladder, opener
        self.capture: Capture | None = None
        """The open camera."""
        self.over = False
        """Whether its recording has come to its end."""
        self._refusal = ""

    @property
    def degraded(self) -> bool:
        """Whether the camera is given up for now."""
        return bool(self._forbidden) or self._ladder.degraded

    @property
    def live(self) -> bool:
        """Whether it delivers, or may still: open and not at its end."""
        return self.capture is not None and self.capture.error is None and not self.degraded

    @property
    def problem(self) -> str:
        """Why there is no camera at all, or what it does otherwise than configured; empty when nothing."""
        return self._forbidden or self._refusal or ("" if self.capture is None else self.capture.problem)

    @property
    def health(self) -> Json:
        """Return the health of the camera."""
        return self._meter.health(self.capture)

    def open(self, origin: Origin) -> None:
        """Open the camera unless it is open or over; cameras of one origin share their zero."""
        if self.capture is None and not self.over and not self._forbidden:
            paced = self._section.source in UNPACED
            opener, section = self._opener, self._section
            self.capture = Capture(lambda: opener(section), self._wake, paced=paced, origin=origin)
            self.capture.start()

    def retry(self, now_s: float, origin: Origin) -> None:
        """Open the camera, one that was given up only when it is time (monotonic)."""
        if not self._ladder.degraded or self._ladder.retry_due(now_s):
            self.open(origin)

    def take(self) -> tuple[Frame, int] | None:
        """Return the newest frame and its arrival (monotonic ns), each once; None without any."""
        taken = None if self.capture is None else self.capture.take()
        if taken is not None and self._ladder.degraded:
            self._refusal = ""
            self._ladder.recovered()
        return taken

    def ended(self, now_s: float, *, others: bool) -> int | None:
        """Close a camera that ended; return the exit status of the process if it is to end with it.

        It ends after a recording that is over, and by the ladder of recovery after a camera that gave up;
        while `others` deliver it goes on with those.
        """
        capture = self.capture
        if capture is None or (error := capture.error) is None or capture.waiting:
            return None
        self.close()
        if not error:
            _log.info("the recording is over")
            self.over = others
            return None if others else 0
        if not capture.opened:
            self._unusable(error, now_s)
            return None
        _log.error("%s", error)
        if others:
            self._ladder.give_up(now_s)
            return None
        return EXIT_CAMERA if self._ladder.gave_up(now_s) is Step.EXIT else None

    def _unusable(self, error: str, now_s: float) -> None:
        """Go on without what no restart of the process brings; say why, once."""
        if error != self._refusal:
            _log.error("going on without a camera: %s", error)
        self._refusal = error
        self._ladder.give_up(now_s)

    def close(self) -> bool:
        """Close the camera; False when it hung and was abandoned, perhaps still streaming."""
        capture, self.capture = self.capture, None
        if capture is None:
            return True
        closed = capture.close()
        if not closed:
            _log.error("the camera did not close and was abandoned")
        self._meter.closed(capture)
        return closed
