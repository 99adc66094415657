"""Built variants: exact where they claim to be, the same bytes each time, checked against the float model."""

import json
import shutil
from importlib.util import find_spec
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest

from edge.camera.video import VideoFile
from edge.config.sections import FacesSection, TfliteSection
from edge.errors import ModelError
from edge.faces import FaceTracker
from edge.mesh import SHAPES, FaceMesh
from edge.tflite import Model, choice, fidelity, load, store

if find_spec("ai_edge_litert") is None:
    pytest.skip("models are built with ai-edge-litert", allow_module_level=True)

from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from edge.bench import mesh as bench
from edge.bench import sensitivity, variants
from edge.models.variants import VARIANTS, make, packaged_layers, variant_of
from edge.models.variants.calibration import ranges, varied
from edge.models.variants.dynamic import shapes
from edge.models.variants.equalise import balanced, equalise, groups
from edge.models.variants.fold import densified, fold
from edge.models.variants.graph import Graph
from edge.models.variants.integer import integer, steps8
from edge.models.variants.rewrite import widen_slopes
from edge.models.variants.weights import quantise_weights, rounded
from edge.tflite.known import DETECTORS, FULL_RANGE, MESH

NAMES = (MESH, *DETECTORS)
GATED = ("int8-weights", "int8-mixed")
INTEGERS = {schema.TensorType.INT8, schema.TensorType.INT16, schema.TensorType.INT32, schema.TensorType.INT64}


@pytest.fixture(scope="module")
def built(models, tmp_path_factory):
    """Give a models folder with every variant built and measured on one film."""
    folder = tmp_path_factory.mktemp("built") / "models"
    for part in ("float", "portraits"):
        shutil.copytree(models / part, folder / part)
    shutil.copy(models / store.MANIFEST, folder)
    film = bench.film(folder)
    figures = {variant: variants.build(folder, variant, film) for variant in VARIANTS}
    return SimpleNamespace(folder=folder, figures=figures, film=film)


def _section(built, variant):
    return TfliteSection(models=str(built.folder), variant=variant)


def _published(models, name):
    return store.read(models / f"float/{name}.tflite")[0]


def _answers(content):
    """Run a model in the plain runtime on fixed numbers; return its outputs and the types of its tensors."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]
    interpreter.set_tensor(entry["index"], np.random.default_rng(5).random(entry["shape"], np.float32))
    interpreter.invoke()
    return [interpreter.get_tensor(one["index"]) for one in interpreter.get_output_details()]


@pytest.mark.parametrize("name", NAMES)
def test_folding_is_exact(models, name):
    """Float16 and sparse constants become dense float32 without changing one output bit."""
    published = _published(models, name)
    graph = Graph(published)
    fold(graph)
    assert {"DEQUANTIZE", "DENSIFY"}.isdisjoint(graph.kind(one) for one in graph.operators)
    for expected, actual in zip(_answers(published), _answers(graph.pack()), strict=True):
        np.testing.assert_array_equal(expected, actual)


def test_wider_slopes_are_exact(models):
    """Repeating the slopes of PRELU along the row changes no output bit."""
    published = _published(models, MESH)
    graph = Graph(published)
    fold(graph)
    widen_slopes(graph)
    for expected, actual in zip(_answers(published), _answers(graph.pack()), strict=True):
        np.testing.assert_array_equal(expected, actual)


def _level(format_, size=0, segments=None, indices=None):
    def vector(values):
        return None if values is None else SimpleNamespace(values=values)

    return SimpleNamespace(
        format=format_, denseSize=size, arraySegments=vector(segments), arrayIndices=vector(indices)
    )


def test_densify_reads_blocks():
    """The example of the schema's own description: a 4x4 matrix of 2x2 blocks in compressed rows."""
    values = np.array([1, 0, 0, 4, 2, 3, 0, 0, 5, 0, 0, 6], np.float32)
    sparsity = SimpleNamespace(
        traversalOrder=[0, 1, 2, 3],
        blockMap=[0, 1],
        dimMetadata=[_level(0, 2), _level(1, 0, [0, 2, 3], [0, 1, 1]), _level(0, 2), _level(0, 2)],
    )
    tensor = SimpleNamespace(sparsity=sparsity, type=0, buffer=0)
    graph = SimpleNamespace(
        tensor=lambda _: tensor,
        shape=lambda _: (4, 4),
        model=SimpleNamespace(buffers=[SimpleNamespace(data=values.view(np.uint8))]),
    )
    expected = [[1, 0, 2, 3], [0, 4, 0, 0], [0, 0, 5, 0], [0, 0, 0, 6]]
    np.testing.assert_array_equal(expected, densified(graph, 0))


