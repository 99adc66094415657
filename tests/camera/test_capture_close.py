"""Mute is told only once the camera is known to be closed."""

import threading

import numpy as np
import pytest

from edge.camera.choose import open_camera
from edge.config.sections import CameraSection
from edge.pipeline.capture import Capture
from edge.records import Frame

SECTION = CameraSection(source="picamera2", width_px=100, height_px=60, timeout_s=0.5)


@pytest.mark.parametrize(("hangs", "closed"), [(0, True), (1, False)])
def test_a_close_that_hangs_is_not_called_closed(picamera2, hangs, closed):
    """`Capture.close` is True only when the device itself has confirmed the close."""
    picamera2.bench.scripts.append(["frame"] * 500)
    picamera2.bench.close_hangs = hangs
    arrived = threading.Event()
    capture = Capture(lambda: open_camera(SECTION), arrived.set)
    capture.start()
    assert arrived.wait(10)
    assert capture.take() is not None
    assert capture.close() is closed
    picamera2.bench.release_hung.set()


def test_a_camera_being_opened_is_not_called_closed(picamera2):
    """A close while the device is still opening claims nothing; once open, it is closed without a picture."""
    picamera2.bench.open_hangs = 1
    ended = threading.Event()
    capture = Capture(lambda: open_camera(CameraSection(timeout_s=4)), ended.set)
    capture.start()
    assert capture.close() is False
    picamera2.bench.release_hung.set()
    assert ended.wait(60)
    assert (picamera2.bench.opened, picamera2.bench.closed, capture.restarts) == (1, 1, 0)


@pytest.mark.parametrize("source", ["stage", "video"])
def test_a_source_without_a_ladder_reports_its_state(tmp_path, source):
    """The stage and a recording are `ok` until closed, and refuse no picture."""
    (tmp_path / "grey_64x48_25fps.i420").write_bytes(bytes(64 * 48 * 3 // 2) * 3)
    path = {"stage": "firmware_configs/stage/demo.yaml", "video": tmp_path / "grey_64x48_25fps.i420"}[source]
    camera = open_camera(CameraSection(source=source, path=str(path)))
    next(iter(camera))
    assert (camera.state, camera.refused, camera.restarts) == ("ok", {}, 0)
    camera.close()
    assert camera.state == "closed"
    capture = Capture(lambda: camera, lambda: None)
    capture.start()
    assert capture.close() is True
    assert not capture.stalled


class Late:
    """A recording whose decoder holds `close` and its next frame back until the test lets go."""

    dropped = restarts = 0
    refused, state, problem = {}, "ok", ""

    def __init__(self):
        self.asked, self.go = threading.Event(), threading.Event()
        self.image = np.full((4, 4, 3), 200, np.uint8)

    def __iter__(self):
        yield Frame(t_ns=0, index=0, image=np.zeros((4, 4, 3), np.uint8))
        self.asked.set()
        self.go.wait(30)
        yield Frame(t_ns=1, index=1, image=self.image)

    def close(self):
        """Wait for the decoder."""
        self.go.wait(30)


def test_a_recording_that_closes_late_is_no_open_camera():
    """Nothing a file gives after the close is taken, so it may end when it likes: the mute is kept."""
    late, woken = Late(), threading.Event()
    capture = Capture(lambda: late, woken.set, paced=True, close_s=0.1)
    capture.start()
    assert late.asked.wait(10)
    assert capture.close() is True
    woken.clear()
    late.go.set()
    assert woken.wait(10)
    assert capture.take() is None
    assert not late.image.any()
