"""The Pi camera through Picamera2, which comes from the system and is imported here only.

In: the camera section. Out: every picture the sensor makes, with its sensor time. The callback of Picamera2
only takes a reference to the request; the reader copies the picture out of the mapped buffer, once, and the
request goes back to the camera. Mirroring is left to the camera, which reads its rows in that order, where it
can; the copy does the rest.
"""

import contextlib
import importlib
import queue
import threading
import zlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from edge.camera._source import Shot, featureless
from edge.camera.orientation import UPRIGHT, Orientation, own
from edge.camera.protocol import Camera
from edge.camera.recovery import LiveCamera
from edge.config.sections import CameraSection
from edge.errors import CameraError

HELD = 2  # requests waiting for the reader; older ones go back unread (Picamera2 has BUFFERS in all)
BUFFERS = 6  # Picamera2's own default for video: more only adds memory, fewer drops pictures
LORES_WIDTH_PX = 320  # the small YUV picture; its luma shows whether the picture is a new one
SLOWER = 1.01  # a shortest frame longer than asked for by more than this factor is a lower rate
GLOBAL_SHUTTER = {"imx296", "ov9281", "ov2311", "ar0234"}  # sensors that expose all rows together
HINT = "sudo apt install python3-picamera2; the environment needs --system-site-packages"
DARK = 26.0  # mean luma, 16..235, below which sensor noise may vanish
FORMATS = {"main": "BGR888", "lores": "YUV420"}  # the first is named by word: RGB in memory
FAULTS = (
    RuntimeError,
    OSError,
    ValueError,
    LookupError,
    AttributeError,
    BufferError,
    TypeError,
    AssertionError,
)  # what Picamera2 raises


class Request(Protocol):
    """What is used of Picamera2's completed request: a reference to one picture's buffers."""

    def acquire(self) -> None:
        """Keep the buffers until `release`."""

    def release(self) -> None:
        """Give the buffers back."""

    def get_metadata(self) -> dict[str, Any]:
        """Return what sensor and driver know of the picture."""


