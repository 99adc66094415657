"""Built variants: the same bytes each time, within their bars, checked against the float model at load."""

import json
import shutil
from importlib.util import find_spec
from itertools import islice

import numpy as np
import pytest

from edge import models as files
from edge.camera.video import VideoFile
from edge.config.sections import FacesSection, TfliteSection
from edge.errors import ModelError
from edge.faces import FaceTracker
from edge.mesh import SHAPES, FaceMesh
from edge.tflite import Model, fidelity, load, manifest

if find_spec("ai_edge_litert") is None:
    pytest.skip("needs ai-edge-litert", allow_module_level=True)

from edge.models.variants import VARIANTS, make, packaged_layers
from edge.models.variants.fold import fold
from edge.models.variants.graph import Graph
from edge.models.variants.weights import quantise_weights
from edge.tflite.known import FULL_RANGE, MESH
from edge.tuning import yardstick as bench
from tests.vision.variants import GATED, answers, published, section


@pytest.mark.parametrize("variant", VARIANTS)
def test_same_inputs_same_bytes(built, variant):
    """Making a variant again gives the file that lies in the folder, whose hash the manifest holds."""
    for one in make(built.folder, variant, pictures=bench.faces(built.film)):
        assert (built.folder / one.relative).read_bytes() == one.content
        assert manifest.read(built.folder / one.relative)[1] == one.entry["sha256"]


@pytest.mark.parametrize(
    ("variant", "largest"), [("int8-weights", 720_000), ("int8-mixed", 1_200_000), ("int8", 790_000)]
)
def test_weights_are_as_promised(built, variant, largest):
    """Every convolution's weights are int8, but in int8-mixed those of its float layers: as published."""
    content = (built.folder / variant / f"{MESH}.tflite").read_bytes()
    graph = Graph(content)
    sources = {int(one.outputs[0]): int(one.inputs[0]) for one in graph.operators if "DEQ" in graph.kind(one)}
    whole = packaged_layers(MESH, published(built.folder, MESH)) if variant == "int8-mixed" else None
    for one in graph.operators:
        if graph.kind(one) in {"CONV_2D", "DEPTHWISE_CONV_2D"}:
            weights = graph.constant(sources.get(int(one.inputs[1]), int(one.inputs[1])))
            integer = whole is None or graph.output(one) in whole
            assert weights.dtype == (np.int8 if integer else np.float16)
    assert len(content) <= largest


def test_promises_hold(built):
    """The figures on record are those of the build, and within each variant's bars on every signal."""
    entries = manifest.entries(built.folder)
    for variant, bar in (("int8-weights", 1.05), ("int8-mixed", 1.5), ("int8", 2.0)):
        figures = built.figures[variant]
        assert json.loads(json.dumps(figures)) == entries[f"{variant}/{MESH}.tflite"]["fidelity"]
        assert max(figures["noise_over_float"].values()) <= bar
        assert all(0.95 <= slope <= 1.05 for slope in figures["slope_over_float"].values())
        assert figures["nme_pct"] <= 0.3


@pytest.mark.parametrize("variant", GATED)
def test_variants_load_through_the_gate(built, variant):
    """A built variant runs as the mesh of the service and its tools, source and licence are on record."""
    FaceMesh(FacesSection(), TfliteSection(models=str(built.folder), variant=variant))
    entry = manifest.entries(built.folder)[f"{variant}/{MESH}.tflite"]
    assert {"sha256", "bytes", "licence", "source", "tools", "fidelity"} <= set(entry)
    assert "ai-edge-litert" in entry["tools"]


