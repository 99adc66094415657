"""Pictures: deterministic, moved by exactly what the truth says, to a fraction of a pixel."""

import numpy as np
import pytest

from edge.stage import CHANNELS, Stage

CHANNEL_POINT = {"AU12": "mouth_right", "AU01": "brow_inner_right", "AU26": "chin"}
EDGE_PX = 6.0  # width of a painted ramp: its half level moves as the point does, whatever the stretch


def test_same_seed_same_pixels(portraits, scene, moving):
    """Two stages render identical frames in any order; another seed renders another sway."""
    text = scene([(0, "AU12", 0.3, 1.0)], sway=moving).replace("noise_sd: 0", "noise_sd: 3")
    first, again = Stage(text, portraits=portraits), Stage(text, portraits=portraits)
    other = Stage(text.replace("seed: 4", "seed: 5"), portraits=portraits)
    late = again.image(20)
    np.testing.assert_array_equal(first.image(3), again.image(3))
    np.testing.assert_array_equal(first.image(20), late)
    assert (first.image(3) != other.image(3)).any()


def test_frames_carry_virtual_sensor_time(portraits, scene):
    """Iteration delivers every frame once, read-only, at index / rate."""
    with Stage(scene([]), portraits=portraits) as stage:
        frames = list(stage)
    assert [frame.index for frame in frames] == list(range(60))
    assert [frame.t_ns for frame in frames] == [round(i / 30 * 1e9) for i in range(60)]
    assert not frames[0].image.flags.writeable
    assert frames[0].image.shape == (360, 640, 3)


def test_close_ends_the_scene(portraits, scene):
    """After `close` the iteration ends and closing again is allowed."""
    stage = Stage(scene([]), portraits=portraits)
    count = 0
    for _ in stage:
        count += 1
        if count == 5:
            stage.close()
    stage.close()
    assert count == 5


def _edges(stage, number, name):
    """Paint two soft edges that cross at a control point, one in red and one in green, and the rest black."""
    figure, motion = stage.figures[number], stage.motions[number]
    figure.rest = np.zeros(len(CHANNELS))
    motion.layout.rest[:] = 0.0
    at = motion.layout.face.to_px(motion.layout.face.points[name])
    x, y = np.meshgrid(*(np.arange(n) + 0.5 for n in reversed(figure.lanes.shape)))
    red, green = (
        np.rint(255 * np.clip((c - c0) / EDGE_PX + 0.5, 0, 1)).astype(np.uint64)
        for c, c0 in ((x, at[0]), (y, at[1]))
    )
    figure.lanes = red | green << np.uint64(16) | np.uint64(255) << np.uint64(48)


def _crossing(values, near):
    """Where a rising profile at pixel centres passes half of 255, linearly interpolated, px."""
    first = int(near) - 4
    profile = values[first : first + 9].astype(float)
    return float(np.interp(127.5, profile, first + 0.5 + np.arange(9)))


def _found(frame, near):
    """Sub-pixel position of the crossing edges near a point, px."""
    column, row = near - 0.5
    j, i = int(row), int(column)
    rows = frame[j, :, 0] * (j + 1 - row) + frame[j + 1, :, 0] * (row - j)
    columns = frame[:, i, 1] * (i + 1 - column) + frame[:, i + 1, 1] * (column - i)
    return np.array([_crossing(rows, near[0]), _crossing(columns, near[1])])


@pytest.mark.parametrize("channel", CHANNEL_POINT)
@pytest.mark.parametrize("still", [True, False], ids=["still", "swaying"])
def test_texture_moves_by_the_planted_sub_pixel_amount(portraits, scene, moving, channel, still):
    """Edges painted at a control point lie where the truth's geometry says, within 2 % of the shift."""
    name = CHANNEL_POINT[channel]
    events = [(0, channel, 0.2, 0.15), (0, channel, 1.1, 0.9)]
    stage = Stage(scene(events) if still else scene(events, sway=moving), portraits=portraits)
    _edges(stage, 0, name)
    expected = stage.motions[0].points_px(name, stage.truth.amplitude[0].T)
    for index in (0, 8, 11, 15, 36, 39, 45):
        frame = np.zeros((360, 640, 3), np.uint8)
        stage.paint(frame, index)
        moved_px = np.abs(expected[index] - expected[0]).max()
        error_px = np.abs(_found(frame, expected[index]) - expected[index]).max()
        assert error_px < 0.03 + 0.02 * moved_px


