"""The channel table against its definition."""

import numpy as np
import pytest

from edge.expression import CHANNELS, INDEX, TABLE, TIERS
from edge.expression.features import eye_aspect, features, outside
from tests.expression.faces import CORNERS, canonical_cm, moved, pixels

EXPECTED = tuple(
    f"AU{number:02}" for number in (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 18, 20, 23, 24, 25, 26, 45)
)


def distance(points, a, b):
    """Return the distance of two landmarks."""
    return float(np.linalg.norm(points[a] - points[b]))


def test_channels_are_the_contract():
    """Names and order are those of the signals table, and the table has one channel each."""
    assert EXPECTED == CHANNELS
    assert tuple(channel.name for channel in TABLE) == CHANNELS


def test_tiers():
    """Tier C is exported and feeds nothing: exactly the channels the geometry cannot carry."""
    assert {name for name, tier in TIERS.items() if tier == "C"} == {
        *("AU06", "AU09", "AU14", "AU15", "AU17", "AU20", "AU23")
    }


def test_values_of_the_canonical_face():
    """Features of the canonical face are what the formulas say, computed here by hand."""
    p = canonical_cm()
    found = dict(zip(CHANNELS, features(p), strict=True))
    width, opening = distance(p, 61, 291), distance(p, 13, 14)
    elevation = (p[61, 1] + p[291, 1]) / 2 - (p[13, 1] + p[14, 1]) / 2
    brow = p[[55, 107, 285, 336], 1].mean() - p[[195, 197], 1].mean()
    gap = float(np.linalg.norm(p[[55, 107]].mean(axis=0) - p[[285, 336]].mean(axis=0)))
    lips = distance(p, 0, 13) + distance(p, 14, 17)
    assert found["AU12"] == pytest.approx(width + 1.5 * elevation)
    assert found["AU25"] == pytest.approx(opening)
    assert found["AU26"] == pytest.approx(distance(p, 2, 152))
    assert found["AU01"] == pytest.approx(brow)
    assert found["AU04"] == pytest.approx(-brow - 0.5 * gap)
    assert found["AU24"] == pytest.approx(-lips - 2 * opening)
    assert np.isnan(found["AU45"])


def test_both_sides_count_alike():
    """A face mirrored left to right has the same features."""
    p = canonical_cm()
    twin = p * np.array([-1, 1, 1])
    order = [int(np.argmin(np.linalg.norm(twin - point, axis=1))) for point in p]
    np.testing.assert_allclose(features(twin[order]), features(p), atol=1e-6)


@pytest.mark.parametrize("yaw_deg", [-45, -20, 20, 45])
def test_a_turned_smile_is_read_on_the_near_side(yaw_deg):
    """In a turned head the near corner's rise counts for more than the far one's, together as in front."""
    p, yaw_rad = canonical_cm(), np.radians(yaw_deg)
    near, far = (61, 291) if yaw_deg > 0 else (291, 61)
    rest, apart = features(p, yaw_rad)[INDEX["AU12"]], distance(p, 61, 291)
    risen = [moved(p, {one: (0, 0.1, 0)}, 1.0) for one in (near, far)]
    rise = [features(one, yaw_rad)[INDEX["AU12"]] - rest for one in risen]
    heights = np.array(rise) - [distance(one, 61, 291) - apart for one in risen]
    share = 0.5 + 0.5 * _lean_of(abs(yaw_deg))
    assert heights == pytest.approx(0.15 * np.array([share, 1 - share]))
    assert share > 0.6
    others = [name for name in CHANNELS if name not in {"AU12", "AU45"}]
    columns = [INDEX[name] for name in others]
    np.testing.assert_array_equal(features(p, yaw_rad)[columns], features(p)[columns])


def _lean_of(yaw_deg):
    """By hand: both cheeks look 35 degrees sideways and are seen from a cosine of .25 on, squared."""
    near, far = (max(0, np.cos(np.radians(yaw_deg + side)) - 0.25) ** 2 for side in (-35, 35))
    return (near - far) / (near + far)


@pytest.mark.parametrize(
    ("name", "movement"),
    [
        ("AU12", CORNERS),
        ("AU01", dict.fromkeys((55, 107, 285, 336), (0, 1, 0))),
        ("AU02", dict.fromkeys((46, 70, 276, 300), (0, 1, 0))),
        ("AU04", dict.fromkeys((55, 107, 285, 336), (0, -1, 0))),
        ("AU05", dict.fromkeys((159, 158, 160, 386, 385, 387), (0, 1, 0))),
        ("AU07", dict.fromkeys((145, 144, 153, 374, 373, 380), (0, 1, 0))),
        ("AU10", dict.fromkeys((0, 37, 267), (0, 1, 0))),
        ("AU15", dict.fromkeys((61, 291), (0, -1, 0))),
        ("AU18", {61: (1, 0, 0), 291: (-1, 0, 0)}),
        ("AU25", {14: (0, -1, 0)}),
        ("AU26", {152: (0, -1, 0)}),
    ],
)
def test_features_rise_with_their_movement(name, movement):
    """Each feature rises when its own landmarks move the way the action unit does."""
    p = canonical_cm()
    change = features(moved(p, movement, 0.3)) - features(p)
    assert change[INDEX[name]] > 0.05


def test_eye_aspect_of_the_canonical_face():
    """The canonical open eye has EAR .231, and a closed one less."""
    p = canonical_cm()
    assert eye_aspect(p) == pytest.approx(0.231, abs=0.002)
    closed = p.copy()
    for upper, lower in ((160, 144), (158, 153), (387, 373), (385, 380)):
        closed[upper] = closed[lower]
    assert eye_aspect(closed) < 0.01


def test_channels_beyond_the_frame_are_not_measurable():
    """A chin below the lower edge takes the channels that use it, and no other."""
    points = pixels(canonical_cm())
    height = int(points[152, 1])
    hidden = outside(points, (640, height))
    assert {name for name, out in zip(CHANNELS, hidden, strict=True) if out} == {"AU17", "AU26"}
