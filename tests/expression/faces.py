"""Synthetic landmarks from the canonical face of the test data; imports nothing of the package."""

from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"
CANONICAL = DATA / "mediapipe-portrait" / "canonical_face_model.obj"
PX_PER_CM = 11.0  # about 98 px between the outer canthi
CENTRE_PX = (320.0, 240.0)


def canonical_cm():
    """Return the canonical face, cm, y up, z forward, [468, 3]; skip where the data are absent."""
    if not CANONICAL.exists():
        pytest.skip("needs the recordings of ../shared/data")
    lines = CANONICAL.read_text().splitlines()
    return np.array([[float(word) for word in line.split()[1:]] for line in lines if line.startswith("v ")])


def turned(points_cm, yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0):
    """Turn a head: yaw moves the nose to +x, pitch up, roll counter-clockwise."""
    a, b, c = np.radians([yaw_deg, pitch_deg, roll_deg])
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return points_cm @ (about_z @ about_y @ about_x).T


def pixels(points_cm, px_per_cm=PX_PER_CM):
    """Project in parallel into a 640x480 frame: x right, y down, z away, px, float32 [468, 3]."""
    points = points_cm * np.array([1, -1, -1]) * px_per_cm
    points[:, :2] += CENTRE_PX
    return points.astype(np.float32)


def bump(t_s, at_s, length_s):
    """Raise a cosine from 0 to 1 to 0 over `length_s` from `at_s`."""
    u = np.clip((np.asarray(t_s) - at_s) / length_s, 0, 1)
    return (1 - np.cos(2 * np.pi * u)) / 2


def ramp(t_s, at_s, length_s):
    """Raise a cosine from 0 to 1 over `length_s` from `at_s`."""
    u = np.clip((np.asarray(t_s) - at_s) / length_s, 0, 1)
    return (1 - np.cos(np.pi * u)) / 2


CORNERS = {61: (-1.0, 0.0, 0.0), 291: (1.0, 0.0, 0.0)}
"""Mouth corners outwards: 1 cm each way widens the mouth by 2 cm."""
BROWS = dict.fromkeys((55, 107, 285, 336), (0.0, 1.0, 0.0))
"""Inner brows upwards."""


def moved(points_cm, movement, amount_cm):
    """Move the landmarks of `movement` by this many cm."""
    result = points_cm.copy()
    for landmark, direction in movement.items():
        result[landmark] += np.array(direction) * amount_cm
    return result
