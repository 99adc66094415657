"""Any GStreamer launch line as a camera: Jetson's CSI cameras, USB cameras, network cameras, files.

In: a launch line up to, not including, the appsink. Out: RGB pictures with sensor time: running time plus the
pipeline's base time, which is the machine's monotonic clock. A live line keeps the newest picture only; a
recording behind a line gives every one, on its own clock, with a deadline on each.
"""

import ctypes as c
import threading
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.camera import _gst
from edge.camera._source import Shot, featureless
from edge.camera._timeline import NS_PER_S, Timeline
from edge.camera.orientation import Orientation, own
from edge.camera.protocol import Camera
from edge.camera.recovery import LiveCamera
from edge.config.sections import CameraSection
from edge.errors import CameraError

SINK = "mimicry_sink"
TAIL = f"! videoconvert ! video/x-raw,format=RGB ! appsink name={SINK} sync=false"
LIVE = (b"1", b"true")  # max-buffers, drop: skip to the newest
RECORDED = (b"4", b"false")  # every picture; the line waits for the reader
PRINT_ROWS = 16  # every 16th row goes into the checksum
DARK = 12.0  # mean of green, 0..255, below which sensor noise may vanish
WHERE = "at camera.launch"


class GstCamera:
    """One run of a launch line."""

    name = "gstreamer"
    problem = ""  # the line decides

    def __init__(self, section: CameraSection, where: str = WHERE) -> None:
        self.live = True
        """Whether the line has a live source; known once open."""
        self.ended = False
        """Whether a recording behind the line has delivered its last picture."""
        self.delivered = False
        """Whether a picture came."""
        self._where = where
        self._gst = _gst.library()
        self._open_s = section.timeout_s
        self._orientation = Orientation.of(section)
        self._timeline = Timeline(period_ns=round(NS_PER_S / section.rate_hz))
        self._lock = threading.Lock()  # nothing is freed under the reader
        self._pipeline = self._parse(section.launch)
        self._sink = self._gst.gst_bin_get_by_name(self._pipeline, SINK.encode())
        self._bus = self._gst.gst_element_get_bus(self._pipeline)

    def open(self) -> None:
        """Start the line. Raises `CameraError` with the words of GStreamer."""
        change = self._gst.gst_element_set_state(self._pipeline, _gst.STATE_PAUSED)
        if change == _gst.CHANGE_ASYNC:
            wait_ns = round(self._open_s * NS_PER_S)
            change = self._gst.gst_element_get_state(self._pipeline, None, None, wait_ns)
        self._raise_bus_error()
        self.live = change == _gst.CHANGE_NO_PREROLL
        for key, value in zip((b"max-buffers", b"drop"), LIVE if self.live else RECORDED, strict=True):
            self._gst.gst_util_set_object_arg(self._sink, key, value)
        if self._gst.gst_element_set_state(self._pipeline, _gst.STATE_PLAYING) == _gst.CHANGE_FAILURE:
            self._raise_bus_error()
            raise CameraError(f"expected the line to play, got a refusal {self._where}")

    def read(self, timeout_s: float) -> Shot | None:
        """Next picture, or None when none came in time or the line has ended."""
        with self._lock:
            if not self._pipeline:
                return None
            sample = self._gst.gst_app_sink_try_pull_sample(self._sink, round(timeout_s * NS_PER_S))
            if not sample:
                self._judge_silence()
                return None
            try:
                return self._shot(sample)
            finally:
                self._gst.gst_mini_object_unref(sample)

    def close(self) -> None:
        """Stop the line and free it; it may hang in a driver, but never with the reader waiting on it."""
        with self._lock:
            pipeline, self._pipeline = self._pipeline, 0
        if not pipeline:
            return
        self._gst.gst_element_set_state(pipeline, _gst.STATE_NULL)
        for held in (self._sink, self._bus, pipeline):
            self._gst.gst_object_unref(held)

    def _parse(self, line: str) -> int:
        """Build the line, not started. Raises `CameraError` with what GStreamer does not understand."""
        failure = c.c_void_p()
        pipeline = self._gst.gst_parse_launch(f"{line} {TAIL}".encode(), c.byref(failure))
        if not failure.value:
            return int(pipeline)
        words = _gst.take_error(self._gst, failure)
        if pipeline:
            self._gst.gst_object_unref(pipeline)
        raise CameraError(f"expected a GStreamer line, got {words} {self._where}")

    def _judge_silence(self) -> None:
        """Learn why no picture came: an error, the end of a recording, or only the time."""
        self._raise_bus_error()
        if self._gst.gst_app_sink_is_eos(self._sink):
            if self.live:
                raise CameraError(f"expected pictures without end, got the end of a live line {self._where}")
            self.ended = True

    def _raise_bus_error(self) -> None:
        """Turn an error message of the line into `CameraError`."""
        words = _gst.pop_error(self._gst, self._bus)
        if words is not None:
            raise CameraError(f"expected pictures from the line, got {words} {self._where}")

    def _shot(self, sample: int) -> Shot:
        caps = self._gst.gst_caps_get_structure(self._gst.gst_sample_get_caps(sample), 0)
        buffer = self._gst.gst_sample_get_buffer(sample)
        image = self._copy(buffer, self._int(caps, b"width"), self._int(caps, b"height"))
        self.delivered = True
        part = np.ascontiguousarray(image[::PRINT_ROWS])
        return Shot(
            t_ns=self._time_ns(sample, buffer),
            image=image,
            print_=zlib.crc32(part.data),
            flat=featureless(part[..., 1], DARK),
            period_ns=self._period_ns(caps),
        )

    def _time_ns(self, sample: int, buffer: int) -> int:
        """Sensor time of a live picture, ns on the monotonic clock; of a recorded one, ns from its first."""
        pts = _gst.Buffer.from_address(buffer).pts
        segment = self._gst.gst_sample_get_segment(sample)
        running = int(self._gst.gst_segment_to_running_time(segment, _gst.FORMAT_TIME, pts))
        known = _gst.CLOCK_TIME_NONE not in {pts, running}
        if not self.live:
            return self._timeline.update(running if known else None)
        if not known:
            raise CameraError(f"expected a time on each live picture, got none {self._where}")
        return int(self._gst.gst_element_get_base_time(self._pipeline)) + running

    def _period_ns(self, caps: int) -> int:
        """Time between two pictures as negotiated, ns; 0 for a variable rate."""
        n, d = c.c_int(), c.c_int()
        known = self._gst.gst_structure_get_fraction(caps, b"framerate", c.byref(n), c.byref(d))
        return round(NS_PER_S * d.value / n.value) if known and n.value > 0 else 0

    def _int(self, structure: int, name: bytes) -> int:
        value = c.c_int()
        self._gst.gst_structure_get_int(structure, name, c.byref(value))
        return value.value

    def _copy(self, buffer: int, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Copy the picture out of the mapped buffer, upright, without the padding of rows to four bytes."""
        mapped = _gst.MapInfo()
        if not self._gst.gst_buffer_map(buffer, c.byref(mapped), _gst.MAP_READ):
            raise CameraError(f"expected a readable picture, got a refusal {self._where}")
        try:
            stride = -(-3 * width_px // 4) * 4
            if mapped.size < stride * (height_px - 1) + 3 * width_px:
                size = f"{stride * height_px} bytes of {width_px}x{height_px} pixels"
                raise CameraError(f"expected {size}, got {mapped.size} {self._where}")
            held: Any = (c.c_uint8 * mapped.size).from_address(mapped.data)
            rows = np.frombuffer(held, np.uint8)
            shape = (height_px, width_px, 3)
            seen = np.lib.stride_tricks.as_strided(rows, shape, (stride, 3, 1), writeable=False)
            return own(self._orientation.view(seen))
        finally:
            self._gst.gst_buffer_unmap(buffer, c.byref(mapped))


def open_section(section: CameraSection) -> Camera:
    """Open the launch line of the configuration, with its recovery ladder."""
    if not section.launch.strip():
        raise CameraError(f"expected a GStreamer line, got '' {WHERE}")
    return LiveCamera(lambda: GstCamera(section), rate_hz=section.rate_hz, timeout_s=section.timeout_s)


def missing_elements(launch: str) -> list[str]:
    """Names of the elements that a launch line and its sink need and GStreamer does not have."""
    return _gst.missing_elements(f"{launch} {TAIL}")
