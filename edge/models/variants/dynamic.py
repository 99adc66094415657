"""Integer arithmetic for chosen convolutions, float everywhere else (`int8-mixed`).

A convolution whose stored weights are int8 while its ends are float32 is computed in integers: the runtime
takes the range of the input at each call, rounds to int8, multiplies in int8 and accumulates in int32. The
output is not rounded and the residual stream between the blocks stays float, so micro-motion passes through.
Nothing is calibrated, hence the same bytes everywhere.
"""

from collections.abc import Collection

from edge.models.variants.graph import Graph
from edge.models.variants.weights import CHANNEL_AXIS, per_channel, rounded

HYBRID_PER_CHANNEL = 5  # operator version


def shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return the layers this can be done to, the convolutions in order: name and shape of their output."""
    outputs = [int(one.outputs[0]) for one in graph.operators if graph.kind(one) == "CONV_2D"]
    return {graph.tensor(index).name.decode(): graph.shape(index) for index in outputs}


def integer_layers(graph: Graph, layers: Collection[str]) -> None:
    """Give the named convolutions int8 weights and integer arithmetic; call after `fold`."""
    for operator in graph.operators:
        name = graph.tensor(int(operator.outputs[0])).name.decode()
        weights = graph.constant(int(operator.inputs[1])) if graph.kind(operator) == "CONV_2D" else None
        if weights is None or name not in layers:
            continue
        axis = CHANNEL_AXIS["CONV_2D"]
        levels, scale = rounded(weights, axis)
        operator.inputs[1] = graph.add_constant("weights", levels, per_channel(scale, axis))
        graph.versioned(operator, HYBRID_PER_CHANNEL)
