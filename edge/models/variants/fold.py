"""Constants as the quantiser needs them: dense float32, where the published files hold (sparse) float16.

Both steps are exact: float16 fits into float32, and a sparse tensor's missing blocks are zeros.
"""

import numpy as np

from edge.errors import ModelError
from edge.models.variants.graph import DTYPES, Array, Graph
from edge.models.variants.schema import Axis, Operator

DENSE = 0  # of the schema's DimensionType


def fold(graph: Graph) -> None:
    """Replace every DENSIFY and every DEQUANTIZE of a constant by its result."""
    keep = []
    for operator in graph.operators:
        values = _result(graph, operator)
        if values is None:
            keep.append(operator)
        else:
            _replace(graph, int(operator.outputs[0]), values)
    graph.operators = keep


def _result(graph: Graph, operator: Operator) -> Array | None:
    source = int(operator.inputs[0])
    kind = graph.kind(operator)
    if kind == "DENSIFY":
        return densified(graph, source)
    if kind == "DEQUANTIZE":
        values = graph.constant(source)
        return None if values is None or values.dtype != np.float16 else values.astype(np.float32)
    return None


def _replace(graph: Graph, index: int, values: Array) -> None:
    """Make a computed tensor a constant, under its own number."""
    made = graph.add_constant("folded", values)
    tensor = graph.tensor(index)
    tensor.buffer, tensor.type = graph.tensor(made).buffer, graph.tensor(made).type
    graph.body.tensors.pop()


def densified(graph: Graph, index: int) -> Array:
    """Return a sparse constant, dense.

    The schema stores the axes in `traversalOrder`; axes past the rank are blocks within axis `blockMap[i]`. A
    sparse axis lists, for each position of the axes before it, which coordinates are there.

    Raises
    ------
    ModelError : an order or block layout this reader does not know.
    """
    tensor = graph.tensor(index)
    sparsity, shape = tensor.sparsity, graph.shape(index)
    order = [int(axis) for axis in sparsity.traversalOrder]
    blocks = [] if sparsity.blockMap is None else [int(axis) for axis in sparsity.blockMap]
    if sorted(order) != list(range(len(shape) + len(blocks))):
        raise ModelError(f"expected each axis once, got traversal order {order}")
    raw = np.asarray(graph.model.buffers[tensor.buffer].data, np.uint8).tobytes()
    values = np.frombuffer(raw, DTYPES[tensor.type])
    coordinates = np.zeros((1, 0), np.int64)  # of each stored number, one column an axis met so far
    for level in sparsity.dimMetadata:
        coordinates = _descend(coordinates, level)
    column = {axis: coordinates[:, place] for place, axis in enumerate(order)}
    size = {axis: int(level.denseSize) for axis, level in zip(order, sparsity.dimMetadata, strict=True)}
    where = [column[axis] for axis in range(len(shape))]
    for extra, axis in enumerate(blocks, start=len(shape)):
        where[axis] = where[axis] * size[extra] + column[extra]
    dense = np.zeros(shape, values.dtype)
    dense[tuple(where)] = values
    return dense


def _descend(coordinates: Array, level: Axis) -> Array:
    """Extend the coordinates by one axis."""
    if level.format == DENSE:
        n = int(level.denseSize)
        return np.column_stack((np.repeat(coordinates, n, axis=0), np.tile(np.arange(n), len(coordinates))))
    segments = np.asarray(level.arraySegments.values, np.int64)
    indices = np.asarray(level.arrayIndices.values, np.int64)
    level.denseSize = int(indices.max()) + 1 if level.denseSize == 0 else level.denseSize
    return np.column_stack((np.repeat(coordinates, np.diff(segments), axis=0), indices))
