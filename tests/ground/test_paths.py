"""One rule for the models folder, for every module."""

import pytest

from edge.paths import models_folder
from edge.tflite.manifest import MANIFEST, PINNED


def fill(folder):
    """Make a folder that has everything a fetch brings."""
    for name in (MANIFEST, *PINNED):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "portraits").mkdir()


@pytest.fixture
def places(tmp_path):
    """Return the arguments of `models_folder` and the two folders it may choose from."""
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    state = tmp_path / "state"
    state.mkdir()
    return {"environ": environ, "state": state}, state / "models", tmp_path / "cache/mimicry-edge/models"


def test_named_folders_win(places):
    """The configured folder wins over the environment's, that over complete ones."""
    where, service, own = places
    fill(service)
    fill(own)
    where["environ"]["MIMICRY_MODELS"] = "/environment"
    assert models_folder(**where).as_posix() == "/environment"
    assert models_folder("/configured", **where).as_posix() == "/configured"


def test_a_complete_folder_wins(places):
    """The service's complete folder wins over the user's, a complete user's over an empty service's."""
    where, service, own = places
    fill(own)
    assert models_folder(**where) == own
    fill(service)
    assert models_folder(**where) == service


@pytest.mark.parametrize("missing", [MANIFEST, *PINNED, "portraits"])
def test_an_incomplete_folder_hides_nothing(places, missing):
    """Whatever the service's folder lacks, the user's complete one is used."""
    where, service, own = places
    fill(service)
    fill(own)
    (service / missing).rename(service / "elsewhere")
    assert models_folder(**where) == own


def test_without_models(places):
    """They are to be fetched into the service's state where that exists, otherwise into the user's cache."""
    where, service, own = places
    assert models_folder(**where) == service
    where["state"].rmdir()
    assert models_folder(**where) == own


@pytest.mark.parametrize("environ", [{}, {"XDG_CACHE_HOME": ""}])
def test_the_cache_without_a_variable(tmp_path, environ):
    """An empty or missing variable means `~/.cache`."""
    folder = models_folder(environ=environ, state=tmp_path / "none")
    assert folder.parts[-3:] == (".cache", "mimicry-edge", "models")
