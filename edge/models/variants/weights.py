"""How the weights of float convolutions are stored, behind a DEQUANTIZE; XNNPACK unpacks them once at load.

`int8-weights`, int8 per output channel: the time of the float model, a quarter of its size.

    w ~ s_c q,    s_c = max_c |w| / 127,    q = round(w / s_c) in -127..127

`int8-mixed`, float16: that is how they were published, so nothing is rounded. The opening of a mouth is the
difference of two landmarks whose weights in the last layer are nearly the same: eight bits lost a seventh of
it on small faces.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.models.variants.graph import Array, Graph
from edge.models.variants.schema import Operator, Quantization, schema

CHANNEL_AXIS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3}
LIMIT = 127  # symmetric: -128 is not used, as TFLite demands of weights
DEQUANTIZE_INT8, DEQUANTIZE_HALF = 2, 3  # operator versions

Stored = tuple[Array, Quantization | None, int]
"""Numbers as they are stored, their quantisation, the version of the DEQUANTIZE that reads them."""


def quantise_weights(graph: Graph) -> None:
    """Store the weights of every convolution as int8; call after `fold`."""
    _store(graph, _as_int8)


def halve_weights(graph: Graph) -> None:
    """Store the weights of every float convolution as the float16 numbers they are; call after `fold`."""
    _store(graph, _as_half)


def rounded(weights: Array, axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return int8 weights and their scale for each channel of `axis`; an all-zero channel has scale 1."""
    others = tuple(i for i in range(weights.ndim) if i != axis)
    largest = np.abs(weights.astype(np.float64)).max(axis=others)
    scale = np.where(largest > 0, largest / LIMIT, 1.0).astype(np.float32)
    spread = scale.reshape([-1 if i == axis else 1 for i in range(weights.ndim)])
    return np.clip(np.rint(weights / spread), -LIMIT, LIMIT).astype(np.int8), scale


def per_channel(scale: NDArray[np.float32], axis: int) -> Quantization:
    """Return the schema's entry for symmetric per-channel quantisation."""
    entry: Quantization = schema.QuantizationParametersT()
    entry.scale, entry.zeroPoint = scale, np.zeros(len(scale), np.int64)
    entry.quantizedDimension = axis
    return entry


def _store(graph: Graph, pack: Callable[[Array, int], Stored]) -> None:
    operators = []
    for operator in graph.operators:
        axis = CHANNEL_AXIS.get(graph.kind(operator))
        weights = None if axis is None else graph.constant(int(operator.inputs[1]))
        if axis is not None and weights is not None and weights.dtype == np.float32:
            operators.append(_unpacking(graph, operator, weights.shape, pack(weights, axis)))
        operators.append(operator)
    graph.operators = operators


def _as_int8(weights: Array, axis: int) -> Stored:
    levels, scale = rounded(weights, axis)
    return levels, per_channel(scale, axis), DEQUANTIZE_INT8


def _as_half(weights: Array, _axis: int) -> Stored:
    half = weights.astype(np.float16)
    if not np.array_equal(half, weights):
        raise ModelError("expected weights published as float16, got finer ones")
    return half, None, DEQUANTIZE_HALF


def _unpacking(graph: Graph, operator: Operator, shape: tuple[int, ...], stored: Stored) -> Operator:
    numbers, quantisation, version = stored
    packed = graph.add_constant("weights", numbers, quantisation)
    unpacked = graph.add_tensor("unpacked", shape, schema.TensorType.FLOAT32)
    operator.inputs[1] = unpacked
    return graph.operator("DEQUANTIZE", version, [packed], [unpacked], schema.DequantizeOptionsT())