def test_rounding_stays_within_half_a_step():
    """Weights differ from their integers by at most half a step of their own channel; -128 is never used."""
    weights = np.random.default_rng(1).normal(0, 1, (7, 3, 3, 5)).astype(np.float32)
    weights[3] = 0
    levels, scale = rounded(weights, 0)
    apart = np.abs(levels * scale.reshape(-1, 1, 1, 1) - weights).reshape(7, -1).max(axis=1)
    assert np.all(apart <= scale * 0.5001)
    assert levels.min() >= -127
    assert not levels[3].any()


@pytest.mark.parametrize("variant", VARIANTS)
def test_same_inputs_same_bytes(built, variant):
    """Making a variant again gives the file that lies in the folder, whose hash the manifest holds."""
    for one in make(built.folder, variant, pictures=bench.faces(built.film)):
        assert (built.folder / one.relative).read_bytes() == one.content
        assert store.read(built.folder / one.relative)[1] == one.entry["sha256"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_weights_are_integers(built, variant):
    """Every convolution's weights are stored as int8, and the file is a third of the float32 one."""
    content = (built.folder / variant / f"{MESH}.tflite").read_bytes()
    graph = Graph(content)
    sources = {int(one.outputs[0]): int(one.inputs[0]) for one in graph.operators if "DEQ" in graph.kind(one)}
    for one in graph.operators:
        if graph.kind(one) in {"CONV_2D", "DEPTHWISE_CONV_2D"}:
            weights = graph.constant(sources.get(int(one.inputs[1]), int(one.inputs[1])))
            assert weights.dtype == np.int8
    assert len(content) < 2_440_000 / 3 + 10_000


def test_promises_hold(built):
    """The figures on record are those of the build, and within each variant's bars on every signal."""
    manifest = store.manifest(built.folder)
    for variant, bar in (("int8-weights", 1.05), ("int8-mixed", 1.5), ("int8", 2.0)):
        figures = built.figures[variant]
        assert json.loads(json.dumps(figures)) == manifest[f"{variant}/{MESH}.tflite"]["fidelity"]
        assert max(figures["noise_over_float"].values()) <= bar
        assert all(0.95 <= slope <= 1.05 for slope in figures["slope_over_float"].values())
        assert figures["nme_pct"] <= 0.3


@pytest.mark.parametrize("variant", GATED)
def test_variants_load_through_the_gate(built, variant):
    """A built variant runs as the mesh of the service and its tools, source and licence are on record."""
    FaceMesh(FacesSection(), TfliteSection(models=str(built.folder), variant=variant))
    entry = store.manifest(built.folder)[f"{variant}/{MESH}.tflite"]
    assert {"sha256", "bytes", "licence", "source", "tools", "fidelity"} <= set(entry)
    assert "ai-edge-litert" in entry["tools"]


@pytest.mark.parametrize(
    "clip",
    ["single_face.mp4", "bbaf2n.mpg", "WolfgangLanger_Pexels.mp4"],
)
def test_real_faces_keep_their_landmarks(built, data, clip):
    """On recordings nothing was tuned on, both variants stay within 0.3 percent of the float landmarks."""
    path = next(data.rglob(clip))
    meshes = {name: FaceMesh(FacesSection(), _section(built, name)) for name in ("float", *GATED)}
    tracker = FaceTracker(FacesSection(), _section(built, "float"), seed=1)
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
    expected = _answers(_published(built.folder, FULL_RANGE))
    actual = _answers((built.folder / f"{variant}/{FULL_RANGE}.tflite").read_bytes())
    for want, got in zip(expected, actual, strict=True):
        assert np.abs(got - want).mean() <= 0.03 * np.abs(want).max()
    assert load(_section(built, variant), FULL_RANGE).variant == variant


def _install(folder, content):
    variants.room.write(folder / f"coarse/{MESH}.tflite", content)
    digest = store.sha256(folder / f"coarse/{MESH}.tflite")
    variants.room.record(folder, {f"coarse/{MESH}.tflite": {"sha256": digest, "bytes": len(content)}})


def test_gate_refuses_what_trembles(built, tmp_path):
    """A variant whose weights were rounded to 5 bits has a valid hash and is refused for what it sees."""
    folder = tmp_path / "models"
    shutil.copytree(built.folder, folder)
    graph = Graph(_published(folder, MESH))
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
    section = TfliteSection(models=str(folder), variant="int8-mixed")
    answers = folder / fidelity.paths(MESH)[1]
    answers.write_bytes(b"something else")
    with pytest.raises(ModelError, match=r"expected sha256 .*run `mimicry-edge models fetch`"):
        FaceMesh(FacesSection(), section)
    answers.unlink()
    with pytest.raises(ModelError, match="No such file"):
        FaceMesh(FacesSection(), section)


def test_gate_measures_noise_and_error(built):
    """The gate's two figures are zero error and noise 1 for the float model itself, within float rounding."""
    reference = Model(built.folder / f"float/{MESH}.tflite", TfliteSection(), SHAPES)
    found = fidelity.check(reference, built.folder, MESH)
    assert found.error_pct == pytest.approx(0, abs=1e-3)
    assert found.noise == pytest.approx(1, abs=1e-3)


def test_every_tensor_of_int8_is_an_integer(built):
    """In the integer variant no tensor is float, and only its last layers are finer than int8."""
    graph = Graph((built.folder / f"int8/{MESH}.tflite").read_bytes())
    assert {tensor.type for tensor in graph.body.tensors} <= INTEGERS
    kinds = [graph.kind(one) for one in graph.operators]
    assert "DEQUANTIZE" not in kinds
    fine = [one for one in graph.operators if _fine(graph, one) and graph.kind(one) != "QUANTIZE"]
    assert {graph.shape(int(one.outputs[0]))[2] for one in fine} == {6, 3, 1}
    assert kinds.count("QUANTIZE") <= 6  # no islands


def _fine(graph, one):
    return graph.tensor(int(one.outputs[0])).type == schema.TensorType.INT16


def test_int8_is_for_compilers(built, caplog):
    """The integer variant trembles beyond the gate: it is built and listed, and refused as the mesh here."""
    with pytest.raises(
        ModelError, match=r"expected at most landmarks .* 1\.5 x .* got .* at int8/face_landmark"
    ):
        FaceMesh(FacesSection(), _section(built, "int8"))
    assert variants.advised(built.folder) != "int8"


def test_equalisation_is_exact(built, models):
    """Scaling and shifting channels changes no answer beyond float rounding; the ranges are what it says."""
    published = _published(models, MESH)
    graph = Graph(published)
    fold(graph)
    pictures = bench.faces(built.film)[:4]
    graph_ranges = ranges(graph, pictures)
    after = equalise(graph, graph_ranges)
    for expected, actual in zip(_answers(published), _answers(graph.pack()), strict=True):
        np.testing.assert_allclose(actual, expected, atol=2e-3)
    for name, (low, high) in ranges(Graph(graph.pack()), pictures).items():
        size = np.abs((low, high)).max()
        np.testing.assert_allclose(low, after[name][0], atol=1e-4 * size)
        np.testing.assert_allclose(high, after[name][1], atol=1e-4 * size)


def test_equalisation_evens_channels_out(built, models):
    """From the loudest channel of a tensor to the others it is less far than before, on the mean."""
    graph = Graph(_published(models, MESH))
    fold(graph)
    before = ranges(graph, bench.faces(built.film)[:4])
    joined = next(group for group in groups(graph) if len(group.tensors) > 40)
    after = equalise(graph, before)

    def unevenness(table):
        sizes = [np.abs(table[name]).max(axis=0) for name in joined.tensors]
        return np.mean([np.log(size.max() / np.maximum(size, 1e-3 * size.max())).mean() for size in sizes])

    assert unevenness(after) < 0.95 * unevenness(before)
    low, high = after[
        "depthwise_conv2d_5"
    ]  # its only reader is a 1x1 convolution: shifted to lie around zero
    np.testing.assert_allclose(high, -low)
    np.testing.assert_allclose(np.ptp(balanced([np.array([1.0, 8.0, 2.0])]) * [1, 8, 2]), 0, atol=1e-6)


def test_eight_bits_hold_their_range():
    """Scale and zero point reach both ends of a range within a step, and hold zero exactly."""
    for low, high in ((-1.0, 3.0), (0.5, 2.0), (-4.0, -1.0), (0.0, 0.0)):
        scale, zero = steps8(low, high)
        assert -128 <= zero <= 127
        assert (-128 - zero) * scale <= low + scale
        assert (127 - zero) * scale >= high - scale


def test_calibration_pictures_are_the_same_each_time(built):
    """Augmentation is seeded, keeps to 0..1 and gives other pictures than it was given."""
    faces = bench.faces(built.film)[:3]
    first, second = varied(faces), varied(faces)
    np.testing.assert_array_equal(first, second)
    assert (first.min(), first.max()) >= (0.0, 0.9)
    assert first.max() <= 1.0
    assert len(np.unique(first.reshape(len(first), -1)[:, ::997], axis=0)) == len(first)


def test_operators_nobody_wrote_down_are_refused(models):
    """A detector has operators that the integer writer does not know: one clear error, no file."""
    graph = Graph(_published(models, NAMES[1]))
    fold(graph)
    names = {graph.output(one) for one in graph.operators} | {graph.inputs(graph.operators[0])[0]}
    unit = {name: (np.array([-1.0]), np.array([1.0])) for name in names}
    with pytest.raises(ModelError, match="expected operators known in integers, got"):
        integer(graph, unit, ())


def test_judge_refuses_a_noisy_variant(built):
    """Figures outside a variant's bars stop the build before a file is written."""
    figures = built.figures["int8-weights"] | {"noise_over_float": {"AU12": 1.2}}
    with pytest.raises(ModelError, match=r"expected noise <= 1\.05"):
        variants._judge("int8-weights", figures)


def test_sweep_tells_quiet_layers_from_loud_ones(built):
    """Alone in integers, every layer adds some noise to the signals, and the last one the most by far."""
    layers = {one.name: one for one in sensitivity.sweep(built.folder, built.film[0][:, :20])}
    assert layers.keys() == set(shapes(Graph(_published(built.folder, MESH))))
    loud = layers.pop("conv2d_21")
    assert all(0 <= one.variance < loud.variance / 2 for one in layers.values())
    assert loud.variance < 0.5
    assert layers["conv2d_31"].variance == 0  # the presence: it moves no landmark


def test_choice_keeps_to_the_budget():
    """Layers that save nothing stay float; the others come in by gain per noise until the budget is spent."""

    def layer(name, variance, gain):
        return sensitivity.Layer(name=name, shape=(1, 3, 3, 8), variance=variance, gain=gain)

    layers = [
        layer("slower", 0.0, -0.1),
        layer("dear", 0.5, 0.02),
        layer("cheap", 0.1, 0.02),
        layer("free", 0.0, 0.01),
        layer("loud", 9.0, 0.5),
    ]
    assert sensitivity.choose(layers, 1.25) == ["free", "cheap"]
    assert sensitivity.choose(layers, 1.3) == ["free", "cheap", "dear"]
    assert sensitivity.choose(layers, 1.0) == ["free"]
    assert "| `cheap` | 3x3x8 | +0.100 | +2.0 % | yes |" in sensitivity.table(layers, ["cheap"])


def test_advice_prefers_the_fast_and_quiet(built):
    """The advised variant is one on record; without a record it is the float model."""
    assert variants.advised(built.folder) in {"int8-mixed", "int8-weights", "float"}
    assert variants.advised(built.folder / "nowhere") == "float"


def test_tuning_sets_what_auto_runs(built, tmp_path):
    """The advised variant becomes the folder's choice for the runtime that measured it, and for no other."""
    folder = tmp_path / "models"
    shutil.copytree(built.folder, folder)
    entry = store.manifest(folder)[f"int8-mixed/{MESH}.tflite"]
    for times, expected in ((2.0, "float"), (0.7, "int8-mixed")):
        measured = {
            f"{name}/{MESH}.tflite": store.manifest(folder)[f"{name}/{MESH}.tflite"]
            | {"fidelity": entry["fidelity"] | {"ms_over_float": times}}
            for name in GATED[1:]
        }
        slow = store.manifest(folder)[f"int8-weights/{MESH}.tflite"]
        slow["fidelity"]["ms_over_float"] = 1.1
        variants.room.record(folder, measured | {f"int8-weights/{MESH}.tflite": slow})
        assert variants.choose(folder) == expected
        assert choice.chosen(folder) == {"ai-edge-litert": expected, "tflite-runtime": "float"}
        assert load(TfliteSection(models=str(folder)), MESH).variant == expected


def test_packaged_layers_exist(models):
    """The packaged choice names convolutions of the mesh; a name that is none is refused."""
    for name in VARIANTS["int8-mixed"]:
        published = _published(models, name)
        assert 10 <= len(set(packaged_layers(name, published)) & set(shapes(Graph(published)))) <= 30
    with pytest.raises(ModelError, match="expected convolutions of the model, got nowhere"):
        variant_of(_published(models, MESH), "int8-mixed", ["nowhere"])


def test_bad_input_is_refused(models):
    """Bytes that are no model and variants nobody knows give one clear error."""
    with pytest.raises(ModelError, match="expected a TFLite model"):
        Graph(b"something else entirely")
    with pytest.raises(ModelError, match="expected a variant of int8-weights, int8-mixed, int8, got 'int4'"):
        make(models, "int4")
