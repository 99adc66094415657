"""Models, recordings and one run of the face path for the vision tests."""

import shutil
import subprocess
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest

from edge.camera.video import VideoFile
from edge.config.sections import FacesSection, TfliteSection
from edge.faces import FaceTracker
from edge.mesh import FaceMesh
from edge.models import fetch
from edge.records import Frame
from edge.tflite import manifest

DATA = Path(__file__).parents[3] / "shared" / "data"
STEP_NS = 33_333_333


@pytest.fixture(scope="session")
def data():
    """Give the recordings' folder."""
    if not DATA.is_dir():
        pytest.skip("needs the recordings of ../shared/data")
    return DATA


@pytest.fixture(scope="session")
def models():
    """Fetch the models once."""
    folder = manifest.folder()
    fetch(folder)
    return folder


@pytest.fixture(scope="session")
def built(models, tmp_path_factory):
    """Give a models folder with every variant built and measured on one film; needs ai-edge-litert."""
    from edge.tuning import variants, yardstick  # noqa: PLC0415 - not everywhere can variants be made

    folder = tmp_path_factory.mktemp("built") / "models"
    for part in ("float", "portraits"):
        shutil.copytree(models / part, folder / part)
    shutil.copy(models / manifest.MANIFEST, folder)
    film = yardstick.film(folder)
    figures = {variant: variants.build(folder, variant, film) for variant in variants.NOISE_MAX}
    return SimpleNamespace(folder=folder, figures=figures, film=film)


@pytest.fixture(scope="session")
def delegate(tmp_path_factory):
    """Build a real external delegate, compiled from its C interface."""
    library = tmp_path_factory.mktemp("delegate") / "halves.so"
    source = Path(__file__).with_name("delegate.c")
    subprocess.run(["gcc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


class FacePath:
    """Frames to confirmed meshes, as the pipeline wires it."""

    def __init__(self, section=None, tflite=None, seed=1):
        section, tflite = section or FacesSection(), tflite or TfliteSection()
        self.faces = FaceTracker(section, tflite, seed)
        self.mesh = FaceMesh(section, tflite)

    def __call__(self, frame):
        """Return one frame's confirmed meshes."""
        return self.faces.observe(self.mesh.update(frame, self.faces.update(frame)))


@pytest.fixture
def face_path(models):
    """Give a fresh face path with default sections."""
    return FacePath()


@pytest.fixture
def people(models, data):
    """Give a function: recording -> frames in which each person was seen, by person number."""

    def follow(name, **section):
        path, seen = FacePath(FacesSection(**section)), defaultdict(dict)
        with VideoFile(data / name) as video:
            for frame in video:
                for mesh in path(frame):
                    seen[mesh.person][frame.index] = mesh
        return frame.index + 1, dict(seen)

    return follow


@pytest.fixture
def frames_of():
    """Give a function: the same picture n times from a time on, a frame interval apart."""

    def repeat(image, n, t_ns=0):
        return [Frame(t_ns=t_ns + i * STEP_NS, index=i, image=image) for i in range(n)]

    return repeat


@pytest.fixture
def show(models, frames_of):
    """Give a function: a picture shown n times to a fresh face path -> the meshes of each time."""

    def showing(image, n, seed=1, **section):
        path = FacePath(FacesSection(**section), seed=seed)
        return [path(frame) for frame in frames_of(image, n)]

    return showing