@pytest.mark.parametrize(
    "clip",
    ["single_face.mp4", "bbaf2n.mpg", "WolfgangLanger_Pexels.mp4"],
)
def test_real_faces_keep_their_landmarks(built, data, clip):
    """On recordings nothing was tuned on, both variants stay within 0.3 percent of the float landmarks."""
    path = next(data.rglob(clip))
    meshes = {name: FaceMesh(FacesSection(), section(built.folder, name)) for name in ("float", *GATED)}
    tracker = FaceTracker(FacesSection(), section(built.folder, "float"), seed=1)
    apart = {variant: [] for variant in GATED}
    for frame in islice(VideoFile(path), 30):
        faces = tracker.update(frame)
        found = {name: mesh.update(frame, faces) for name, mesh in meshes.items()}
        for mesh in tracker.observe(found["float"]):
            canthi = np.linalg.norm(mesh.points_px[263, :2] - mesh.points_px[33, :2])
            for variant in GATED:
                other = next(one for one in found[variant] if one.index == mesh.index)
                distance = np.linalg.norm(other.points_px[:, :2] - mesh.points_px[:, :2], axis=1)
                apart[variant].append(distance.mean() / canthi)
    for variant in GATED:
        assert len(apart[variant]) >= 20
        assert np.mean(apart[variant]) <= 0.003


@pytest.mark.parametrize("variant", GATED)
def test_detectors_keep_their_answers(built, variant):
    """A variant's full-range detector answers within 3 percent of its largest output, and passes its gate."""
    expected = answers(published(built.folder, FULL_RANGE))
    actual = answers((built.folder / f"{variant}/{FULL_RANGE}.tflite").read_bytes())
    for want, got in zip(expected, actual, strict=True):
        assert np.abs(got - want).mean() <= 0.03 * np.abs(want).max()
    assert load(section(built.folder, variant), FULL_RANGE).variant == variant


def _install(folder, content):
    files.write(folder / f"coarse/{MESH}.tflite", content)
    digest = manifest.sha256(folder / f"coarse/{MESH}.tflite")
    files.record(folder, {f"coarse/{MESH}.tflite": {"sha256": digest, "bytes": len(content)}})


def test_gate_refuses_what_trembles(built, tmp_path):
    """A variant whose weights were rounded to 5 bits has a valid hash and is refused for what it sees."""
    folder = tmp_path / "models"
    shutil.copytree(built.folder, folder)
    graph = Graph(published(folder, MESH))
    fold(graph)
    quantise_weights(graph)
    for tensor in graph.body.tensors:
        data = graph.model.buffers[tensor.buffer].data
        if tensor.type == 9 and data is not None and len(data):  # INT8
            coarse = np.rint(np.asarray(data, np.uint8).view(np.int8) / 8) * 8
            graph.model.buffers[tensor.buffer].data = (
                np.clip(coarse, -127, 127).astype(np.int8).view(np.uint8)
            )
    _install(folder, graph.pack())
    with pytest.raises(ModelError, match="expected at most landmarks"):
        FaceMesh(FacesSection(), TfliteSection(models=str(folder), variant="coarse"))


def test_gate_needs_its_fixture(built, tmp_path):
    """Without the fixture, or with another one, a variant is refused with a clear error."""
    folder = tmp_path / "models"
    shutil.copytree(built.folder, folder)
    config = TfliteSection(models=str(folder), variant="int8-mixed")
    kept = folder / fidelity.paths(MESH)[1]
    kept.write_bytes(b"something else")
    with pytest.raises(ModelError, match=r"expected sha256 .*run `mimicry-edge models fetch`"):
        FaceMesh(FacesSection(), config)
    kept.unlink()
    with pytest.raises(ModelError, match="No such file"):
        FaceMesh(FacesSection(), config)


def test_gate_measures_noise_and_error(built):
    """The gate's two figures are zero error and noise 1 for the float model itself, within float rounding."""
    reference = Model(built.folder / f"float/{MESH}.tflite", TfliteSection(), SHAPES)
    found = fidelity.check(reference, built.folder, MESH)
    assert found.error_pct == pytest.approx(0, abs=1e-3)
    assert found.noise == pytest.approx(1, abs=1e-3)