class PiCamera:
    """One opening of a CSI camera: main in RGB, lores in YUV420, every completed request seen."""

    name = "picamera2"
    live = True
    ended = False

    def __init__(self, section: CameraSection) -> None:
        self._section = section
        self._orientation = Orientation.of(section)
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._lock = threading.Lock()  # no buffer is unmapped under the reader
        self._row_ns = 0.0
        self._lores_px = (0, 0)
        self._module = _picamera2()
        self._camera: Any = None
        self._closing = threading.Event()
        self.problem = ""
        """What the camera adjusted of the size and rate asked for; known once open."""

    def open(self) -> None:
        """Open, configure and start the camera."""
        try:
            self._camera = self._acquired()
            self._camera.configure(self._configuration())
            self._settle(self._camera.camera_configuration())
            self._camera.pre_callback = self._take
            self._camera.start()
        except FAULTS as error:
            raise CameraError(f"expected a working camera, got {_words(error)} at picamera2") from error

    def read(self, timeout_s: float) -> Shot | None:
        """Next picture, copied out of its buffer; None when none came in time or without sensor time."""
        try:
            request = self._requests.get(timeout=timeout_s)
        except queue.Empty:
            return None
        try:
            with self._lock, _released(request):
                return None if self._camera is None else self._shot(request)
        except FAULTS as error:
            raise CameraError(f"expected a readable picture, got {error} at picamera2") from error

    def close(self) -> None:
        """Give all requests back and close the camera."""
        with self._lock:
            camera, self._camera = self._camera, None
        if camera is None:
            return
        self._closing.set()  # the callback stays: the library may be about to call it
        try:
            self._give_back(keep=0)
            camera.close()
            self._give_back(keep=0)
        except FAULTS as error:
            raise CameraError(f"expected the camera to close, got {_words(error)} at picamera2") from error

    def _acquired(self) -> Any:  # noqa: ANN401 - the library has no types
        """Make the library's camera; one that fails half way is closed, or no other could be opened after."""
        camera = self._module.Picamera2.__new__(self._module.Picamera2)
        try:
            camera.__init__(self._section.number)
        except FAULTS:
            with contextlib.suppress(*FAULTS):
                camera.close()
            raise
        return camera

    def _configuration(self) -> dict[str, Any]:
        width_px, height_px = self._section.width_px, self._section.height_px
        duration_us = round(1e6 / self._section.rate_hz)
        limits = {"FrameDurationLimits": (duration_us, duration_us)}
        configuration: dict[str, Any] = self._camera.create_video_configuration(
            main={"size": (width_px, height_px), "format": FORMATS["main"]},
            lores={"size": _small(width_px, height_px), "format": FORMATS["lores"]},
            buffer_count=BUFFERS,
            queue=False,
            controls=limits if "FrameDurationLimits" in self._camera.camera_controls else {},
            **self._mirroring(),
        )
        return configuration

    def _mirroring(self) -> dict[str, Any]:
        """Return what the camera itself is asked to do, as options of its configuration."""
        wanted = self._orientation
        if not (wanted.mirrored or wanted.upended):
            return {}
        transform = importlib.import_module("libcamera").Transform
        return {"transform": transform(hflip=wanted.mirrored, vflip=wanted.upended)}

    def _settle(self, answer: dict[str, Any]) -> None:
        """Take what the camera made of the configuration; refuse pictures of another format."""
        for name, wanted in FORMATS.items():
            if answer[name]["format"] != wanted:
                raise ValueError(f"{answer[name]['format']} instead of {wanted} in its {name} stream")
        done = answer.get("transform")
        did = UPRIGHT if done is None else Orientation(bool(done.hflip), bool(done.vflip))
        self._orientation = self._orientation.after(did)
        self._lores_px = answer["lores"]["size"]
        shortest_us = float(self._camera.camera_controls.get("FrameDurationLimits", (0, 0, 0))[0])
        self._row_ns = self._row_time_ns(shortest_us, answer["main"]["size"][1])
        self.problem = self._adjusted(answer["main"]["size"], shortest_us)

    def _row_time_ns(self, shortest_us: float, rows: int) -> float:
        """Readout time of a row of the main picture, from the sensor mode's shortest frame; 0 if unknown."""
        model = str(self._camera.camera_properties.get("Model", "")).lower()
        return 0.0 if model in GLOBAL_SHUTTER else shortest_us * 1000.0 / rows

    def _adjusted(self, size_px: tuple[int, int], shortest_us: float) -> str:
        """Say what differs from what was asked for, and the settings."""
        section, found = self._section, []
        if size_px != (section.width_px, section.height_px):
            asked = f"instead of {section.width_px} x {section.height_px}"
            found.append(f"{size_px[0]} x {size_px[1]} px {asked} (camera.width_px, camera.height_px)")
        if shortest_us * section.rate_hz > SLOWER * 1e6:
            asked = f"instead of {section.rate_hz:g} (camera.rate_hz)"
            found.append(f"at most {1e6 / shortest_us:.1f} pictures a second {asked}")
        return f"the camera delivers {' and '.join(found)}" if found else ""

    def _take(self, request: Request) -> None:
        """Keep a reference for the reader; runs in the library's thread under its lock: no waiting here."""
        if self._closing.is_set():
            return
        request.acquire()
        self._requests.put(request)
        self._give_back(keep=HELD)

    def _give_back(self, *, keep: int) -> None:
        """Release the oldest waiting requests unread until `keep` are left."""
        while self._requests.qsize() > keep:
            try:
                self._requests.get_nowait().release()
            except queue.Empty:
                return

    def _shot(self, request: Request) -> Shot | None:
        metadata = request.get_metadata()
        t_ns = metadata.get("SensorTimestamp")
        if not isinstance(t_ns, int):
            return None
        with self._module.MappedArray(request, "lores", write=False) as lores:
            width_px, height_px = self._lores_px
            luma = np.ascontiguousarray(lores.array[:height_px, :width_px])  # rows come with their padding
        with self._module.MappedArray(request, "main", write=False) as main:
            image = own(self._orientation.view(main.array))
            rows = len(main.array)
        t_ns, row_ns, column_ns = self._orientation.times(t_ns, self._row_ns, rows)
        return Shot(
            t_ns=t_ns,
            image=image,
            print_=zlib.crc32(luma.data),
            flat=featureless(luma, DARK),
            period_ns=round(metadata.get("FrameDuration", 0) * 1000),
            row_ns=row_ns,
            column_ns=column_ns,
        )


def open_section(section: CameraSection) -> Camera:
    """Open the Pi camera of the configuration, with its recovery ladder."""
    return LiveCamera(lambda: PiCamera(section), rate_hz=section.rate_hz, timeout_s=section.timeout_s)


@contextlib.contextmanager
def _released(request: Request) -> Iterator[None]:
    """Give the request back whatever happens."""
    try:
        yield
    finally:
        request.release()


def _small(width_px: int, height_px: int) -> tuple[int, int]:
    """Size of the small picture: even, of the main one's shape and never larger."""
    small_px = min(LORES_WIDTH_PX, width_px - width_px % 2)
    return small_px, max(2, small_px * height_px // width_px // 2 * 2)


def _words(error: BaseException) -> str:
    """Say what the library says, with the causes it hides behind."""
    words = str(error).rstrip(".") or type(error).__name__
    return f"{words}: {_words(error.__cause__)}" if error.__cause__ else words


def _picamera2() -> ModuleType:
    """Import the library late: other sources run without it."""
    try:
        return importlib.import_module("picamera2")
    except (ImportError, ValueError, OSError) as error:  # a numpy of another ABI raises ValueError
        raise CameraError(f"expected the picamera2 library, got {error!s:.120} at import ({HINT})") from error
