"""How far eyes are closed, against the person's own open eye."""

import numpy as np
import pytest

from edge.config.sections import ExpressionSection
from edge.expression import Expressions
from edge.expression.eyes import Eyes
from tests.expression.faces import canonical_cm, pixels, turned
from tests.expression.test_people import NS, SIZE, mesh


def test_closed_is_measured_from_the_median():
    """From the third ratio on, closure is the share that lacks to the median of what was seen."""
    eyes = Eyes(1)
    seen = [float(eyes.closure(np.array([ear]), k * NS)[0]) for k, ear in enumerate((0.3, 0.9, 0.3, 0.15))]
    assert np.isnan(seen[:2]).all()
    assert seen[2:] == pytest.approx([0.0, 0.5])


def test_each_eye_is_read_where_the_view_shows_it():
    """A face that is turned, looks down or is too small has no closure of its eyes."""
    face = canonical_cm()
    views = [pixels(turned(face, 50)), pixels(turned(face, 0, 35)), pixels(face, 30 / 8.89)]
    people = Expressions(ExpressionSection())
    frames = [pixels(face)] * 40 + views + [pixels(turned(face, 40))]
    found = [people.update([mesh(one, k * NS // 30)], SIZE)[0].closure for k, one in enumerate(frames)]
    assert found[39] == pytest.approx((0.0, 0.0), abs=0.01)
    assert np.isnan(found[40:43]).all()
    assert np.isfinite(found[43]).all()
