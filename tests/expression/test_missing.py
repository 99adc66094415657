"""Why a person is not measurable, through the module that measures."""

from dataclasses import replace

import numpy as np
import pytest

from edge.config.sections import ExpressionSection
from edge.expression import INDEX, Expressions
from edge.records import Mesh
from tests.expression.faces import canonical_cm, pixels, turned

NS = 1_000_000_000
SIZE = (640, 480)


def last(points_px, presence=1.0, seconds=25.0, *, alive=True):
    """Show a face from the front, then once as given; return the last expression, of one alive."""
    people = Expressions(ExpressionSection(warmup_s=2.0))
    room, front = Expressions(ExpressionSection(warmup_s=2.0)), pixels(canonical_cm())
    rng = np.random.default_rng(1)
    n = round(seconds * 10)
    for k in range(n + 1):
        points = points_px if k == n else front + rng.normal(0, 0.1, front.shape).astype(np.float32)
        mesh = Mesh(
            t_ns=k * NS // 10,
            index=k,
            person=1,
            points_px=points,
            presence=1.0 if k < n else presence,
            box_px=(0.0, 0.0, 1.0, 1.0),
        )
        (still,) = room.update([mesh], SIZE)
        found = people.update_raw(replace(still, confirmed=True)) if alive else still
    assert not alive or np.isfinite(found.x[INDEX["AU12"]]) == (found.missing is None)
    return found


@pytest.mark.parametrize(
    ("yaw", "pitch", "reason"),
    [
        (0, 0, None),
        (40, 0, None),
        (50, 0, "turned"),
        (-50, -40, "turned"),
        (0, -40, "down"),
        (0, 40, "turned"),
    ],
)
def test_a_head_that_looks_away(yaw, pitch, reason):
    """Sideways and up is turned, down is down; within the limits of AU12 nothing is missing."""
    assert last(pixels(turned(canonical_cm(), yaw, pitch))).missing == reason


def test_faces_that_show_too_little():
    """Few pixels are small; a crop without a face and a mouth out of the picture are not seen."""
    face = canonical_cm()
    assert last(pixels(face, 30 / 8.89)).missing == "small"
    assert last(pixels(face), presence=0.3).missing == "not_seen"
    below = pixels(face)
    below[:, 1] += SIZE[1] - below[61, 1]
    assert last(below).missing == "not_seen"


def test_faces_that_are_new():
    """A face whose own level is not yet learnt warms up; one that never blinked is unconfirmed if seen."""
    face = canonical_cm()
    assert last(pixels(face), seconds=1.0).missing == "warm_up"
    assert last(pixels(face), seconds=1.0, alive=False).missing == "unconfirmed"
    assert last(pixels(turned(face, 50)), seconds=1.0, alive=False).missing == "turned"
