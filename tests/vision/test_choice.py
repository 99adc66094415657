"""What `tflite.variant: auto` runs: the folder's choice where it passes the gate, float otherwise."""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

import edge.models
from edge.camera.video import VideoFile
from edge.config.sections import FacesSection, TfliteSection
from edge.errors import ModelError
from edge.faces.detector import FULL_RANGE, SHORT_RANGE, Detector
from edge.mesh import FaceMesh
from edge.models import fixture, standard
from edge.models.png import decode
from edge.tflite import choice, fidelity, load, manifest
from edge.tflite.known import MESH

if find_spec("ai_edge_litert") is None:
    pytest.skip("needs ai-edge-litert", allow_module_level=True)


@pytest.fixture(scope="module")
def prepared(models, tmp_path_factory):
    """Give a folder as `models fetch` leaves it."""
    folder = tmp_path_factory.mktemp("prepared") / "models"
    for part in ("float", "portraits"):
        shutil.copytree(models / part, folder / part)
    edge.models.fetch(folder)
    edge.models.prepare(folder)
    return folder


@pytest.fixture
def folder(prepared, tmp_path):
    """Give a copy of such a folder, to spoil."""
    shutil.copytree(prepared, tmp_path / "models")
    return tmp_path / "models"


def _section(folder, **fields):
    return TfliteSection(models=str(folder), **fields)


def test_a_fetch_ends_with_the_standard_variant(prepared):
    """After a fetch the default section runs int8-mixed, mesh and full-range detector, through the gate."""
    section = _section(prepared)
    assert section.variant == "auto"
    assert FaceMesh(FacesSection(), section).model.variant == "int8-mixed"
    assert Detector(FULL_RANGE, section).model.variant == "int8-mixed"
    assert Detector(SHORT_RANGE, section).model.variant == "float"
    assert choice.chosen(prepared) == {"ai-edge-litert": "int8-mixed", "tflite-runtime": "float"}


def test_a_second_fetch_changes_no_byte(prepared):
    """With everything in place nothing is written again."""
    before = {path: path.stat().st_mtime_ns for path in prepared.rglob("*.*") if path.is_file()}
    edge.models.prepare(prepared)
    assert {path: path.stat().st_mtime_ns for path in prepared.rglob("*.*") if path.is_file()} == before


@pytest.mark.parametrize("damage", ["tampered", "missing", "no fixture", "broken choice", "no choice"])
def test_auto_falls_back_to_float(folder, damage, caplog):
    """Whatever is wrong with the chosen variant, `auto` runs float and says why in one line."""
    mesh, chosen = folder / f"int8-mixed/{MESH}.tflite", folder / choice.CHOICE
    if damage == "tampered":
        mesh.write_bytes(mesh.read_bytes()[:-1] + b"\x00\x01")
    elif damage == "missing":
        mesh.unlink()
    elif damage == "no fixture":
        (folder / fidelity.paths(MESH)[0]).unlink()
    elif damage == "broken choice":
        chosen.write_text("{")
    else:
        chosen.unlink()
    with caplog.at_level(logging.WARNING):
        model = FaceMesh(FacesSection(), _section(folder)).model
    assert model.variant == "float"
    assert len(caplog.records) == (damage != "no choice")
    assert all("float: expected" in record.message for record in caplog.records)


def test_a_variant_asked_for_by_name_is_not_replaced(folder):
    """A damaged file under a configured name is an error, not another model."""
    (folder / f"int8-mixed/{MESH}.tflite").write_bytes(b"TFL3" * 100)
    with pytest.raises(ModelError, match=r"expected sha256 .* got .*models build"):
        FaceMesh(FacesSection(), _section(folder, variant="int8-mixed"))


