"""A USB camera by device, size and rate: Motion-JPEG where it offers that, raw pictures otherwise.

Which of them a camera offers shows when it is opened: a line that delivers no picture is followed by the
other one, within the tries of the recovery ladder.
"""

from dataclasses import replace
from fractions import Fraction

from edge.camera.gst import GstCamera
from edge.camera.protocol import Camera
from edge.camera.recovery import LiveCamera
from edge.config.sections import CameraSection

V4L2 = 'v4l2src device="{device}"'
FORMS = ("image/jpeg,{form} ! jpegdec", "video/x-raw,{form}")
"""What is asked for; first what needs less of the bus."""
LONGEST_PERIOD = 1001  # denominator of 29.97 frames a second


def lines(section: CameraSection, begin: str = V4L2) -> tuple[str, ...]:
    """Return the launch lines of the camera, in the order in which they are tried."""
    rate = Fraction(section.rate_hz).limit_denominator(LONGEST_PERIOD)
    size = f"width={section.width_px},height={section.height_px}"
    form = f"{size},framerate={rate.numerator}/{rate.denominator}"
    return tuple(f"{begin.format(device=section.device)} ! {one.format(form=form)}" for one in FORMS)


def open_section(section: CameraSection, begin: str = V4L2) -> Camera:
    """Open the USB camera of the configuration, with its recovery ladder."""
    offers = _Offers(section, lines(section, begin))
    return LiveCamera(offers.make, rate_hz=section.rate_hz, timeout_s=section.timeout_s)


class _Offers:
    """Makes the device from the line that delivered last, or from the next one."""

    def __init__(self, section: CameraSection, choice: tuple[str, ...]) -> None:
        self._section, self._lines = section, choice
        self._at = 0
        self._last: GstCamera | None = None

    def make(self) -> GstCamera:
        """Make a device, not opened."""
        if self._last is not None and not self._last.delivered:
            self._at = (self._at + 1) % len(self._lines)
        section = replace(self._section, launch=self._lines[self._at])
        self._last = GstCamera(section, where="at camera.device")
        return self._last
