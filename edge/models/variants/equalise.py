"""Cross-layer equalisation: the same function, with channels that use the eight bits alike.

A tensor has one scale for all its channels, so a quiet channel beside a loud one is rounded coarsely. PRELU,
ADD, pooling and padding commute with a positive factor a channel, so every group of tensors that they join
can be scaled by k_c where it is written and by 1 / k_c where it is read (Nagel et al. 2019, "Data-free
quantization through weight equalization and bias correction", section 4.1):

    W'_out,c = k_c W_out,c,    b'_c = k_c b_c,    W''_in,c = W_in,c / k_c

What a depthwise convolution hands to a 1x1 one can be shifted as well, to lie around zero. Exact but for
float rounding.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from edge.arrays import Floats
from edge.models.variants.graph import Graph
from edge.models.variants.schema import Operator
from edge.models.variants.weights import CHANNEL_AXIS

COMMUTING = {"PRELU", "ADD", "MAX_POOL_2D", "PAD", "RELU", "RESIZE_BILINEAR"}
ROUNDS_N, DAMPING = 40, 0.5  # of the balance between the tensors of a group
QUIET = 1e-3  # a channel below this share of the loudest is left where it would be at this share

Ranges = dict[str, tuple[Floats, Floats]]
"""By tensor: smallest and largest value of each channel."""


@dataclass(slots=True)
class Group:
    """Tensors that share one factor a channel, by name."""

    tensors: list[str] = field(default_factory=list)
    free: bool = True
    """Whether every writer and every reader can take a factor."""


def equalise(graph: Graph, ranges: Ranges) -> Ranges:
    """Scale and shift channels of a folded graph in place; return the ranges of its tensors afterwards."""
    after = dict(ranges)
    for group in groups(graph):
        if group.free:
            k = balanced([np.maximum(*map(np.abs, ranges[name])) for name in group.tensors])
            for name in group.tensors:
                low, high = after[name]
                after[name] = (low * k[: len(low)], high * k[: len(low)])
            _scale(graph, set(group.tensors), k)
    for name in _shiftable(graph):
        low, high = after[name]
        _shift(graph, name, -(low + high) / 2)
        after[name] = ((low - high) / 2, (high - low) / 2)
    return after


def groups(graph: Graph) -> list[Group]:
    """Return the tensors joined by operators that commute with a factor a channel."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for one in graph.operators:
        if graph.kind(one) in COMMUTING:
            for name in graph.inputs(one):
                parent[root(name)] = root(graph.output(one))
    fixed = {graph.tensor(int(i)).name.decode() for i in (*graph.body.inputs, *graph.body.outputs)}
    found: dict[str, Group] = defaultdict(Group)
    for one in graph.operators:
        bends = graph.kind(one) not in COMMUTING | CHANNEL_AXIS.keys()
        for name in (*graph.inputs(one), graph.output(one)):
            group = found[root(name)]
            group.tensors += [] if name in group.tensors else [name]
            group.free &= not bends and name not in fixed
    return list(found.values())


def balanced(sizes: Iterable[Floats]) -> Floats:
    """Return the factors that bring the channels of several tensors, by size, nearest to their loudest."""
    sizes = list(sizes)
    k = np.ones(max(len(size) for size in sizes))
    for _ in range(ROUNDS_N):
        behind, seen = np.zeros(len(k)), np.zeros(len(k))
        for size in sizes:
            scaled = k[: len(size)] * size
            loudest = max(float(scaled.max()), 1e-30)
            behind[: len(size)] += np.log(loudest / np.maximum(scaled, QUIET * loudest))
            seen[: len(size)] += 1
        k *= np.exp(DAMPING * behind / seen)
    factors: Floats = k / np.exp(np.log(k).mean())
    return factors


def _scale(graph: Graph, tensors: set[str], k: Floats) -> None:
    for one in graph.operators:
        if graph.kind(one) not in CHANNEL_AXIS:
            continue
        weights, bias = (graph.numbers(int(i)).astype(np.float64) for i in one.inputs[1:3])
        if graph.inputs(one)[0] in tensors:
            weights /= k[: weights.shape[3]]
        if graph.output(one) in tensors:
            outputs = k[: len(bias)]
            weights *= outputs if graph.kind(one) != "CONV_2D" else outputs[:, None, None, None]
            bias *= outputs
        _weigh(graph, one, weights, bias)


def _shift(graph: Graph, name: str, by: Floats) -> None:
    for one in graph.operators:
        if graph.kind(one) not in CHANNEL_AXIS or name not in (graph.output(one), graph.inputs(one)[0]):
            continue
        weights, bias = (graph.numbers(int(i)).astype(np.float64) for i in one.inputs[1:3])
        bias += by if graph.output(one) == name else -(weights * by).sum(axis=(1, 2, 3))
        _weigh(graph, one, weights, bias)


def _shiftable(graph: Graph) -> list[str]:
    """Return what depthwise convolutions hand, without an activation, to nothing but 1x1 convolutions."""
    found = []
    for one in graph.operators:
        if graph.kind(one) == "DEPTHWISE_CONV_2D" and not one.builtinOptions.fusedActivationFunction:
            name = graph.output(one)
            readers = [other for other in graph.operators if name in graph.inputs(other)]
            if readers and all(
                graph.kind(other) == "CONV_2D" and graph.shape(int(other.inputs[1]))[1:3] == (1, 1)
                for other in readers
            ):
                found.append(name)
    return found


def _weigh(graph: Graph, operator: Operator, weights: Floats, bias: Floats) -> None:
    operator.inputs[1] = graph.add_constant("weights", weights.astype(np.float32))
    operator.inputs[2] = graph.add_constant("bias", bias.astype(np.float32))
