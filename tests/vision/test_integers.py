"""The variant `int8`: integers throughout, equalised exactly, for compilers and not for the CPU."""

from importlib.util import find_spec

import numpy as np
import pytest

from edge.config.sections import FacesSection
from edge.errors import ModelError
from edge.mesh import FaceMesh

if find_spec("ai_edge_litert") is None:
    pytest.skip("needs ai-edge-litert", allow_module_level=True)

from ai_edge_litert import schema_py_generated as schema

from edge.models.variants.calibration import ranges, varied
from edge.models.variants.equalise import balanced, equalise, groups
from edge.models.variants.fold import fold
from edge.models.variants.graph import Graph
from edge.models.variants.integer import integer, steps8
from edge.tflite.known import FULL_RANGE, MESH
from edge.tuning import variants
from edge.tuning import yardstick as bench
from tests.vision.variants import answers, published, section

INTEGERS = {schema.TensorType.INT8, schema.TensorType.INT16, schema.TensorType.INT32, schema.TensorType.INT64}


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
        FaceMesh(FacesSection(), section(built.folder, "int8"))
    assert variants.advised(built.folder) != "int8"


def test_equalisation_is_exact(built, models):
    """Scaling and shifting channels changes no answer beyond float rounding; the ranges are what it says."""
    content = published(models, MESH)
    graph = Graph(content)
    fold(graph)
    pictures = bench.faces(built.film)[:4]
    graph_ranges = ranges(graph, pictures)
    after = equalise(graph, graph_ranges)
    for expected, actual in zip(answers(content), answers(graph.pack()), strict=True):
        np.testing.assert_allclose(actual, expected, atol=2e-3)
    for name, (low, high) in ranges(Graph(graph.pack()), pictures).items():
        size = np.abs((low, high)).max()
        np.testing.assert_allclose(low, after[name][0], atol=1e-4 * size)
        np.testing.assert_allclose(high, after[name][1], atol=1e-4 * size)


def test_equalisation_evens_channels_out(built, models):
    """From the loudest channel of a tensor to the others it is less far than before, on the mean."""
    graph = Graph(published(models, MESH))
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
    graph = Graph(published(models, FULL_RANGE))
    fold(graph)
    names = {graph.output(one) for one in graph.operators} | {graph.inputs(graph.operators[0])[0]}
    unit = {name: (np.array([-1.0]), np.array([1.0])) for name in names}
    with pytest.raises(ModelError, match="expected operators known in integers, got"):
        integer(graph, unit, ())
