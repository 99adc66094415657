"""Model files: fetched whole, known by hash, refused with a clear error otherwise."""

import json
import shutil
import sys
from importlib.util import find_spec

import pytest

import edge.models
from edge.config.sections import TfliteSection
from edge.errors import ModelError
from edge.mesh import SHAPES
from edge.models.fetch import sources
from edge.tflite import Model, Shapes, manifest

MESH = "float/face_landmark.tflite"


@pytest.fixture
def folder(models, tmp_path):
    """Give a private copy of the models folder."""
    shutil.copytree(models, tmp_path / "models")
    return tmp_path / "models"


def _load(folder, name="face_landmark", shapes=SHAPES):
    section = TfliteSection(models=str(folder))
    return Model(manifest.locate(section, name), section, shapes)


def test_fetch_again_downloads_nothing(folder, monkeypatch):
    """With every file in place fetch needs no network and changes no byte."""
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.*") if path.is_file()}
    assert edge.models.fetch(folder) == []
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.*") if path.is_file()} == before


def test_fetch_offline_names_what_is_missing(folder, monkeypatch):
    """Without a network a missing file is one clear error, and the files that are there stay."""
    (folder / "portraits/astronaut.png").unlink()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(ModelError, match="expected the wheel of scikit-image"):
        edge.models.fetch(folder)
    assert (folder / MESH).is_file()


def test_pins_are_the_sources():
    """The hashes the loader insists on are those of the table of sources."""
    table = {name: file["sha256"] for package in sources() for name, file in package["files"].items()}
    models = {name: digest for name, digest in table.items() if name.startswith("float/")}
    assert models == manifest.PINNED


def test_manifest_says_source_and_licence(folder):
    """Every file has a hash, a source and a licence on record, and is as recorded."""
    files = edge.models.listing(folder)
    assert len(files) >= 5
    assert all(file.sha256 and file.source and file.licence and not file.trouble for file in files)


def _spoil(path, how, other):
    data = path.read_bytes()
    contents = {
        "truncated": data[: len(data) // 2],
        "empty": b"",
        "tampered": data[:5000] + bytes([data[5000] ^ 1]) + data[5001:],
        "swapped": other.read_bytes(),
        "text": b"not a model\n" * 100,
    }
    path.write_bytes(contents[how])


@pytest.mark.parametrize("how", ["truncated", "empty", "tampered", "swapped", "text"])
def test_refuses_other_bytes(folder, how):
    """A file that is not the pinned one is refused with expected and got hash, before it is loaded."""
    _spoil(folder / MESH, how, folder / "float/face_detection_short_range.tflite")
    with pytest.raises(ModelError) as refusal:
        _load(folder)
    assert manifest.PINNED[MESH] in str(refusal.value)
    assert manifest.sha256(folder / MESH) in str(refusal.value)
    assert [file.name for file in edge.models.listing(folder) if file.trouble] == [MESH]


def test_refuses_a_manifest_that_talks_a_pin_away(folder):
    """Changing file and manifest together does not get another float model past the loader."""
    _spoil(folder / MESH, "tampered", folder / MESH)
    written = json.loads((folder / "manifest.json").read_text())
    written["files"][MESH]["sha256"] = manifest.sha256(folder / MESH)
    (folder / "manifest.json").write_text(json.dumps(written))
    with pytest.raises(ModelError, match=manifest.PINNED[MESH]):
        _load(folder)


def test_refuses_an_unknown_name(folder):
    """A model under a name the manifest does not know is refused with the fix."""
    (folder / MESH).rename(folder / "float/renamed.tflite")
    with pytest.raises(ModelError, match=r"float/renamed.tflite.*models fetch"):
        _load(folder, "renamed")
    with pytest.raises(ModelError, match=r"readable model file.*models fetch"):
        _load(folder)


def test_refuses_bytes_that_are_no_model(folder):
    """Bytes with a right hash that are no model come back as one error of the runtime, not a crash."""
    path = folder / "int8/face_landmark.tflite"
    path.parent.mkdir()
    path.write_bytes(b"TFL3" * 400)
    written = json.loads((folder / "manifest.json").read_text())
    written["files"]["int8/face_landmark.tflite"] = {"sha256": manifest.sha256(path)}
    (folder / "manifest.json").write_text(json.dumps(written))
    section = TfliteSection(models=str(folder))
    with pytest.raises(ModelError, match="expected a TFLite model"):
        Model(manifest.locate(section, "face_landmark", "int8"), section, SHAPES)


def test_refuses_other_shapes(folder):
    """A model of another shape is refused, naming both."""
    with pytest.raises(ModelError, match=r"expected shapes .*256.*got .*192"):
        _load(folder, shapes=Shapes(input=(1, 256, 256, 3), outputs=((1, 1, 1, 1434), (1, 1, 1, 1))))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"files": 3}', '{"files": {"a": 3}}'])
def test_refuses_a_broken_manifest(folder, text):
    """A broken manifest is one clear error, whose remedy works."""
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ModelError, match="expected JSON with files"):
        _load(folder)
    assert edge.models.fetch(folder) == []  # as the error advises
    _load(folder)


def test_the_section_names_the_folder():
    """A folder in the configuration is used whatever else there is."""
    assert manifest.folder(TfliteSection(models="/configured")).as_posix() == "/configured"


@pytest.mark.skipif(find_spec("tflite_runtime") is not None, reason="needs a machine without tflite-runtime")
def test_runtime_that_is_not_there(models):
    """A configured runtime that is not installed is named together with the fix."""
    section = TfliteSection(runtime="tflite-runtime")
    with pytest.raises(ModelError, match=r"expected a TFLite runtime.*pip install"):
        Model(manifest.locate(section, "face_landmark"), section, SHAPES)