def test_unit_of_the_truth_is_the_shift_of_the_control_point(portraits, scene):
    """At amplitude a, the mouth corner is a times the truth's unit away from rest, in canthus distances."""
    stage = Stage(scene([(0, "AU12", 0.2, 0.5)]), portraits=portraits)
    corner = stage.motions[0].points_px("mouth_right", stage.truth.amplitude[0].T)
    moved = np.hypot(*(corner - corner[0]).T) / stage.motions[0].layout.face.canthus_px
    amplitude = stage.truth.channel(0, "AU12")
    np.testing.assert_allclose(moved, amplitude * stage.geometry.unit[0]["AU12"], atol=1e-9)
    assert amplitude.max() == pytest.approx(0.5)


def test_only_the_moving_part_of_the_picture_changes(portraits, scene):
    """A blink changes the eyes of that person and not one pixel of the mouth or of the other person."""
    stage = Stage(scene([(0, "AU45", 0.2, 1.0)]), portraits=portraits)
    rest, closed = stage.image(0).astype(int), stage.image(15).astype(int)
    changed = np.abs(rest - closed).max(axis=2) > 0
    x, y, width, height = stage.geometry.box_px[0, 0].astype(int)
    assert changed[y : y + height // 2, x : x + width].sum() > 50
    assert not changed[y + height * 6 // 10 :].any()
    assert not changed[:, 330:].any()


def test_people_come_and_go(portraits, scene):
    """Before entering, after leaving and while outside the frame a person has no box and no pixels."""
    text = scene([]).replace("position: [0.27", "enter_s: 0.5, leave_s: 5.5, position: [0.27")
    text = text.replace("seconds: 2", "seconds: 6")
    stage = Stage(text, portraits=portraits)
    box_px = stage.geometry.box_px[0]
    empty = Stage(text.replace("enter_s: 0.5, leave_s: 5.5", "enter_s: 50"), portraits=portraits)
    assert np.isnan(box_px[:15]).all()
    assert np.isnan(box_px[165:]).all()
    assert np.isfinite(box_px[52:128]).all()
    np.testing.assert_array_equal(stage.image(5)[:, :300], empty.image(5)[:, :300])
    assert (stage.image(60)[:, :300] != empty.image(60)[:, :300]).any()


def test_a_hand_covers_the_face_while_it_crosses(portraits, scene):
    """The middle of the face is covered at the middle of the occlusion and free before and after."""
    text = scene([]).replace("canthus_px: 64", "canthus_px: 64, occlusions: [{at_s: 0.5, seconds: 1.0}]")
    covered, free = Stage(text, portraits=portraits), Stage(scene([]), portraits=portraits)
    x, y, width, height = covered.geometry.box_px[0, 0]
    column, row = int(x + width / 2), int(y + 0.6 * height)
    np.testing.assert_array_equal(covered.image(10), free.image(10))
    assert np.abs(covered.image(30)[row, column].astype(int) - free.image(30)[row, column]).max() > 10
    assert covered.truth.occluded[0].sum() == 30


def test_flicker_and_noise_are_what_was_asked_for(portraits, scene):
    """The mean brightness swings by the planted depth, the difference of two frames has the planted noise."""
    text = scene([]).replace("noise_sd: 0", "noise_sd: 4\nflicker: {depth: 0.1, hz: 1}")
    stage, plain = Stage(text, portraits=portraits), Stage(scene([]), portraits=portraits)
    grey = plain.image(0)[200:280, 300:340].astype(float)
    series = np.array([stage.image(i)[200:280, 300:340].mean() for i in (0, 7, 15, 22)]) / grey.mean()
    np.testing.assert_allclose(series, [1, 1.1, 1, 0.9], atol=0.01)
    spread = (stage.image(0)[200:280, 300:340] - grey).std()
    assert spread == pytest.approx(4, rel=0.1)
