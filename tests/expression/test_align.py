"""Pose out, size out."""

import numpy as np
import pytest

from edge.expression.align import ANCHORS, CANTHI_CM, TEMPLATE_CM, Head, similarity
from tests.expression.faces import canonical_cm, pixels, turned

NS = 1_000_000_000


def test_similarity_recovers_a_known_one():
    """Scale, rotation and translation planted between two anchor sets come back to 1e-12."""
    R = turned(np.eye(3), 20, -10, 5).T
    scale, rotation, shift = similarity(TEMPLATE_CM, 2.5 * TEMPLATE_CM @ R.T + np.array([1, 2, 3]))
    assert scale == pytest.approx(2.5, abs=1e-12)
    np.testing.assert_allclose(rotation, R, atol=1e-12)
    np.testing.assert_allclose(shift, [1, 2, 3], atol=1e-12)


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll"), [(0, 0, 0), (25, 0, 0), (0, 15, 0), (0, 0, 30), (-20, -12, 8)]
)
def test_pose_of_the_canonical_face(yaw, pitch, roll):
    """Planted yaw, pitch and roll of the canonical face are found within a degree."""
    head = Head()
    aligned = head.align(pixels(turned(canonical_cm(), yaw, pitch, roll)), 0)
    found = np.degrees(aligned.pose_rad)
    assert np.abs(found - [yaw, pitch, roll]).max() < 1.0


def test_size_and_place_do_not_matter():
    """A face twice as large, elsewhere and rolled has the same aligned landmarks, twice the px."""
    face = canonical_cm()
    near, far = Head(), Head()
    large = near.align(pixels(turned(face, roll_deg=20), 22.0), 0)
    small = far.align(pixels(face, 11.0) + np.float32(40), 0)
    np.testing.assert_allclose(large.points_cm, small.points_cm, atol=2e-4)
    assert large.canthus_px == pytest.approx(2 * small.canthus_px, rel=1e-5)


def test_unit_is_the_canthus_distance():
    """The outer canthi of an aligned face lie 8.89 cm apart."""
    points = Head().align(pixels(canonical_cm()), 0).points_cm
    assert np.linalg.norm(points[33] - points[263]) == pytest.approx(CANTHI_CM, rel=1e-3)


def test_turning_moves_no_rigid_landmark():
    """A rigid head that turns by 25 degrees keeps every aligned landmark within 0.02 mm once known."""
    face, head = canonical_cm(), Head()
    still = [head.align(pixels(face), i * NS // 30) for i in range(60)][-1]
    moved = head.align(pixels(turned(face, 25, -10, 12)), 61 * NS // 30)
    np.testing.assert_allclose(moved.points_cm, still.points_cm, atol=2e-3)


def test_reference_is_the_persons_own():
    """After the first second the reference follows the person's shape: a longer nose leaves no residual."""
    face = canonical_cm()
    face[[195, 197]] += [0, 0, 0.5]
    head = Head()
    for i in range(60):
        aligned = head.align(pixels(face), i * NS // 30)
    again = head.align(pixels(turned(face, 20)), 61 * NS // 30)
    np.testing.assert_allclose(again.points_cm[list(ANCHORS)], aligned.points_cm[list(ANCHORS)], atol=2e-3)