def test_fetch_repairs_a_damaged_variant(folder):
    """A fetch makes a variant again that is not what the manifest says, with the same bytes as before."""
    mesh = folder / f"int8-mixed/{MESH}.tflite"
    whole = mesh.read_bytes()
    mesh.write_bytes(whole[: len(whole) // 2])
    edge.models.prepare(folder)
    assert mesh.read_bytes() == whole


def test_a_swapped_detector_is_refused(folder, caplog):
    """A detector in the place of another has other shapes, and one that sees nothing is told by the gate."""
    full = f"int8-mixed/{FULL_RANGE.name}.tflite"
    shutil.copy(folder / f"float/{SHORT_RANGE.name}.tflite", folder / full)
    edge.models.record(folder, {full: {"sha256": manifest.sha256(folder / full)}})
    with pytest.raises(ModelError, match=r"expected shapes .*192.* got .*128"):
        Detector(FULL_RANGE, _section(folder, variant="int8-mixed"))
    with caplog.at_level(logging.WARNING):
        assert Detector(FULL_RANGE, _section(folder)).model.variant == "float"
    assert len(caplog.records) == 1


def test_the_gate_knows_a_detector_that_sees_something_else(folder):
    """Scores, boxes and false anchors each stop a detector by themselves; the float answers pass."""
    answers = np.load(folder / fidelity.paths(FULL_RANGE.name)[1])
    best = np.unravel_index(answers[..., 16].argmax(), answers.shape[:3])
    assert fidelity.likeness(answers, answers).good
    for at, column, by in ((best, 16, -3.0), (best, 1, 40.0), ((0, 0, 0), 16, 100.0)):
        other = answers.copy()
        other[(*at, column)] += by
        assert not fidelity.likeness(other, answers).good
    assert not fidelity.likeness(answers * np.nan, answers).good


def test_accelerators_get_the_float_graph(prepared):
    """What is chosen for the CPU's integer kernels is not handed to a GPU or a delegate."""
    for fields in ({"accelerator": "gpu"}, {"accelerator": "delegate", "delegate": "/nowhere.so"}):
        assert choice.resolve(_section(prepared, **fields)) == "float"
    assert choice.resolve(_section(prepared, accelerator="gpu", variant="int8-mixed")) == "int8-mixed"


def test_a_tuned_choice_outlives_a_fetch(folder):
    """What was measured on this board stays the choice until it is measured again or its files are gone."""
    standard.choose(folder, {"ai-edge-litert": "float"}, tuned=True)
    assert edge.models.prepare(folder)["ai-edge-litert"] == "float"
    assert load(_section(folder), MESH).variant == "float"
    standard.choose(folder, {"ai-edge-litert": "int8-mixed"}, tuned=True)
    assert load(_section(folder), MESH).variant == "int8-mixed"
    standard.choose(folder, {"ai-edge-litert": "gone"}, tuned=True)
    assert edge.models.prepare(folder)["ai-edge-litert"] == "int8-mixed"


def test_a_variant_that_cannot_be_made_leaves_float(folder):
    """Without the fixture's portrait a fetch ends with float as the choice and says what is missing."""
    (folder / fixture.PORTRAIT).unlink()
    (folder / fidelity.paths(MESH)[0]).unlink()
    said = []
    assert edge.models.prepare(folder, said.append)["ai-edge-litert"] == "float"
    assert "the models run as float: expected a readable model file" in said[-1]
    assert load(_section(folder), MESH).variant == "float"


PROBE = """
import hashlib, sys
from pathlib import Path
from edge.models.variants import make
for variant in ("int8-weights", "int8-mixed"):
    for one in make(Path(sys.argv[1]), variant):
        print(one.relative, hashlib.sha256(one.content).hexdigest())
"""


def test_another_process_makes_the_same_bytes(prepared):
    """A process with another order of hashes and other threads makes every file bit for bit the same."""
    seen = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": seed}
        done = subprocess.run(
            [sys.executable, "-c", PROBE, prepared],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        seen.add(done.stdout)
    lines = dict(line.split() for line in seen.pop().splitlines())
    assert not seen
    mixed = prepared / f"int8-mixed/{MESH}.tflite"
    assert lines[f"int8-mixed/{MESH}.tflite"] == hashlib.sha256(mixed.read_bytes()).hexdigest()


def test_the_portrait_is_read_as_ffmpeg_reads_it(prepared):
    """Every pixel of the rows read without a picture library is the one that ffmpeg decodes."""
    with VideoFile(prepared / fixture.PORTRAIT) as video:
        expected = next(iter(video)).image[: fixture.ROWS_N]
    np.testing.assert_array_equal(
        expected, decode((prepared / fixture.PORTRAIT).read_bytes(), fixture.ROWS_N)
    )


def test_other_pictures_are_refused():
    """What is no PNG, or another kind of PNG, is one clear error."""
    with pytest.raises(ModelError, match="expected a PNG file"):
        decode(b"GIF89a" * 20, 10)
    header = (
        b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + b"IHDR" + bytes(7) + b"\x04\x10\x00\x00\x00\x00" + bytes(8)
    )
    with pytest.raises(ModelError, match="expected 8-bit RGB"):
        decode(header, 10)


def test_the_choice_is_one_readable_object(prepared):
    """The choice is JSON with a schema number, so that a provisioning tool can write it as well."""
    content = json.loads((prepared / choice.CHOICE).read_text())
    assert content == {
        "schema": 1,
        "tuned": [],
        "variants": {"ai-edge-litert": "int8-mixed", "tflite-runtime": "float"},
    }
