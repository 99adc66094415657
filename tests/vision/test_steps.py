"""The steps of a variant: exact where they claim to be, refused with one clear error where they cannot be."""

import signal
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

from edge.errors import ModelError

if find_spec("ai_edge_litert") is None:
    pytest.skip("needs ai-edge-litert", allow_module_level=True)

from edge.models.variants import VARIANTS, make, packaged_layers, variant_of
from edge.models.variants.dynamic import shapes
from edge.models.variants.fold import densified, fold
from edge.models.variants.graph import Graph
from edge.models.variants.rewrite import widen_slopes
from edge.models.variants.schema import undisturbed
from edge.models.variants.weights import halve_weights, rounded
from edge.tflite.known import FULL_RANGE, MESH, SHORT_RANGE
from tests.vision.variants import answers, published

NAMES = (MESH, FULL_RANGE, SHORT_RANGE)


@pytest.mark.parametrize("name", NAMES)
def test_folding_is_exact(models, name):
    """Float16 and sparse constants become dense float32 without changing one output bit."""
    content = published(models, name)
    graph = Graph(content)
    fold(graph)
    assert {"DEQUANTIZE", "DENSIFY"}.isdisjoint(graph.kind(one) for one in graph.operators)
    for expected, actual in zip(answers(content), answers(graph.pack()), strict=True):
        np.testing.assert_array_equal(expected, actual)


@pytest.mark.parametrize("step", [widen_slopes, halve_weights])
def test_rewrites_are_exact(models, step):
    """Repeating the slopes of PRELU along the row, and storing float16 as such, changes no output bit."""
    content = published(models, MESH)
    graph = Graph(content)
    fold(graph)
    step(graph)
    for expected, actual in zip(answers(content), answers(graph.pack()), strict=True):
        np.testing.assert_array_equal(expected, actual)


def test_finer_weights_are_not_halved(models):
    """Weights that float16 cannot hold are refused instead of rounded."""
    graph = Graph(published(models, MESH))
    fold(graph)
    convolution = next(one for one in graph.operators if graph.kind(one) == "CONV_2D")
    finer = graph.numbers(int(convolution.inputs[1])) * np.float32(1.0001)
    convolution.inputs[1] = graph.add_constant("finer", finer)
    with pytest.raises(ModelError, match="expected weights published as float16"):
        halve_weights(graph)


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


def test_packaged_layers_exist(models):
    """The packaged choice names convolutions of the mesh; a name that is none is refused."""
    for name in VARIANTS["int8-mixed"]:
        content = published(models, name)
        assert 10 <= len(set(packaged_layers(name, content)) & set(shapes(Graph(content)))) <= 30
    with pytest.raises(ModelError, match="expected convolutions of the model, got nowhere"):
        variant_of(published(models, MESH), "int8-mixed", ["nowhere"])


def test_bad_input_is_refused(models):
    """Bytes that are no model and variants nobody knows give one clear error."""
    with pytest.raises(ModelError, match="expected a TFLite model"):
        Graph(b"something else entirely")
    with pytest.raises(ModelError, match="expected a variant of int8-weights, int8-mixed, int8, got 'int4'"):
        make(models, "int4")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_wait_for_the_end_of_an_import(number):
    """A signal that comes while the schema is imported is neither lost nor early."""
    came = []
    before = signal.signal(number, lambda number, _: came.append(number))
    try:
        with undisturbed():
            signal.raise_signal(number)
            assert came == []
        assert came == [number]
    finally:
        signal.signal(number, before)
