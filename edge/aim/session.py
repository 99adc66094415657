"""Ten minutes of commissioning on the device: cameras and faces as in the service, and nothing after them.

Ends by itself, at a mute, at the end of a recording, on SIGTERM or SIGINT; never begins while muted.
"""

import time
from collections.abc import Callable
from pathlib import Path

from edge.aim import report
from edge.aim.figures import Shown, camera_figures, seat_figures
from edge.aim.seats import Seats
from edge.config import Config
from edge.errors import CameraError, PrivacyError, ServiceError
from edge.pipeline.cameras import Cameras
from edge.pipeline.meter import Meter
from edge.pipeline.requests import Requests
from edge.pipeline.sight import light, sights
from edge.plain import Json
from edge.privacy import PrivacyState
from edge.records import Frame
from edge.service import LocalControl

EVERY_S, WINDOW_S = 2.0, 10.0  # between two reports, and the time that one covers
TURN_S = 0.1  # longest rest of the loop
SECOND_S = 1.0  # deadlines of the mute


class Aim:
    """One such session; `say` gets a report every other second and one of the whole at the end."""

    def __init__(self, config: Config, say: Callable[[Json], None], *, minutes: float) -> None:
        self._config, self._say = config, say
        self.requests = Requests()
        """What signals and the button ask for."""
        self._privacy = PrivacyState(config.privacy, Path(config.service.state_dir), time.time())
        self._cameras = Cameras(config.views, Meter(len(config.views)), self.requests.wake)
        self._sights = sights(config, None, config.views)
        self._seats = tuple(Seats() for _ in config.views)
        self._shown: tuple[list[Shown], ...] = tuple([] for _ in config.views)
        self._end_s = time.monotonic() + 60 * minutes
        self._second_s = self._said_s = time.monotonic()

    def run(self) -> str:
        """Aim until it is over; return why. Raises ServiceError while muted, CameraError without pictures."""
        self._tick(time.monotonic())
        if self._privacy.muted:
            raise ServiceError(f"expected a room that is not muted, got a mute by {self._muted_by()}")
        service = self._config.service
        with LocalControl(service.led_pin, service.button_pin, self.requests.press) as local:
            local.show("aiming")
            self._cameras.open()
            try:
                while not (over := self._over()):
                    self._turn(time.monotonic())
                    self.requests.rest(TURN_S)
            finally:
                self._cameras.close()
            self._report(over)
        self._wipe()
        return over

    def _over(self) -> str:
        """Return why it is over; empty while it goes on."""
        if self.requests.take_press():
            self._press()
        if self._privacy.muted:
            return f"ended by a mute ({self._muted_by()})"
        if self.requests.status is not None:
            return "interrupted"
        return "the time is over" if time.monotonic() >= self._end_s else self._cameras_over()

    def _cameras_over(self) -> str:
        """Return whether no more pictures come."""
        status = self._cameras.ended(time.monotonic())
        if status == 0:
            return "the recording is over"
        if status is not None or self._cameras.lost:
            raise CameraError(
                "; ".join(self._cameras.problems) or "expected pictures, got none from any camera"
            )
        return ""

    def _turn(self, now_s: float) -> None:
        for frame, _ in self._cameras.take():
            self._see(frame)
        if now_s - self._second_s >= SECOND_S:
            self._second_s = now_s
            self._tick(now_s)
        if now_s - self._said_s >= EVERY_S:
            self._said_s = now_s
            self._report("")

    def _see(self, frame: Frame) -> None:
        height, width = frame.image.shape[:2]
        self._seats[frame.view].update(frame, self._sights[frame.view].see(frame)[1])
        self._shown[frame.view].append(
            Shown(
                t_ns=frame.t_ns,
                size_px=(width, height),
                light=light(frame),
                dropped=self._cameras.keepers[frame.view].health["dropped"],
            )
        )

    def _report(self, ended: str) -> None:
        """Say what was seen lately, at the end what was seen in all."""
        cameras = [self._camera(view, ended) for view, shown in enumerate(self._shown) if shown]
        self._say(report.body(cameras, max(0.0, self._end_s - time.monotonic()), ended))

    def _camera(self, view: int, ended: str) -> Json:
        everything, keeper = self._shown[view], self._cameras.keepers[view]
        since_ns = 0 if ended else everything[-1].t_ns - round(WINDOW_S * 1e9)
        shown = [one for one in everything if one.t_ns >= since_ns]
        problem = "; ".join(filter(None, (keeper.problem, self._sights[view].problem)))
        seats = [seat_figures(looks, len(shown)) for looks in self._seats[view].since(since_ns)]
        source = self._config.views[view]
        figures = camera_figures(shown, problem, recorded=source.source in {"video", "stage"})
        return report.camera_body(view + 1, figures, source.rate_hz, seats)

    def _tick(self, now_s: float) -> None:
        """Let the deadlines of the privacy state pass; no hub is connected."""
        self._privacy.tick(time.time(), now_s, hub_connected=False)

    def _press(self) -> None:
        """Mute by the button; one that cannot be written to the disk is in force all the same."""
        try:
            self._privacy.set_local(time.time(), on=True)
        except PrivacyError:
            return

    def _muted_by(self) -> str:
        return ", ".join(name for name, on in self._privacy.sources().items() if on)

    def _wipe(self) -> None:
        for sight in self._sights:
            sight.wipe()
        for seats in self._seats:
            seats.wipe()
