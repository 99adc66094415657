"""The faces of a frame are read side by side: the same numbers whoever reads them, nobody waited for."""

import gc
import threading
import weakref

import numpy as np
import pytest

from edge.camera.video import VideoFile
from edge.config import Config
from edge.config.sections import FacesSection, TfliteSection
from edge.errors import ModelError
from edge.mesh import FaceMesh
from edge.pipeline.sight import Sight
from edge.records import Face, Frame
from edge.tflite import load
from edge.tflite.crew import Crew, Quickest
from edge.tflite.known import MESH
from tests.publish.broker import until


@pytest.fixture(scope="module")
def model():
    """Load the mesh on one thread."""
    try:
        return load(TfliteSection(threads=1), MESH)
    except ModelError as error:
        pytest.skip(str(error))


def helpers():
    """Threads of crews that are alive."""
    return {thread for thread in threading.enumerate() if thread.name == "model"}


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_landmarks_do_not_depend_on_the_number_of_cores(model, n):
    """One to four cores give the very same landmarks and presence, in the order of the faces."""
    rng = np.random.default_rng(n)
    frame = Frame(t_ns=0, index=0, image=rng.integers(0, 256, (90, 160, 3), np.uint8))
    crops = rng.uniform((20, 20, 30, -1), (140, 70, 90, 1), (n, 4)).tolist()
    faces = [
        Face(t_ns=0, index=0, person=k, box_px=(0, 0, 1, 1), crop_px=tuple(crop))
        for k, crop in enumerate(crops)
    ]
    section = FacesSection(min_presence=0.05)
    found = []
    for cores in (1, 2, 3, 4):
        mesh = FaceMesh(section, TfliteSection(threads=cores))
        found.append([mesh.everything(frame, faces) for _ in range(3)])
    first = found[0][0]
    assert [one.person for one in first] == list(range(n))
    for meshes in (one for passes in found for one in passes):
        for a, b in zip(meshes, first, strict=True):
            assert (a.person, a.presence, a.box_px) == (b.person, b.presence, b.box_px)
            np.testing.assert_array_equal(a.points_px, b.points_px)


def test_signals_of_a_meeting_do_not_depend_on_the_number_of_cores(model, data):
    """Four people at a table: the same numbers on one core and on three, to the last bit."""
    seen = []
    for cores in (1, 3):
        sight, rows = Sight(Config(tflite=TfliteSection(threads=cores)), seed=1), []
        with VideoFile(data / "conversation/four-people.mp4") as video:
            for frame, _ in zip(video, range(40), strict=False):
                rows += [(one.person, one.raw.tobytes()) for one in sight.see(frame)[1]]
        seen.append(rows)
    assert len({person for person, _ in seen[0]}) == 4
    assert seen[0] == seen[1]


def test_a_helper_kept_off_its_core_is_not_waited_for(model):
    """The caller does the item of a helper that does not come back; the late result changes nothing later."""
    crew, away, taken = Crew([model, model.twin(threads=1)]), threading.Event(), threading.Event()
    caller = threading.get_ident()

    def work(_model, item):
        if threading.get_ident() != caller:
            taken.set()
            assert away.wait(30)
        elif item == 0:
            assert taken.wait(30)
        return 2 * item

    assert crew.map(work, [0, 1, 2]) == [0, 2, 4]
    assert crew.map(lambda _model, item: 3 * item, [1, 2]) == [3, 6]
    away.set()
    crew.wipe()


def test_an_error_of_a_helper_reaches_the_caller(model):
    """What one item raises is raised, whichever thread worked on it; the crew goes on working."""
    crew = Crew([model, model.twin(threads=1)])

    def fail(_model, item):
        if item == 1:
            raise ModelError("expected 0, got 1")
        return item

    with pytest.raises(ModelError, match="got 1"):
        crew.map(fail, [0, 1])
    assert crew.map(lambda _model, item: item, [5, 6]) == [5, 6]


def test_a_mute_empties_every_instance_and_waits_for_work(model):
    """After `wipe` no instance holds a picture, not even one that was still at work when it began."""
    models = [model.twin(threads=1) for _ in range(3)]
    crew, gate, at_work = Crew(models), threading.Event(), threading.Barrier(3, timeout=30)

    def work(own, _item):
        if not own.input.any():
            at_work.wait()
        own.input.fill(1)
        if own is not models[0]:
            assert gate.wait(30)

    crew.map(work, range(3))
    threading.Timer(0.05, gate.set).start()
    crew.wipe()
    assert not any(one.input.any() for one in models)


def test_nothing_of_a_frame_is_kept(model):
    """Between two frames no thread holds the last one."""

    class Item:
        pass

    crew, items = Crew([model, model.twin(threads=1)]), [Item() for _ in range(6)]
    alive = [weakref.ref(item) for item in items]
    crew.map(lambda _model, _item: 0, tuple(items))
    items.clear()
    until(lambda: not gc.collect() and not any(one() for one in alive), 10)


def test_threads_end_with_the_crew(model):
    """A crew that is dropped takes its threads with it."""
    before = helpers()
    crew = Crew([model, model.twin(threads=1), model.twin(threads=1)])
    mine = helpers() - before
    assert len(mine) == 2
    del crew
    gc.collect()
    for thread in mine:
        thread.join(30)
        assert not thread.is_alive()


def test_the_quicker_instance_works(model):
    """The instance that takes less time does nearly all the work, until it becomes slow."""
    clock = [0.0]
    models, took_s, used = [model, model.twin(threads=1)], [1.0, 2.0], []

    def work(own, item):
        used.append(models.index(own))
        clock[0] += took_s[used[-1]]
        return item

    quickest = Quickest(models, lambda: clock[0])
    assert [quickest.run(work, item) for item in range(200)] == list(range(200))
    assert used[:2] == [0, 1]
    assert used[2:].count(0) > 190
    took_s[0] = 9.0
    for item in range(200):
        quickest.run(work, item)
    assert used[-150:].count(1) > 140


def test_a_burst_does_not_take_the_work_from_the_quicker(model):
    """A few slow runs change nothing, and what is quicker beside a search is judged apart."""
    clock = [0.0]
    models, used = [model, model.twin(threads=1)], []
    took_s = {False: [2.0, 1.0], True: [2.0, 3.0]}

    def work(own, beside):
        used.append(models.index(own))
        clock[0] += 9.0 if 100 <= len(used) < 106 else took_s[beside][used[-1]]
        return used[-1]

    quickest = Quickest(models, lambda: clock[0])
    apart = [(beside, quickest.run(work, beside, beside=beside)) for beside in [False, False, True] * 100]
    assert sum(at == 1 for beside, at in apart if not beside) > 190
    assert sum(at == 0 for beside, at in apart if beside) > 95
