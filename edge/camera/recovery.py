"""The recovery ladder of a live camera: silent -> closed and opened again -> given up.

In: a device that may stall, lie or hang. Out: the same `Frame`s as any camera, with everything lost counted.
Each call into the device has a deadline; at a timeout of 2 s all rungs together stay under a 20 s watchdog.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from edge.camera._deadline import OverdueError, within
from edge.camera._sieve import Sieve
from edge.camera._source import Shot, Source
from edge.camera.protocol import State
from edge.errors import CameraError
from edge.records import Frame, frozen

TRIES = 3  # reopenings without a healthy stretch before the service had better restart
OPEN_TIMEOUTS = 2.0  # limit on opening until the first picture, in multiples of `timeout_s`
CLOSE_TIMEOUTS = 0.5  # limit on closing, in multiples of `timeout_s`
PAUSE_TIMEOUTS = 0.125  # rest before each reopening, in `timeout_s`
POLL_S = 0.1  # longest single wait, so that `close` from another thread is seen
AWAY_TIMEOUTS = 0.5  # a single wait that took longer was the process's rest, not the camera's

_log = logging.getLogger(__name__)


class LiveCamera:
    """A device kept alive: iterates `Frame`, reopens when no new picture came for `timeout_s`.

    After `TRIES` reopenings in a row without `timeout_s` of pictures it raises `CameraError`: the process is
    then to exit and to be started afresh. A recording behind a launch line ends and is not reopened. `close`
    may be called from another thread; the iterator then ends within `POLL_S`.
    """

    def __init__(
        self,
        make: Callable[[], Source],
        *,
        rate_hz: float,
        timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.restarts = 0
        """Times the device was closed and opened again."""
        self.problem = ""
        """What the device does otherwise than configured; empty when nothing."""
        self._make = make
        self._timeout_s, self._clock = timeout_s, clock
        self._sieve = Sieve(period_ns=round(1e9 / rate_hz))
        self._closed = threading.Event()
        self._device: Source | None = None
        self._held: set[Source] = set()  # opened, or about to be, and not known to be closed
        self._delivers = False
        self._tries_left = TRIES
        self._deadline_s = self._opened_s = 0.0
        self._index = 0
        self._size_px: tuple[int, int] | None = None
        self._open_or_retry("")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def state(self) -> State:
        """For `health`: `ok` while pictures come, `closed` once every device opened has confirmed it."""
        if self._closed.is_set():
            return "stalled" if self._held else "closed"
        return "ok" if self._delivers else "stalled"

    @property
    def dropped(self) -> int:
        """Pictures missing between delivered ones."""
        return self._sieve.dropped

    @property
    def refused(self) -> dict[str, int]:
        """Pictures that came and were none: duplicate, late and repeated ones."""
        sieve = self._sieve
        return {"duplicate": sieve.duplicate, "late": sieve.late, "repeated": sieve.repeated}

    def close(self) -> None:
        """Close under a deadline; may be called again, from any thread. `state` shows whether it worked."""
        self._closed.set()
        self._close_device()

    def __iter__(self) -> Iterator[Frame]:
        while (shot := self._next()) is not None:
            frozen(shot.image)
            yield Frame(
                t_ns=shot.t_ns,
                index=self._index,
                image=shot.image,
                row_ns=shot.row_ns,
                column_ns=shot.column_ns,
            )
            self._index += 1

    def _next(self) -> Shot | None:
        """Next new picture, over as many reopenings as it takes; None at the end or when closed."""
        self._deadline_s = max(self._deadline_s, self._clock() + self._timeout_s)
        while not self._closed.is_set() and (device := self._device) is not None:
            asked_s = self._clock()
            try:
                shot = device.read(POLL_S)
            except CameraError as error:
                self._recover(device, str(error))
                continue
            if shot is not None and device.live and self._size_px not in {None, shot.size_px}:
                self._recover(device, f"expected {self._size_px} pixels, got {shot.size_px} at {device.name}")
                continue
            if shot is not None and (not device.live or self._sieve.accepts(shot)):
                self._note_picture(device, shot)
                return shot
            if shot is None and device.ended:
                return None
            self._deadline_s += max(0.0, self._clock() - asked_s - AWAY_TIMEOUTS * self._timeout_s)
            if self._clock() >= self._deadline_s:
                wanted = f"expected a new picture within {self._timeout_s:g} s"
                self._recover(device, f"{wanted}, got none at {device.name}")
        return None

    def _note_picture(self, device: Source, shot: Shot) -> None:
        """Pictures come; a healthy stretch gives all tries back."""
        self._size_px = shot.size_px
        if not self._delivers:
            self._delivers = True
            _log.info("%s delivers pictures", device.name)
        now_s = self._clock()
        self._deadline_s = now_s + self._timeout_s
        if now_s - self._opened_s > self._timeout_s:
            self._tries_left = TRIES

    def _recover(self, device: Source, reason: str) -> None:
        """Close and reopen, or raise `CameraError` when the tries are used up."""
        if self._closed.is_set():
            return
        if not device.live:
            raise CameraError(reason)
        _log.warning("camera stalled: %s", reason)
        self._delivers = False
        self._close_device()
        self._open_or_retry(reason)

    def _open_or_retry(self, reason: str) -> None:
        """Open a fresh device, as often as tries are left; `reason` is what went wrong before."""
        while not self._closed.is_set():
            if reason:
                if self._tries_left == 0:
                    raise CameraError(f"{reason} (given up after {TRIES} restarts)")
                if self._closed.wait(PAUSE_TIMEOUTS * self._timeout_s):
                    return
                self._tries_left -= 1
                self.restarts += 1
            device = self._make()
            try:
                self._open_device(device)
            except CameraError as error:
                reason = str(error)
                _log.warning("camera does not open: %s", reason)
            else:
                return

    def _open_device(self, device: Source) -> None:
        """Open under a deadline that includes the first picture; what fails to open is closed."""
        self._held.add(device)
        self._size_px = None  # a device opened afresh may have another size
        self._opened_s = self._clock()
        limit_s = OPEN_TIMEOUTS * self._timeout_s
        self._deadline_s = self._opened_s + limit_s
        try:
            within(limit_s, device.open, what="open", late=lambda: self._free(device))
        except OverdueError:
            raise
        except CameraError:
            self._device = device
            self._close_device()
            raise
        self._device = device
        self._note_problem(device.problem)
        if self._closed.is_set():
            self._close_device()

    def _note_problem(self, problem: str) -> None:
        """Log once what is not as configured."""
        if problem and problem != self.problem:
            _log.warning("%s", problem)
        self.problem = problem

    def _close_device(self) -> None:
        """Close what is open; a close that hangs is left to its thread and holds nobody up."""
        device, self._device = self._device, None
        if device is None:
            return
        try:
            within(CLOSE_TIMEOUTS * self._timeout_s, lambda: self._free(device), what="close")
        except CameraError as error:
            _log.warning("%s: %s", device.name, error)

    def _free(self, device: Source) -> None:
        """Close the device, and know it."""
        device.close()
        self._held.discard(device)
