"""Integer weights: int8 per output channel behind a DEQUANTIZE, arithmetic in float (`int8-weights`).

    w ~ s_c q,    s_c = max_c |w| / 127,    q = round(w / s_c) in -127..127

XNNPACK unpacks such weights once at load: the time of the float model, a quarter of its size.
"""

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from edge.models.variants.graph import Array, Graph

CHANNEL_AXIS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3}
LIMIT = 127  # symmetric: -128 is not used, as TFLite demands of weights
DEQUANTIZE_INT8 = 2  # operator version


def quantise_weights(graph: Graph) -> None:
    """Store the weights of every convolution as int8; call after `fold`."""
    operators = []
    for operator in graph.operators:
        axis = CHANNEL_AXIS.get(graph.kind(operator))
        weights = None if axis is None else graph.constant(int(operator.inputs[1]))
        if axis is not None and weights is not None and weights.dtype == np.float32:
            operators.append(_unpacking(graph, operator, weights, axis))
        operators.append(operator)
    graph.operators = operators


def rounded(weights: Array, axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return int8 weights and their scale for each channel of `axis`; an all-zero channel has scale 1."""
    others = tuple(i for i in range(weights.ndim) if i != axis)
    largest = np.abs(weights.astype(np.float64)).max(axis=others)
    scale = np.where(largest > 0, largest / LIMIT, 1.0).astype(np.float32)
    spread = scale.reshape([-1 if i == axis else 1 for i in range(weights.ndim)])
    return np.clip(np.rint(weights / spread), -LIMIT, LIMIT).astype(np.int8), scale


def per_channel(scale: NDArray[np.float32], axis: int) -> Any:  # noqa: ANN401 - generated classes
    """Return the schema's entry for symmetric per-channel quantisation."""
    entry = schema.QuantizationParametersT()
    entry.scale, entry.zeroPoint = scale, np.zeros(len(scale), np.int64)
    entry.quantizedDimension = axis
    return entry


def _unpacking(graph: Graph, operator: Any, weights: Array, axis: int) -> Any:  # noqa: ANN401 - generated classes
    levels, scale = rounded(weights, axis)
    stored = graph.add_constant("weights", levels, per_channel(scale, axis))
    unpacked = graph.add_tensor("unpacked", weights.shape, schema.TensorType.FLOAT32)
    operator.inputs[1] = unpacked
    return graph.operator("DEQUANTIZE", DEQUANTIZE_INT8, [stored], [unpacked], schema.DequantizeOptionsT())
