"""USB cameras in their short form, on the real GStreamer with its own test sources in place of V4L2."""

import itertools

import pytest

from edge.camera import usb
from edge.camera.gst import missing_elements
from edge.config import load
from edge.config.sections import CameraSection
from edge.errors import CameraError, ConfigError

USB = CameraSection(source="usb", width_px=320, height_px=240, rate_hz=30.0, timeout_s=4.0)
TEST = "videotestsrc is-live=true"


def test_the_lines():
    """Motion-JPEG first, then raw, of the size and rate asked for; GStreamer knows every element."""
    jpeg, raw = usb.lines(CameraSection(source="usb", device="/dev/video2", rate_hz=30000 / 1001))
    form = "width=1280,height=720,framerate=30000/1001"
    assert jpeg == f'v4l2src device="/dev/video2" ! image/jpeg,{form} ! jpegdec'
    assert raw == f'v4l2src device="/dev/video2" ! video/x-raw,{form}'
    assert missing_elements(jpeg) + missing_elements(raw) == []


@pytest.mark.parametrize(
    ("begin", "restarts"),
    [(f"{TEST} ! jpegenc", 0), (f"{TEST} ! jpegenc ! decodebin", 1)],
    ids=["Motion-JPEG", "raw only"],
)
def test_what_the_camera_offers_is_taken(begin, restarts):
    """Pictures come compressed where they are offered, and raw after one try where they are not."""
    with usb.open_section(USB, begin) as camera:
        frames = list(itertools.islice(camera, 3))
        assert [frame.image.shape for frame in frames] == [(240, 320, 3)] * 3
        assert camera.restarts == restarts


def test_no_camera_is_one_line():
    """A device that is not there ends with the setting that names it."""
    section = CameraSection(source="usb", device="/dev/video63", timeout_s=0.5)
    with pytest.raises(CameraError, match=r"/dev/video63.* at camera.device"):
        list(usb.open_section(section))


@pytest.mark.parametrize("device", ["video0", '/dev/video0" ! filesink', "/dev/../etc/x y"])
def test_what_is_no_device_is_refused(tmp_path, device):
    """Only a name below /dev can stand in the line."""
    (tmp_path / "c.yaml").write_text(f"camera: {{source: usb, device: '{device}'}}\n")
    with pytest.raises(ConfigError, match=r"camera.device: expected a device below /dev"):
        load(tmp_path / "c.yaml")


def test_two_cameras_are_two_devices(tmp_path):
    """One device cannot be two cameras of a meeting."""
    (tmp_path / "c.yaml").write_text("camera: {source: usb}\ncameras: [{rotate_deg: 0}, {rotate_deg: 180}]\n")
    with pytest.raises(ConfigError, match="cameras: expected another device for each USB camera"):
        load(tmp_path / "c.yaml")
