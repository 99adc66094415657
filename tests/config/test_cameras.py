"""Several cameras in one configuration: what each inherits, what is refused, and where."""

import pytest

from edge.config import dump, parse
from edge.errors import ConfigError

TWO = """
cameras:
  - {number: 1}
  - source: video
    path: /a.mp4
    rate_hz: 25
camera: {width_px: 640, rate_hz: 15}
"""


def test_each_has_what_it_does_not_set_from_camera():
    """An entry holds only what differs from `camera`, wherever that stands; without entries it is alone."""
    config = parse(TWO)
    assert [(one.source, one.width_px, one.rate_hz) for one in config.views] == [
        ("picamera2", 640, 15.0),
        ("video", 640, 25.0),
    ]
    assert parse(dump(config)) == config
    assert parse("camera: {width_px: 640}").views == (parse("camera: {width_px: 640}").camera,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cameras:\n  - {source: stage}\n  - {source: video}\n", "c.yaml:3: cameras[1].path: expected"),
        ("cameras: [{number: 1}, {number: 1}]", "c.yaml:1: cameras: expected another number for each"),
        ("cameras:\n  - rate_hz: 5\n", "mimicry.rate_hz: expected at most cameras[0].rate_hz = 5, got 10"),
        ("cameras:\n  - {source: x}\n", "c.yaml:2: cameras[0].source: expected one of picamera2"),
        ("cameras: 3", "cameras: expected a list such as [a, b], each a table of settings, got 3"),
        ("cameras: [" + ", ".join(f"{{number: {k}}}" for k in range(9)) + "]", "expected at most 8 cameras"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(text, expected):
    """Errors name the entry and its line."""
    with pytest.raises(ConfigError) as caught:
        parse(text, "c.yaml")
    assert expected in str(caught.value)
