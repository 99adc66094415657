"""Every source delivers upright pictures as `rotate_deg` and `flip` ask, each pixel at its own time."""

import itertools

import numpy as np
import pytest

from edge.camera.choose import open_camera
from edge.camera.orientation import Orientation
from edge.config import parse
from edge.config.sections import CameraSection
from edge.errors import ConfigError
from tests.camera.test_video import noise, with_matrix, write

TURNS = (0, 90, 180, 270)
FLIPS = ("none", "horizontal", "vertical", "both")
WAYS = list(itertools.product(TURNS, FLIPS))


def turned(image, rotate_deg, flip):
    """Turn clockwise, then mirror the result: the slow twin."""
    image = np.rot90(image, -rotate_deg // 90)
    image = image[:, ::-1] if flip in {"horizontal", "both"} else image
    return image[::-1] if flip in {"vertical", "both"} else image


def images(section, n):
    """First pictures of a source."""
    with open_camera(section) as camera:
        return [frame.image for frame in itertools.islice(camera, n)]


def check_all_ways(n, **source):
    """Compare the pictures of a source turned in every way with those it gives unturned."""
    plain = images(CameraSection(**source), n)
    assert len(plain) == n
    for way in WAYS:
        rotate_deg, flip = way
        got = images(CameraSection(**source, rotate_deg=rotate_deg, flip=flip), n)
        for one, image in zip(got, plain, strict=True):
            np.testing.assert_array_equal(one, turned(image, *way), err_msg=str(way))
            assert one.flags.c_contiguous
            assert not one.flags.writeable


def test_recordings(tmp_path):
    """A recording as camera comes upright in all sixteen ways, to the pixel."""
    check_all_ways(2, source="video", path=str(write(tmp_path / "a.mkv", noise(46, 62))))


def test_launch_lines():
    """Pictures of a launch line, with padded rows, come upright in all sixteen ways, to the pixel."""
    line = "videotestsrc num-buffers=2 pattern=smpte ! video/x-raw,width=161,height=90,framerate=25/1"
    check_all_ways(2, source="gstreamer", launch=line)


def test_the_stage(tmp_path):
    """The stage comes upright in all sixteen ways, to the pixel."""
    one = "{portrait: hopper, position: [0.4, 0.45], canthus_px: 30}"
    (tmp_path / "small.yaml").write_text(f"seconds: 1\nsize_px: [160, 96]\npeople: [{one}]\n")
    check_all_ways(1, source="stage", path=str(tmp_path / "small.yaml"))


@pytest.mark.parametrize("mirrors", [True, False])
@pytest.mark.parametrize(("rotate_deg", "flip"), WAYS)
def test_the_pi_camera(picamera2, rotate_deg, flip, mirrors):
    """Pictures of the Pi camera come upright whether the camera mirrors them itself or not."""
    picamera2.bench.scripts.append(["frame"])
    picamera2.bench.mirrors = mirrors
    section = CameraSection(width_px=100, height_px=60, rotate_deg=rotate_deg, flip=flip)
    np.testing.assert_array_equal(
        images(section, 1)[0], turned(picamera2.picture(1, 60, 100, 3), rotate_deg, flip)
    )


def test_the_pi_camera_mirrors_where_it_can(picamera2):
    """A picture on its head is turned by the camera itself, which reads the rows in that order."""
    picamera2.bench.scripts.append(["frame"])
    with open_camera(CameraSection(width_px=100, height_px=60, rotate_deg=180)) as camera:
        frame = next(iter(camera))
    asked = picamera2.bench.configuration["transform"]
    assert (asked.hflip, asked.vflip) == (True, True)
    assert frame.row_ns > 0
    assert frame.column_ns == 0


@pytest.mark.parametrize(("rotate_deg", "flip"), WAYS)
def test_every_pixel_keeps_its_time(rotate_deg, flip):
    """With a rolling shutter each pixel of the upright picture has the time at which its row was read."""
    orientation = Orientation.of(CameraSection(rotate_deg=rotate_deg, flip=flip))
    read_ns = 5_000 + 7.0 * np.repeat(np.arange(6)[:, None], 9, axis=1)
    t_ns, row_ns, column_ns = orientation.times(5_000, 7.0, 6)
    expected = turned(read_ns, rotate_deg, flip)
    row, column = np.indices(expected.shape)
    np.testing.assert_array_equal(t_ns + row * row_ns + column * column_ns, expected)


def test_a_tagged_film_is_turned_once_more_if_asked(tmp_path):
    """`rotate_deg` turns what the display matrix has made upright."""
    image = np.zeros((32, 64, 3), np.uint8)
    image[:8, :16] = 255
    path = write(tmp_path / "a.mp4", [image] * 2, codec="libx264", pix_fmt="yuv420p")
    tagged = images(CameraSection(source="video", path=str(with_matrix(path, (0, 1, -1, 0)))), 1)[0]
    section = CameraSection(source="video", path=str(path), rotate_deg=90)
    np.testing.assert_array_equal(images(section, 1)[0], turned(tagged, 90, "none"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rotate_deg: 45", "expected one of 0, 90, 180, 270, got 45"),
        ("rotate_deg: -90", "expected one of 0, 90, 180, 270, got -90"),
        ("rotate_deg: upside", "expected one of 0, 90, 180, 270, got upside"),
        ("flip: yes", "expected one of none, horizontal, vertical, both, got yes"),
        ("flip: ", "expected one of none, horizontal, vertical, both, got nothing"),
        ("rotate: 90", "expected a known key (did you mean 'rotate_deg'?), got 'rotate'"),
    ],
)
def test_what_is_no_turn_is_refused(line, expected):
    """An angle between and a word that is none are errors with the values there are."""
    with pytest.raises(ConfigError) as caught:
        parse(f"camera:\n  {line}\n", "c.yaml")
    assert expected in str(caught.value)
