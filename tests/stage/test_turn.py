"""Heads that turn away: what hides what, and where the truth says the features are."""

import numpy as np
import pytest

from edge._native.turn import seen
from edge.config.sections import FacesSection, TfliteSection
from edge.faces import FaceTracker
from edge.mesh import FaceMesh
from edge.stage import Stage

NEAR = {1: {"mouth_right": 61, "canthus_right": 33}, -1: {"mouth_left": 291, "canthus_left": 263}}
FRONT = {"nose_base": 2, "lip_inner_lower": 14, "brow_inner_right": 55}


def _oracle(moved, depth, out_shape, per_cell=40):
    """Brute force: strew points over every cell of the relief, keep the nearest one at each node."""
    source = np.full((*out_shape, 2), np.nan)
    near = np.full(out_shape, -np.inf)
    rows, cols = depth.shape
    for j in range(rows - 1):
        for i in range(cols - 1):
            for v in (np.arange(per_cell) + 0.5) / per_cell:
                for u in (np.arange(per_cell) + 0.5) / per_cell:
                    a, b, c = (
                        ((j, i), (j, i + 1), (j + 1, i))
                        if u + v < 1
                        else ((j + 1, i + 1), (j + 1, i), (j, i + 1))
                    )
                    p, q = (u, v) if u + v < 1 else (1 - u, 1 - v)
                    weights = np.array([1 - p - q, p, q])
                    x, y = weights @ np.array([moved[a], moved[b], moved[c]])
                    z = weights @ np.array([depth[a], depth[b], depth[c]])
                    edge = np.array([moved[b] - moved[a], moved[c] - moved[a]])
                    column, row = round(x), round(y)
                    if np.hypot(x - column, y - row) > 0.05 or np.linalg.det(edge) <= 0:
                        continue
                    if 0 <= row < out_shape[0] and 0 <= column < out_shape[1] and z > near[row, column] + 0.2:
                        near[row, column] = z
                        source[row, column] = i + u - column, j + v - row
    return source


def test_the_nearer_part_of_a_folded_relief_is_seen():
    """On a relief that folds over itself every node shows what a brute force search finds nearest."""
    rows, cols, step = 7, 14, 3.0
    x, y = np.meshgrid(np.arange(cols, dtype=float), np.arange(rows, dtype=float))
    depth = 4.0 * np.exp(-0.5 * ((x - 6) / 1.5) ** 2)
    moved = np.stack([0.6 * x + 0.8 * depth, y], -1)
    turned = 0.6 * depth - 0.8 * x
    out, near = np.zeros((rows, cols, 2), np.float32), np.zeros((rows, cols), np.float32)
    seen(moved.astype(np.float32), turned.astype(np.float32), out, near, step)
    expected = _oracle(moved, turned, (rows, cols))
    found = np.isfinite(expected[..., 0]) & np.isfinite(out[..., 0])
    assert found.sum() >= max(30, 0.85 * np.isfinite(expected[..., 0]).sum())  # the rest: the relief's border
    assert np.isnan(out[:, -1]).all()  # nothing of the relief lies there
    np.testing.assert_allclose(out[found] / step, expected[found], atol=0.15)


def _scene(yaw_deg, pitch_deg=0.0, seconds=1.0):
    turns = f"turns: [{{at_s: 0, yaw_deg: {yaw_deg}, pitch_deg: {pitch_deg}, move_s: 0.1}}]"
    people = "\n".join(
        f"  - {{portrait: {name}, position: [{x}, 0.42], canthus_px: 100, {turns}}}"
        for name, x in (("astronaut", 0.27), ("hopper", 0.73))
    )
    return f"size_px: [960, 540]\nseconds: {seconds}\nseed: 3\nnoise_sd: 2\npeople:\n{people}\n"


def _landmarks(stage):
    """Mesh of each person, left first, on the last frame."""
    tracker = FaceTracker(FacesSection(), TfliteSection(), seed=1)
    mesh = FaceMesh(FacesSection(), TfliteSection())
    for frame in stage:
        meshes = tracker.observe(mesh.update(frame, tracker.update(frame)))
    return sorted(meshes, key=lambda one: one.box_px[0])


@pytest.mark.slow
@pytest.mark.parametrize("yaw_deg", [-50, -35, 35, 50])
def test_the_mesh_finds_the_features_of_a_turned_head_where_the_truth_has_them(portraits, yaw_deg):
    """The product's mesh lays the near corners of mouth and eye within a tenth of the canthus distance."""
    stage = Stage(_scene(yaw_deg), portraits=portraits)
    for motion, amplitude, mesh in zip(stage.motions, stage.truth.amplitude, _landmarks(stage), strict=True):
        for name, landmark in (NEAR[1 if yaw_deg > 0 else -1] | FRONT).items():
            expected = motion.points_px(name, amplitude.T)[-1]
            apart = np.hypot(*(mesh.points_px[landmark, :2] - expected)) / 100.0
            assert apart < 0.1, name


def test_the_far_side_of_the_face_is_hidden_and_the_background_free(portraits):
    """At 60 degrees the face covers less of the picture than at rest, and the truth's box shrinks with it."""
    still, turned = (Stage(_scene(yaw), portraits=portraits) for yaw in (0, 60))
    width = [float(one.geometry.box_px[0, -1, 2]) for one in (still, turned)]
    assert 0.5 < width[1] / width[0] < 0.9
    canthi = [float(one.geometry.canthus_px[0, -1]) for one in (still, turned)]
    assert canthi[1] == pytest.approx(np.cos(np.deg2rad(60)) * canthi[0], rel=0.15)


def test_turns_follow_each_other(portraits):
    """A head turns where the script says, holds the pose, and comes back; sway goes on around it."""
    text = _scene(0, seconds=3.0).replace(
        "turns: [{at_s: 0, yaw_deg: 0, pitch_deg: 0.0, move_s: 0.1}]",
        "sway: {yaw_deg: 0, pitch_deg: 0}, "
        "turns: [{at_s: 0.5, yaw_deg: 40, pitch_deg: -10, move_s: 0.5}, {at_s: 2}]",
    )
    stage = Stage(text, portraits=portraits)
    yaw_deg, pitch_deg = (
        np.degrees(angle) for angle in (stage.motions[0].head.yaw_rad, stage.motions[0].head.pitch_rad)
    )
    assert yaw_deg[[0, 15, 30, 59]] == pytest.approx([0, 0, 40, 40], abs=1e-6)
    assert yaw_deg[22] == pytest.approx(20, abs=3)
    assert yaw_deg[-1] == pytest.approx(0, abs=1e-6)
    assert pitch_deg[40] == pytest.approx(-10, abs=1e-6)
