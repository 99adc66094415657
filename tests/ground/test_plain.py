"""Numbers and subjects as JSON has them."""

import math

import pytest

from edge.plain import finite, whom


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_not_measurable_is_null(value):
    """What is no finite number is None, rounded or not."""
    assert finite(value) is None
    assert finite(value, 4) is None


def test_digits():
    """A number keeps all its digits unless some are asked for, and is a float either way."""
    assert finite(1 / 3) == 1 / 3
    assert finite(1 / 3, 4) == 0.3333
    assert isinstance(finite(5), float)


@pytest.mark.parametrize(
    ("subject", "named"), [((), {"room": True}), ((7,), {"person": 7}), ((3, 7), {"pair": [3, 7]})]
)
def test_whom(subject, named):
    """A subject of none is the room, of one a person, of two a pair."""
    assert whom(subject) == named
