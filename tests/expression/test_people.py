"""Meshes in, expressions out: gates, pose, honesty about pixels."""

import numpy as np
import pytest

from edge.config.sections import ExpressionSection
from edge.expression import CHANNELS, INDEX, Expressions
from edge.records import Mesh
from tests.expression.faces import CORNERS, bump, canonical_cm, moved, pixels, turned

NS = 1_000_000_000
SIZE = (640, 480)


def mesh(points_px, t_ns, person=1, presence=1.0):
    """Wrap landmarks as `mesh` does."""
    return Mesh(
        t_ns=t_ns,
        index=t_ns * 30 // NS,
        person=person,
        points_px=points_px,
        presence=presence,
        box_px=(0.0, 0.0, 1.0, 1.0),
    )


def measure(frames, section=None, rate_hz=30):
    """Run `Expressions` over landmarks in px; return the expressions."""
    people = Expressions(section or ExpressionSection())
    return [people.update([mesh(points, i * NS // rate_hz)], SIZE)[0] for i, points in enumerate(frames)]


def known(expression):
    """Name the channels that have a value."""
    return {name for name, value in zip(CHANNELS, expression.raw, strict=True) if np.isfinite(value)}


LEFT = {
    (0, 0): set(CHANNELS),
    (33, 0): {"AU10", "AU12", "AU18", "AU24", "AU25", "AU26", "AU45"},
    (-43, 0): {"AU10", "AU12", "AU25", "AU26"},
    (50, 0): {"AU25", "AU26"},
    (57, 0): set(),
    (0, 25): {"AU12", "AU26"},
    (-33, -25): {"AU12", "AU26"},
    (0, -35): set(),
}


@pytest.mark.parametrize(("turn", "left"), LEFT.items())
def test_each_channel_has_its_own_limits(turn, left):
    """A head that turns loses its brows first, then the lids, the lips and the corners of the mouth."""
    face = canonical_cm()
    last = measure([*[pixels(face)] * 40, pixels(turned(face, *turn))])[-1]
    assert known(last) == left
    assert np.degrees(last.pose_rad[:2]) == pytest.approx(turn, abs=1)


def test_the_configured_angles_are_caps():
    """A configured angle lowers the limits of all channels and raises none."""
    face = canonical_cm()
    frames = [*[pixels(face)] * 40, pixels(turned(face, 33)), pixels(turned(face, 0, 15))]
    turned_33, up_15 = measure(frames, ExpressionSection(max_yaw_deg=32, max_pitch_deg=14))[-2:]
    assert known(turned_33) == known(up_15) == set()
    wide = measure(frames, ExpressionSection(max_yaw_deg=60, max_pitch_deg=60))[-2]
    assert known(wide) == LEFT[33, 0]


@pytest.mark.parametrize(("canthus_px", "seen"), [(34, False), (36, True)])
def test_below_35_px_no_channel(canthus_px, seen):
    """Faces with fewer than 35 px between the canthi have a pose and no channel."""
    last = measure([pixels(canonical_cm(), canthus_px / 8.89)] * 40)[-1]
    assert last.canthus_px == pytest.approx(canthus_px, rel=0.01)
    assert np.isfinite(last.raw).all() == seen
    assert np.isfinite(last.pose_rad).all()


def test_a_smile_is_a_smile_in_every_pose():
    """A planted smile has the same height in AU12, within a tenth, at yaw 0, 15 and -20 and pitch 10."""
    face = canonical_cm()
    frames = [pixels(turned(face, yaw, 0)) for yaw in np.linspace(-5, 5, 60)]
    heights = []
    for yaw, pitch in ((0, 0), (15, 0), (-20, 0), (0, 10)):
        pair = [pixels(turned(moved(face, CORNERS, cm), yaw, pitch)) for cm in (0.0, 0.3)]
        neutral, smiling = measure(frames + pair)[-2:]
        heights.append((smiling.raw - neutral.raw)[INDEX["AU12"]])
    assert heights == pytest.approx([0.6] * 4, rel=0.1)


def test_a_nod_that_comes_with_a_smile_does_not_eat_it():
    """Two minutes of nodding by 8 degrees in time with smiles leave AU12 three quarters of their height."""
    face = canonical_cm()
    t_s = np.arange(120 * 15) / 15
    together = bump(t_s % 4, 0.5, 2.0)
    frames = [pixels(turned(moved(face, CORNERS, 0.4 * height), 0, 8 * height)) for height in together]
    raw = np.array([expression.raw for expression in measure(frames, rate_hz=15)])[:, INDEX["AU12"]]
    late = t_s > 100
    assert np.ptp(raw[late]) > 0.75 * 0.8


def test_a_personal_pose_leak_is_learnt():
    """A feature that moves with the head, as a mesh of wrong depth does, calms to a quarter in 2 min."""
    face = canonical_cm()
    t_s = np.arange(120 * 15) / 15
    pitch = 8 * np.sin(2 * np.pi * 0.2 * t_s)
    brows = dict.fromkeys((46, 70, 276, 300), (0.0, 1.0, 0.0))
    frames = [pixels(turned(moved(face, brows, -0.008 * p), 0, p)) for p in pitch]
    raw = np.array([expression.raw for expression in measure(frames, rate_hz=15)])[:, INDEX["AU02"]]
    assert np.ptp(raw[t_s > 110]) < 0.25 * 0.008 * 16


def test_low_presence_is_not_measurable():
    """A crop that hardly holds a face gives no channel."""
    people = Expressions(ExpressionSection())
    found = people.update([mesh(pixels(canonical_cm()), 0, presence=0.3)], SIZE)
    assert np.isnan(found[0].raw).all()


def test_blink_is_relative_to_the_persons_own_eye():
    """AU45 is 0 at the person's own median opening, whatever that is, and above 0.4 when the lids meet."""
    face = canonical_cm()
    for upper, lower in ((160, 144), (158, 153), (387, 373), (385, 380)):
        middle = (face[upper] + face[lower]) / 2
        face[upper], face[lower] = 0.6 * face[upper] + 0.4 * middle, 0.6 * face[lower] + 0.4 * middle
    shut = face.copy()
    for upper, lower in ((160, 144), (158, 153), (387, 373), (385, 380)):
        shut[upper] = shut[lower]
    found = measure([pixels(face)] * 60 + [pixels(shut)])
    assert found[-2].raw[INDEX["AU45"]] == pytest.approx(0, abs=1e-3)
    assert found[-1].raw[INDEX["AU45"]] > 0.9


def test_everybody_gets_one_expression_in_order():
    """Several meshes of a frame give as many expressions, in their order, and arrays nobody can write to."""
    people = Expressions(ExpressionSection())
    points = pixels(canonical_cm())
    found = people.update([mesh(points, 0, person) for person in (7, 3, 5)], SIZE)
    assert [expression.person for expression in found] == [7, 3, 5]
    assert not any(expression.raw.flags.writeable or expression.x.flags.writeable for expression in found)
    assert len(found[0].raw) == len(CHANNELS)
    assert points.flags.writeable


def test_degenerate_landmarks_stop_nothing():
    """Landmarks that are all one point, or NaN, give NaN channels and no exception."""
    for points in (np.zeros((468, 3), np.float32), np.full((468, 3), np.nan, np.float32)):
        found = measure([pixels(canonical_cm())] * 3 + [points, pixels(canonical_cm())])
        assert np.isnan(found[3].raw).all()
        assert np.isfinite(found[4].raw[INDEX["AU12"]])
